using Kling.Downloads;
using Kling.Models;
using Kling.Polling;
using Kling.Sandbox;
using Kling.Sandbox.Faults;
using Kling.Sandbox.Replies;

namespace Kling.Core.Tests.EndToEnd;

/// <summary>Every fault at every place it can strike, where a repeated id is refused: three tasks, of which the first is struck.</summary>
public class FaultMatrixTests
{
    private const int Results = 3;
    private const decimal Price = 0.1848m;

    public static TheoryData<SandboxFaultKind, SandboxFaultTarget> Cases => FaultMatrix.Cases(RepeatedIdMode.Refuse);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Fault_CostsNothingTwice_AndLosesNothing(SandboxFaultKind kind, SandboxFaultTarget target) => AssertHoldsAsync(kind, target, RepeatedIdMode.Refuse);

    internal static async Task AssertHoldsAsync(SandboxFaultKind kind, SandboxFaultTarget target, RepeatedIdMode mode)
    {
        using var bench = new EndToEndBench(mode, cutsStalls: kind == SandboxFaultKind.Stall, faults: FaultMatrix.Script(kind, target));
        KlingTask struck = await bench.SubmitAsync(Results);
        KlingTask[] others = [await bench.SubmitAsync(Results), await bench.SubmitAsync(Results)];
        TaskEnd end = FaultMatrix.EndOf(kind, target);
        KlingTask[] ending = end is TaskEnd.Open or TaskEnd.Unknown ? others : [struck, .. others];

        await Task.WhenAll(ending.Select(task => bench.Poller.WaitAsync(task, timeout: null, default)));
        if (end == TaskEnd.Open)
        {
            await Assert.ThrowsAsync<KlingWaitTimeoutException>(() => bench.Poller.WaitAsync(struck, TimeSpan.FromMinutes(1), default));
        }

        if (target == SandboxFaultTarget.Download)
        {
            await AssertSavedAsync(bench, struck, kind);
        }

        AssertEnded(struck, end);
        Assert.All(others, task => AssertEnded(task, TaskEnd.Succeeded));
        Assert.True(FaultTargets.IsOutcome(kind) || bench.Service.Log.Count(entry => entry.Fault == kind.ToString()) == 1, "The fault did not strike.");
        bench.AssertJournalAndLedgerAgree();
        if (FaultMatrix.AnnouncesATime(kind, target))
        {
            bench.AssertNeverEarly(FaultMatrix.Asked);
        }
    }

    [Fact]
    public void Cases_CoverEveryFault()
    {
        foreach (RepeatedIdMode mode in Enum.GetValues<RepeatedIdMode>())
        {
            Assert.All(Enum.GetValues<SandboxFaultKind>(), kind =>
                Assert.Contains(Enum.GetValues<SandboxFaultTarget>(), target => FaultMatrix.IsSensible(kind, target, mode)));
        }
    }

    private static void AssertEnded(KlingTask task, TaskEnd end)
    {
        (string Status, string Billing, int Videos, decimal? Cost) expected = end switch
        {
            TaskEnd.Succeeded => (KlingTaskStatus.Succeeded, BillingState.Billed, Results, Results * Price),
            TaskEnd.Partial => (KlingTaskStatus.PartiallySucceeded, BillingState.Billed, Results - 1, (Results - 1) * Price),
            TaskEnd.Failed => (KlingTaskStatus.Failed, BillingState.NotCharged, 0, null),
            TaskEnd.Unknown => (KlingTaskStatus.Unknown, BillingState.Unknown, 0, null),
            TaskEnd.Open => (KlingTaskStatus.Processing, BillingState.Accepted, 0, null),
            _ => (KlingTaskStatus.Failed, BillingState.NotCharged, 0, null),
        };
        Assert.Equal(expected, (task.Status, task.BillingState, task.Videos.Count, task.Cost));
        Assert.Equal(end is TaskEnd.Partial or TaskEnd.Failed or TaskEnd.NotCharged, task.Errors.Count > 0);
        Assert.All(task.Videos, video => Assert.NotNull(video.VideoUrl));
    }

    /// <summary>What a broken download could not save, the next call does; the fault strikes once.</summary>
    private static async Task AssertSavedAsync(EndToEndBench bench, KlingTask task, SandboxFaultKind kind)
    {
        KlingVideo video = task.Videos[0];
        TimeSpan stall = kind == SandboxFaultKind.Stall ? TimeSpan.FromSeconds(2) : TimeSpan.FromMinutes(1);
        string path;
        try
        {
            path = await bench.SaveAsync(video, stall);
        }
        catch (DownloadException)
        {
            path = await bench.SaveAsync(video, stall);
        }

        SandboxReply whole = bench.Service.Handle(new SandboxRequest { Method = "GET", Path = new Uri(video.VideoUrl!).AbsolutePath });
        Assert.Equal(whole.Body, await File.ReadAllBytesAsync(path));
    }
}

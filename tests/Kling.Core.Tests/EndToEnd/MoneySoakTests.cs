using Kling.Core.Tests.Support;
using Kling.Models;
using Kling.Sandbox;

namespace Kling.Core.Tests.EndToEnd;

/// <summary>Hundreds of tasks through random faults, several at once: in the end the journal and the ledger say the same.</summary>
public class MoneySoakTests
{
    // More than 50 must succeed, and with the fewest of the seeds half of them do.
    private static readonly int s_tasks = TestDepth.Of(200, least: 120);

    [Theory]
    [InlineData(1, RepeatedIdMode.Refuse, UnknownIdMode.Processing)]
    [InlineData(2, RepeatedIdMode.Refuse, UnknownIdMode.TaskNotFound)]
    [InlineData(3, RepeatedIdMode.Charge, UnknownIdMode.Processing)]
    [InlineData(4, RepeatedIdMode.Charge, UnknownIdMode.EmptyData)]
    public async Task RandomFaults_JournalAndLedgerAgree(int seed, RepeatedIdMode mode, UnknownIdMode unknown)
    {
        using var bench = new EndToEndBench(mode, unknown);
        KlingTask[] tasks = await FaultWalk.RunAsync(bench, mode, seed, s_tasks);
        Assert.Equal(s_tasks, tasks.Length);
        Assert.All(tasks, task => Assert.True(task.Status is KlingTaskStatus.Succeeded or KlingTaskStatus.PartiallySucceeded or KlingTaskStatus.Failed));
        bench.AssertJournalAndLedgerAgree();

        // The walk must really reach the ends.
        Assert.True(tasks.Count(task => task.Status == KlingTaskStatus.Succeeded) > 50);
        Assert.Contains(tasks, task => task.Status == KlingTaskStatus.PartiallySucceeded);
        Assert.Contains(tasks, task => task is { BillingState: BillingState.NotCharged, IsRefused: false });
        Assert.Contains(tasks, task => task.IsRefused);
    }
}

using System.Collections.Concurrent;
using Kling.Core.Tests.Support;
using Kling.Models;
using Kling.Requests;
using Kling.Sandbox;

namespace Kling.Core.Tests.EndToEnd;

/// <summary>
/// The promise itself, over thousands of random worlds: a batch is bought under a ceiling through faults, stops and deaths at any step,
/// other processes take it up, and in the end nothing was billed twice, everything that was paid is known with its results,
/// reserved plus spent was never above the ceiling, and every wait has ended. Its looks tell the truth; time is virtual.
/// </summary>
public sealed class MoneyPropertyTests
{
    // Each end must be reached 20 times, and the rarest comes in one run of 13.
    private static readonly int s_runsPerMode = TestDepth.Of(1050, least: 400);

    private static readonly string[] s_ends =
    [
        "died", "stopped", "Succeeded Billed", "PartiallySucceeded Billed", "Failed NotCharged", "Processing Accepted",
        "never sent", "sent elsewhere too",
    ];

    [Theory]
    [InlineData(RepeatedIdMode.Refuse)]
    [InlineData(RepeatedIdMode.Charge)]
    public async Task AnyInterleaving_NothingIsLostPaidTwiceOrSpentAboveTheCeiling(RepeatedIdMode mode)
    {
        var ends = new ConcurrentDictionary<string, int>();
        await Parallel.ForEachAsync(Enumerable.Range(0, s_runsPerMode), async (seed, _) =>
        {
            var world = new MoneyWorld(seed, mode);
            void Reached(string end) => ends.AddOrUpdate(end, 1, (_, count) => count + 1);
            try
            {
                await RunAsync(world, Reached);
                AssertHolds(world, Reached);
            }
            catch (Exception broken) when (broken is not OperationCanceledException)
            {
                throw new InvalidOperationException($"Seed {seed}, {mode}: {broken.Message}\n{Story(world)}", broken);
            }
        });

        // The walk must really reach all of this.
        Assert.All(s_ends, end => Assert.True(ends.GetValueOrDefault(end) >= 20, $"{end}: {ends.GetValueOrDefault(end)} times"));
    }

    private static async Task RunAsync(MoneyWorld world, Action<string> reached)
    {
        using (var first = new MoneyProcess(world, world.Disk, isTroubled: true))
        {
            await first.RunAsync(world.Requests.Select<VideoRequest, Func<Task>>(request => () => first.BuyAsync(request)));
            reached(first.IsDead ? "died" : first.IsStopped ? "stopped" : "ran to its end");
            world.IsBudgeted = false;
        }

        for (int more = world.Next(3); more > 0; more--)
        {
            await TakeUpAsync(world, sendsAgain: world.OneIn(2));
        }

        // Another machine, whose journal knows nothing, sends one of the ids too.
        if (world.OneIn(4) && world.Disk.Read().Where(task => task.BillingState != BillingState.NotCharged).FirstOrDefault() is KlingTask known)
        {
            world.SentElsewhere.Add(known.TaskId);
            var elsewhere = new MoneyDisk(world.Endpoint.AbsoluteUri);
            using var other = new MoneyProcess(world, elsewhere, isTroubled: true);
            await other.RunAsync([() => other.SendFromElsewhereAsync(world.Requests.Single(request => request.TaskId == known.TaskId))]);
        }

        // At last all is well, and one task after the other: with several at once the virtual clock runs past their limits.
        world.Service.ClearFaults();
        using var last = new MoneyProcess(world, world.Disk, isTroubled: false);
        foreach (Func<Task> work in TakeUps(world, last, sendsAgain: true))
        {
            await last.RunAsync([work]);
        }
    }

    private static async Task TakeUpAsync(MoneyWorld world, bool sendsAgain)
    {
        using var process = new MoneyProcess(world, world.Disk, isTroubled: true);
        await process.RunAsync(TakeUps(world, process, sendsAgain));
    }

    private static IEnumerable<Func<Task>> TakeUps(MoneyWorld world, MoneyProcess process, bool sendsAgain) => world.Disk.Read().Select<KlingTask, Func<Task>>(task =>
        () => process.TakeUpAsync(task, world.Requests.Single(request => request.TaskId == task.TaskId), sendsAgain));

    private static void AssertHolds(MoneyWorld world, Action<string> reached)
    {
        Assert.Empty(world.Broken);
        IReadOnlyList<SandboxCharge> charges = world.Service.Charges;
        Dictionary<Guid, KlingTask> recorded = world.Disk.Read().ToDictionary(task => task.TaskId);
        foreach (VideoRequest request in world.Requests)
        {
            int accepted = world.Service.AcceptedCount(request.TaskId);
            SandboxCharge[] billed = [.. charges.Where(charge => charge.TaskId == request.TaskId)];
            Assert.True(accepted <= 1, $"{request.TaskId} was accepted {accepted} times.");
            if (!recorded.TryGetValue(request.TaskId, out KlingTask? task))
            {
                Assert.True(accepted == 0, $"{request.TaskId} was accepted, and the journal does not know it.");
                reached("never sent");
                continue;
            }

            reached($"{task.Status} {task.BillingState}");
            if (world.SentElsewhere.Contains(request.TaskId))
            {
                reached("sent elsewhere too");
            }

            string what = $"{request.TaskId} is {task.Status}, {task.BillingState}, accepted {accepted} times, billed {billed.Sum(charge => charge.Amount)}, recorded {task.Cost}.";
            Assert.True(accepted == (task.IsRefused ? 0 : 1), what);
            Assert.True(task.BillingState is BillingState.NotCharged or BillingState.Accepted or BillingState.Billed, what);

            if (world.IsEndless && task.Status == KlingTaskStatus.Processing)
            {
                continue;
            }

            Assert.True(task.IsTerminal, what);
            Assert.True((task.Cost ?? 0m) == billed.Sum(charge => charge.Amount), what);
            Assert.Equal(billed.Select(charge => charge.VideoId.ToString("D")).Order(), task.Videos.Select(video => video.VideoId).Order());
            Assert.All(task.Videos, video => Assert.NotNull(video.VideoUrl));
            Assert.Equal(task.Status is KlingTaskStatus.Failed or KlingTaskStatus.PartiallySucceeded, task.Errors.Count > 0 || task.BillingState == BillingState.NotCharged);
        }
    }

    private static string Story(MoneyWorld world) => string.Join("\n", world.Service.Log.Select(entry =>
        $"{entry.At:mm:ss.f} {string.Join(",", entry.TaskTypes)} {string.Join(",", entry.TaskIds.Select(id => id.ToString("D")[..4]))} {entry.Status} {entry.Fault} {entry.Summary}"));
}

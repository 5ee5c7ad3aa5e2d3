using Kling.Models;
using Kling.Sandbox;

namespace Kling.Core.Tests.EndToEnd;

/// <summary>Hundreds of tasks through random faults, several at once: in the end the journal and the ledger say the same.</summary>
public class MoneySoakTests
{
    private const int Tasks = 200;
    private const int Workers = 4;

    [Theory]
    [InlineData(1, RepeatedIdMode.Refuse, UnknownIdMode.Processing)]
    [InlineData(2, RepeatedIdMode.Refuse, UnknownIdMode.TaskNotFound)]
    [InlineData(3, RepeatedIdMode.Charge, UnknownIdMode.Processing)]
    [InlineData(4, RepeatedIdMode.Charge, UnknownIdMode.EmptyData)]
    public async Task RandomFaults_JournalAndLedgerAgree(int seed, RepeatedIdMode mode, UnknownIdMode unknown)
    {
        var random = new Random(seed);
        SandboxFault[] pool = [.. FaultMatrix.Honest(mode)];
        Plan[] plans = [.. Enumerable.Range(0, Tasks).Select(_ => new Plan(
            random.Next(1, 4), random.Next(2) == 0 ? 5m : 10m, [.. Enumerable.Range(0, random.Next(4)).Select(_ => pool[random.Next(pool.Length)])]))];
        using var bench = new EndToEndBench(mode, unknown);
        KlingTask[][] done = await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker =>
            Task.Run(() => WorkAsync(bench, [.. plans.Where((_, index) => index % Workers == worker)]))));
        KlingTask[] tasks = [.. done.SelectMany(some => some)];

        // Unknown is honest, and its way out is the same id again: even that must not charge twice.
        KlingTask[] unknowns = [.. tasks.Where(task => task.BillingState == BillingState.Unknown)];
        bench.Service.ClearFaults();
        foreach (KlingTask task in unknowns)
        {
            await bench.SendAsync(task);
        }

        await Task.WhenAll(unknowns.Select(task => bench.Poller.WaitAsync(task, timeout: null, default)));
        Assert.Equal(Tasks, tasks.Length);
        Assert.All(tasks, task => Assert.True(task.Status is KlingTaskStatus.Succeeded or KlingTaskStatus.PartiallySucceeded or KlingTaskStatus.Failed));
        bench.AssertJournalAndLedgerAgree();

        // The walk must really reach the ends.
        Assert.True(tasks.Count(task => task.Status == KlingTaskStatus.Succeeded) > 50);
        Assert.Contains(tasks, task => task.Status == KlingTaskStatus.PartiallySucceeded);
        Assert.Contains(tasks, task => task is { Status: KlingTaskStatus.Failed, BillingState: BillingState.Accepted });
        Assert.Contains(tasks, task => task.BillingState == BillingState.NotCharged);
    }

    private static async Task<KlingTask[]> WorkAsync(EndToEndBench bench, Plan[] plans)
    {
        var tasks = new List<KlingTask>();
        foreach (Plan[] some in plans.Chunk(5))
        {
            var open = new List<KlingTask>();
            foreach (Plan plan in some)
            {
                foreach (SandboxFault fault in plan.Faults)
                {
                    bench.Service.AddFault(fault);
                }

                open.Add(await bench.SubmitAsync(plan.Results, plan.Duration));
            }

            await Task.WhenAll(open.Where(task => task.BillingState == BillingState.Accepted).Select(task => bench.Poller.WaitAsync(task, timeout: null, default)));
            tasks.AddRange(open);
        }

        return [.. tasks];
    }

    private sealed record Plan(int Results, decimal Duration, SandboxFault[] Faults);
}

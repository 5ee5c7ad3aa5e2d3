using Kling.Models;
using Kling.Sandbox;

namespace Kling.Core.Tests.EndToEnd;

/// <summary>Sends many tasks, several at once, through faults drawn at random, and waits for all of them.</summary>
internal static class FaultWalk
{
    private const int Workers = 4;

    /// <param name="bench">The engine and its service.</param>
    /// <param name="mode">What the service does with a repeated id.</param>
    /// <param name="seed">Draws the requests and faults.</param>
    /// <param name="count">How many tasks.</param>
    /// <param name="pause">The virtual time that passes for each task beside its own.</param>
    internal static async Task<KlingTask[]> RunAsync(EndToEndBench bench, RepeatedIdMode mode, int seed, int count, TimeSpan pause = default)
    {
        var random = new Random(seed);
        SandboxFault[] pool = [.. FaultMatrix.Honest(mode)];
        Plan[] plans = [.. Enumerable.Range(0, count).Select(_ => new Plan(
            random.Next(1, 4), random.Next(2) == 0 ? 5m : 10m, [.. Enumerable.Range(0, random.Next(4)).Select(_ => pool[random.Next(pool.Length)])]))];
        KlingTask[][] done = await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker =>
            Task.Run(() => WorkAsync(bench, [.. plans.Where((_, index) => index % Workers == worker)], pause))));
        KlingTask[] tasks = [.. done.SelectMany(some => some)];

        // Unknown is honest, and its way out is the same id again: even that must not charge twice.
        KlingTask[] unknowns = [.. tasks.Where(task => task.BillingState == BillingState.Unknown)];
        bench.Service.ClearFaults();
        foreach (KlingTask task in unknowns)
        {
            await bench.SendAsync(task);
        }

        await Task.WhenAll(unknowns.Select(task => bench.Poller.WaitAsync(task, timeout: null, default)));
        return tasks;
    }

    private static async Task<KlingTask[]> WorkAsync(EndToEndBench bench, Plan[] plans, TimeSpan pause)
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
            bench.Clock.Advance(pause * some.Length);
        }

        return [.. tasks];
    }

    private sealed record Plan(int Results, decimal Duration, SandboxFault[] Faults);
}

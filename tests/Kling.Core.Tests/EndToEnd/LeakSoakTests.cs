using System.Diagnostics;
using System.Runtime.CompilerServices;
using Kling.Core.Tests.Support;
using Kling.Models;
using Kling.Sandbox;
using Xunit.Abstractions;

namespace Kling.Core.Tests.EndToEnd;

/// <summary>
/// An hour of virtual time through random faults: nothing is left over, and the journal and the ledger agree to the cent.
/// <see cref="TestDepth"/> says how many tasks it has.
/// </summary>
[Collection(AloneCollection.Name)]
public class LeakSoakTests(ITestOutputHelper output)
{
    // The first run has to reach what is made once for all, or the second would make it.
    private static readonly int s_tasks = TestDepth.Of(100, least: 50);

    // What the runtime itself keeps from run to run: tables of types, of the pool and of sockets, and of its just-in-time compiler.
    private const long AllowedBytes = 1024 * 1024;

    private static readonly TimeSpan s_longRun = TimeSpan.FromHours(1);

    [Fact]
    public async Task ManyTasks_LeaveNothingBehind()
    {
        // What is made once for all is made by now: code, pools of buffers, the runtime's own handles. As many tasks, so that a second run
        // needs no more of them; what leaks is left again and again.
        await RunAsync(seed: 11, s_tasks, TimeSpan.Zero);
        string open = ProcessState.Open();
        ProcessState start = await ProcessState.SettledAsync();
        var watch = Stopwatch.StartNew();

        SoakOutcome outcome = await RunAsync(seed: 12, s_tasks, s_longRun);

        TimeSpan took = watch.Elapsed;
        ProcessState end = await ProcessState.SettledAsync();
        output.WriteLine(FormattableString.Invariant(
            $"| {outcome.Tasks} | {outcome.Virtual.TotalMinutes:0} | {took.TotalSeconds:0.0} | {outcome.Requests} | {outcome.Billed:0.0000} | {outcome.Recorded:0.0000} | {end.Handles - start.Handles} | {end.Threads - start.Threads} | {(end.Bytes - start.Bytes) / 1024.0:0} |"));
        Assert.Equal(s_tasks, outcome.Tasks);
        Assert.True(outcome.Virtual >= s_longRun);
        Assert.True(outcome.Billed > 0);
        Assert.Equal(outcome.Billed, outcome.Recorded);
        Assert.True(end.Handles <= start.Handles, $"{end.Handles - start.Handles} handles are left. Before: {open}. After: {ProcessState.Open()}.");
        Assert.True(end.Threads <= start.Threads, $"{end.Threads - start.Threads} threads are left.");
        Assert.True(end.Bytes - start.Bytes < AllowedBytes, $"{end.Bytes - start.Bytes} bytes are left.");
    }

    /// <summary>Runs and lets go of everything but the numbers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<SoakOutcome> RunAsync(int seed, int count, TimeSpan atLeast)
    {
        using var bench = new EndToEndBench(RepeatedIdMode.Refuse, UnknownIdMode.Processing);
        DateTimeOffset began = bench.Clock.UtcNow;
        KlingTask[] tasks = await FaultWalk.RunAsync(bench, RepeatedIdMode.Refuse, seed, count, atLeast / count);
        Assert.All(tasks, task => Assert.True(task.Status is KlingTaskStatus.Succeeded or KlingTaskStatus.PartiallySucceeded or KlingTaskStatus.Failed));
        bench.AssertJournalAndLedgerAgree();
        return new SoakOutcome(tasks.Length, bench.Clock.UtcNow - began, bench.Service.RequestCount,
            bench.Service.TotalBilled, tasks.Sum(task => task.Cost ?? 0m));
    }
}

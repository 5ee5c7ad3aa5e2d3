using Kling.Client;
using Kling.Images;
using Kling.Journal;
using Kling.Models;
using Kling.Polling;
using Kling.Requests;
using Kling.Sandbox;
using Kling.Submit;

namespace Kling.Core.Tests.EndToEnd;

/// <summary>One process of the user with the whole engine. At a step drawn beforehand it may be stopped (Ctrl+C) or die; its journal may be full for a while.</summary>
internal sealed class MoneyProcess : ITaskJournal, IDisposable
{
    private readonly MoneyWorld _world;
    private readonly MoneyDisk _disk;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _death = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient _http;
    private readonly int _dieAt;
    private readonly int _stopAt;

    // A process that is dead does nothing more: what it does and its death exclude each other.
    private readonly object _life = new();
    private int _steps;

    /// <param name="world">The world.</param>
    /// <param name="disk">Its journal.</param>
    /// <param name="isTroubled">Whether anything may happen to it.</param>
    internal MoneyProcess(MoneyWorld world, MoneyDisk disk, bool isTroubled)
    {
        _world = world;
        _disk = disk;
        IsTroubled = isTroubled;
        _dieAt = isTroubled && world.OneIn(2) ? 1 + world.Next(24) : int.MaxValue;
        _stopAt = isTroubled && world.OneIn(4) ? 1 + world.Next(24) : int.MaxValue;
        _http = HttpClientFactory.CreateApi(new MoneyWire(world, this));
        var api = new KlingApi(_http, world.Endpoint, new Credential(Sandbox.SandboxBench.Key), world.Clock, Timeout.InfiniteTimeSpan);
        Submitter = new TaskSubmitter(api, this, world.Clock);
        Poller = new TaskPoller(api, this, world.Clock);
    }

    internal bool IsTroubled { get; }

    internal bool IsStopped { get; private set; }

    internal bool IsDead => _death.Task.IsCompleted;

    private TaskSubmitter Submitter { get; }

    private TaskPoller Poller { get; }

    public void Dispose()
    {
        _http.Dispose();
        _stop.Dispose();
    }

    /// <inheritdoc/>
    public void Append(JournalEvent what, KlingTask task)
    {
        bool isLast = IsLastStep();
        lock (_life)
        {
            if (IsDead)
            {
                return;
            }

            if (IsTroubled && !isLast && _world.OneIn(40))
            {
                throw new JournalException("The disk is full.");
            }

            // It dies before the line, in the middle of it, or behind it.
            int moment = isLast ? _world.Next(3) : 2;
            if (moment > 0)
            {
                _disk.Append(what, task, _world.Clock.UtcNow, torn: moment == 1);
            }

            // Its death is told last: whoever hears of it reads the disk.
            if (isLast)
            {
                Die();
            }
        }
    }

    public void Append(IReadOnlyList<(JournalEvent Event, KlingTask Task)> records)
    {
        foreach ((JournalEvent what, KlingTask task) in records)
        {
            Append(what, task);
        }
    }

    /// <summary>Does something at the service; a dead process does nothing.</summary>
    internal T? WhileAlive<T>(Func<T> work)
        where T : class
    {
        lock (_life)
        {
            return IsDead ? null : work();
        }
    }

    /// <summary>One step of the process: it may be its last, and then this never returns.</summary>
    internal async Task StepAsync()
    {
        if (IsLastStep())
        {
            Die();
        }

        if (IsDead)
        {
            await new TaskCompletionSource().Task;
        }
    }

    /// <summary>Runs work until it ends or the process dies.</summary>
    internal async Task RunAsync(IEnumerable<Func<Task>> work)
    {
        Task all = Task.WhenAll(work.Select(one => Task.Run(one)).ToArray());

        // Only so that a defect does not hang the test run: the time in the run itself is virtual.
        await Task.WhenAny(all, _death.Task).WaitAsync(TimeSpan.FromMinutes(2));
        if (!IsDead)
        {
            await all;
        }
    }

    /// <summary>Buys as one item of a batch does: reserve, send, wait, settle.</summary>
    internal async Task BuyAsync(VideoRequest request)
    {
        KlingTask task = _world.NewTask(request);
        if (!_world.Budget.TryReserve(task.TaskId, task.EstimatedCost))
        {
            return;
        }

        await SendAsync(task, request, looksFirst: false);
        await WaitAsync(task);
        if (!IsDead)
        {
            _world.Budget.Settle(task);
        }
    }

    /// <summary>What another session does about a task it finds in the journal: it looks, sends the same id again where told to, and waits.</summary>
    internal async Task TakeUpAsync(KlingTask task, VideoRequest request, bool sendsAgain)
    {
        if (task.IsTerminal)
        {
            return;
        }

        if (task.BillingState == BillingState.Unknown)
        {
            await TryAsync(() => Poller.LookAsync([task], _stop.Token));
        }

        if (task.BillingState == BillingState.Unknown && sendsAgain)
        {
            await SendAsync(task, request, looksFirst: false);
        }

        await WaitAsync(task);
    }

    /// <summary>Sends an id that this machine's journal does not know.</summary>
    internal Task SendFromElsewhereAsync(VideoRequest request) => SendAsync(_world.NewTask(request), request, looksFirst: true);

    private Task SendAsync(KlingTask task, VideoRequest request, bool looksFirst) => TryAsync(async () =>
    {
        try
        {
            await Submitter.SubmitAsync(task, ImageBody.For(request), looksFirst, default, _stop.Token);
        }
        catch (KlingApiException failure)
        {
            Assert.Equal(task.BillingState, failure.BillingState);
            throw;
        }
    });

    private Task WaitAsync(KlingTask task) => TryAsync(async () =>
    {
        if (task.BillingState is not (BillingState.Accepted or BillingState.Billed) || task.IsTerminal)
        {
            return;
        }

        // The virtual clock runs ahead to whatever is waited for, so a limit may pass while a look is on its way.
        TimeSpan? limit = IsTroubled ? TimeSpan.FromSeconds(_world.Next(200)) : _world.IsEndless ? TimeSpan.FromHours(1) : null;
        DateTimeOffset start = _world.Clock.UtcNow;
        try
        {
            await Poller.WaitAsync(task, limit, _stop.Token);
            Assert.True(task.IsTerminal);
        }
        catch (KlingWaitTimeoutException)
        {
            Assert.True(limit is TimeSpan time && _world.Clock.UtcNow - start >= time, "The wait ended before its time.");
        }
    });

    /// <summary>Does what a user's script survives: failures, a stop, a full disk.</summary>
    private static async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception failure) when (failure is KlingApiException or JournalException or OperationCanceledException)
        {
        }
    }

    /// <summary>Counts a step, and stops the process where it is the one to stop at.</summary>
    private bool IsLastStep()
    {
        int step = Interlocked.Increment(ref _steps);
        if (step == _stopAt)
        {
            IsStopped = true;
            _stop.Cancel();
        }

        return step == _dieAt;
    }

    /// <summary>Waits for what the process is doing: nothing of it may come behind its death.</summary>
    private void Die()
    {
        lock (_life)
        {
            _death.TrySetResult();
        }
    }
}

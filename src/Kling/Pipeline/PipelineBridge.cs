using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Kling.Pipeline;

/// <summary>
/// Carries results of background work to the pipeline thread, the only one that may write.
/// However the pipeline ends, all work has been cancelled and joined before control leaves.
/// </summary>
internal sealed class PipelineBridge : IDisposable
{
    private static readonly TimeSpan s_idlePeriod = TimeSpan.FromMilliseconds(250);
    private readonly BlockingCollection<Action> _queue = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _work = [];
    private int _tidyAt = 16;
    private int _running;
    private bool _disposed;

    /// <summary>Called on the pipeline thread a few times a second while it waits; shows progress.</summary>
    public Action? Idle { get; set; }

    /// <summary>Called once, before the first piece of work starts, on the pipeline thread.</summary>
    public Action? FirstStart { get; set; }

    /// <summary>How many pieces of work run.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Starts work on the thread pool. The first is started on the pipeline thread; work that runs may start more.</summary>
    public void Start(Func<CancellationToken, Task> work)
    {
        FirstStart?.Invoke();
        FirstStart = null;
        lock (_work)
        {
            if (_work.Count >= _tidyAt)
            {
                // Seldom: thousands of pieces may wait at once, and each look goes through all of them.
                _work.RemoveAll(static task => task.IsCompleted);
                _tidyAt = Math.Max(16, 2 * _work.Count);
            }

            Interlocked.Increment(ref _running);
            _work.Add(GuardAsync(work));
        }
    }

    /// <summary>Queues an action for the pipeline thread. Safe from every thread.</summary>
    public void Post(Action action) => _queue.Add(action);

    /// <summary>Queues an action that may be lost: from work that is not this cmdlet's own, and may outlive it.</summary>
    public void TryPost(Action action)
    {
        try
        {
            _queue.Add(action);
        }
        catch (Exception ended) when (ended is ObjectDisposedException or InvalidOperationException)
        {
            // The cmdlet has already left.
        }
    }

    /// <summary>Runs what is queued, and waits while more than <paramref name="allowedRunning"/> pieces of work run.</summary>
    public void Drain(int allowedRunning) => Drain(() => allowedRunning);

    /// <summary>As above, but the limit is read again on every wake-up.</summary>
    public void Drain(Func<int> allowedRunning)
    {
        try
        {
            while (true)
            {
                if (_queue.TryTake(out Action? ready))
                {
                    ready();
                }
                else if (Running <= allowedRunning())
                {
                    // Work posts before it counts itself out, so one more look cannot miss anything.
                    if (!_queue.TryTake(out Action? last))
                    {
                        return;
                    }

                    last();
                }
                else
                {
                    // No token here: a stop must not throw away a queued "task accepted" record.
                    Idle?.Invoke();
                    if (_queue.TryTake(out Action? next, s_idlePeriod))
                    {
                        next();
                    }
                }
            }
        }
        catch
        {
            // A consumer that throws, breaks or has enough raises out of WriteObject; StopProcessing is not called then.
            CancelAndJoin();
            throw;
        }
    }

    /// <summary>Asks all work to end. Safe from every thread, and after disposal.</summary>
    public void Cancel()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The cmdlet has already left.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        CancelAndJoin();
        _queue.Dispose();
        _stop.Dispose();
    }

    private void CancelAndJoin()
    {
        Cancel();

        // Work that ends may just have started more.
        for (Task[] open = OpenWork(); open.Length > 0; open = OpenWork())
        {
            Task.WhenAll(open).GetAwaiter().GetResult();
        }
    }

    private Task[] OpenWork()
    {
        lock (_work)
        {
            return [.. _work.Where(task => !task.IsCompleted)];
        }
    }

    private async Task GuardAsync(Func<CancellationToken, Task> work)
    {
        // On the thread pool from here on.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            Task running = work(_stop.Token);

            // Thousands may wait here at once. They need not hold what they have begun with.
            work = null!;
            await running.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked for: not an error.
        }
        catch (Exception exception)
        {
            ExceptionDispatchInfo captured = ExceptionDispatchInfo.Capture(exception);
            Post(captured.Throw);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
            Post(() => { });
        }
    }
}

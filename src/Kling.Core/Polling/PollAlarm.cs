namespace Kling.Polling;

/// <summary>
/// Wakes the poll loop when somebody comes or goes. A newcomer wakes the loop only if it is due before the planned wake-up, so that
/// thousands of newcomers do not wake it thousands of times. It is not thread-safe: the poller holds its lock around every call.
/// </summary>
internal sealed class PollAlarm
{
    // Continuations never run inside: the lock is held then.
    private TaskCompletionSource<bool> _signal = NewSignal();
    private DateTimeOffset _due;
    private DateTimeOffset _deadline;

    /// <summary>Takes note of what the loop expects, and gives what completes when it is woken.</summary>
    /// <param name="due">When a look is due next; the earliest time where none may begin before the loop comes back anyway.</param>
    /// <param name="deadline">When a wait ends next.</param>
    internal Task Set(DateTimeOffset due, DateTimeOffset deadline)
    {
        (_due, _deadline) = (due, deadline);
        if (_signal.Task.IsCompleted)
        {
            _signal = NewSignal();
        }

        return _signal.Task;
    }

    /// <summary>Wakes the loop.</summary>
    internal void Ring() => _signal.TrySetResult(true);

    /// <summary>Wakes the loop where it expects nothing as early as this.</summary>
    internal void RingFor(DateTimeOffset due, DateTimeOffset? deadline)
    {
        if (due < _due || deadline < _deadline)
        {
            Ring();
        }
    }

    private static TaskCompletionSource<bool> NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

using Kling.Models;

namespace Kling.Polling;

/// <summary>One caller waiting for one task.</summary>
internal sealed class TaskWaiter(KlingTask task, TimeSpan? timeout, DateTimeOffset now, CancellationToken token)
{
    private readonly TaskCompletionSource<KlingTask> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal KlingTask Task => task;

    /// <summary>When the waiting began.</summary>
    internal DateTimeOffset Since { get; } = now;

    /// <summary>When the waiting ends; null for no limit.</summary>
    internal DateTimeOffset? Deadline { get; } = timeout is TimeSpan limit && limit < DateTimeOffset.MaxValue - now ? now + limit : null;

    internal Task<KlingTask> Result => _source.Task;

    internal void Complete() => _source.TrySetResult(task);

    internal void Cancel() => _source.TrySetCanceled(token);

    internal void Fail(Exception failure) => _source.TrySetException(failure);

    internal void Expire(string? lastFault)
    {
        KlingTask snapshot;
        lock (task)
        {
            snapshot = task.Snapshot();
        }

        Fail(new KlingWaitTimeoutException(snapshot, timeout ?? TimeSpan.Zero, lastFault));
    }
}

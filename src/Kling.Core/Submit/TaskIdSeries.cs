using Kling.Journal;
using Kling.Requests;

namespace Kling.Submit;

/// <summary>The ids of one purchase under an idempotency key, one for each attempt.</summary>
/// <param name="key">The key.</param>
/// <param name="fingerprint">The request's fingerprint.</param>
/// <param name="ordinal">Which of the equal requests of its command it is, from 1.</param>
internal sealed class TaskIdSeries(string key, string fingerprint, int ordinal)
{
    /// <summary>The attempt, from 1.</summary>
    internal int Attempt { get; private set; } = 1;

    /// <summary>The id of this attempt.</summary>
    internal Guid Id => DerivedTaskId.Of(key, fingerprint, ordinal, Attempt);

    /// <summary>
    /// Goes on to the next attempt where this one failed at the service and was not billed. Every machine finds that out alike. What was refused
    /// or never left is none: other machines would not know of it, so it is sent again under its own id.
    /// </summary>
    /// <param name="task">What is known of this attempt; null when nothing is.</param>
    internal bool Advance(KlingTask? task)
    {
        bool hasFailed = task is { Status: KlingTaskStatus.Failed } and not { BillingState: BillingState.Billed }
            && (task.SubmittedAt is not null || task.BillingState == BillingState.Accepted);
        Attempt += hasFailed ? 1 : 0;
        return hasFailed;
    }

    /// <summary>Goes on to the newest attempt that a journal knows, or to the one after it. Null where the service never had that.</summary>
    /// <param name="look">Reads how a task stands.</param>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    internal KlingTask? Newest(Func<Guid, TaskStanding> look)
    {
        TaskStanding standing = look(Id);
        while (Advance(standing.Task))
        {
            standing = look(Id);
        }

        return standing.IsClosed ? null : standing.Task;
    }
}

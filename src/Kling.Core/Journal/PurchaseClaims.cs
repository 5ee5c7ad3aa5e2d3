using System.Runtime.InteropServices;

namespace Kling.Journal;

/// <summary>
/// What one command buys, beside what the journal holds. With -Resume, the n-th of its equal requests stands for the n-th recorded task of
/// that request that did not fail. That is looked at once more under the journal's lock, at the moment when an intent is written. So two
/// commands that run at once buy each request once. Safe to use from several threads.
/// </summary>
/// <param name="journal">The journal.</param>
/// <param name="resumes">Whether what was bought before is taken up.</param>
internal sealed class PurchaseClaims(TaskJournal journal, bool resumes) : IDisposable
{
    /// <summary>
    /// A command that runs and has recorded no outcome for so long will not do so any more. Longer than all attempts of one task together:
    /// they begin within ten minutes, and then the last one may be slow, and is looked for.
    /// </summary>
    internal static readonly TimeSpan LongestSubmit = TimeSpan.FromMinutes(40);

    private readonly object _lock = new();
    private readonly RunningCommand _command = new(journal);

    // Bought by this command itself. Each stands for its own item already, so nothing else is kept of them.
    private readonly HashSet<Guid> _own = [];

    // How many recorded tasks of a fingerprint are taken or closed. Only fingerprints the journal knows are in here, so that a batch of new
    // items leaves nothing behind.
    private readonly Dictionary<string, int> _passed = new(StringComparer.Ordinal);

    private JournalFollower? _follower;

    /// <summary>The journal whose purchases these are.</summary>
    internal TaskJournal Journal => journal;

    /// <summary>The recorded task that the next of these equal items stands for; null when it has to be bought.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    internal KlingTask? Take(string fingerprint)
    {
        lock (_lock)
        {
            return journal.Read(file => Next(Follower(file), file, fingerprint, _passed));
        }
    }

    /// <summary>As <see cref="Take"/>, for looking ahead: what is taken there is not taken here.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    internal Func<string, KlingTask?> LookAhead()
    {
        lock (_lock)
        {
            var passed = new Dictionary<string, int>(_passed, StringComparer.Ordinal);
            return fingerprint =>
            {
                lock (_lock)
                {
                    return journal.Read(file => Next(Follower(file), file, fingerprint, passed));
                }
            };
        }
    }

    /// <summary>
    /// Records the intent of a task, after which it may be sent. Where another command has recorded the same request meanwhile, that
    /// task is returned, nothing is recorded, and nothing may be sent.
    /// </summary>
    /// <exception cref="JournalException">It could not be written; nothing may be sent.</exception>
    internal KlingTask? Claim(KlingTask task)
    {
        KlingTask? other = null;
        _command.Begin();
        journal.Append(JournalEvent.Intent, task, _command.Id, file =>
        {
            lock (_lock)
            {
                if (resumes && task.Fingerprint is string fingerprint)
                {
                    JournalFollower follower = Follower(file);
                    follower.Refresh(file);
                    other = Next(follower, file, fingerprint, _passed);
                }

                return other is null && (_own.Add(task.TaskId) || true);
            }
        });
        return other;
    }

    /// <summary>
    /// Records that this command sends a task of another one, whose outcome nobody knows, once more under its id. False where anything was
    /// recorded of the task since <paramref name="judged"/>: then that counts, and nothing may be sent.
    /// </summary>
    /// <exception cref="JournalException">It could not be written; nothing may be sent.</exception>
    internal bool ClaimAgain(KlingTask task, TaskStanding judged)
    {
        bool isSame = false;
        _command.Begin();
        journal.Append(JournalEvent.Intent, task, _command.Id, file =>
        {
            lock (_lock)
            {
                JournalFollower follower = Follower(file);
                follower.Refresh(file);
                return isSame = follower.Find(task.TaskId)?.LastOffset == judged.LastOffset;
            }
        });
        return isSame;
    }

    /// <summary>How a task that another command recorded stands now.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    internal TaskStanding Look(Guid id)
    {
        lock (_lock)
        {
            return journal.Read(file =>
            {
                JournalFollower follower = Follower(file);
                follower.Refresh(file);
                TaskPlaces? places = follower.Find(id);
                return new TaskStanding(follower.Read(id, file), places?.LastOffset ?? -1, file is not null && places is not null && IsBeingSent(places, file));
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _command.Dispose();

    private JournalFollower Follower(FileStream? file)
    {
        if (_follower is null)
        {
            // Into the field only when it was read to its end.
            var follower = new JournalFollower(journal, _own.Contains);
            follower.Refresh(file);
            _follower = follower;
        }

        return _follower;
    }

    private static KlingTask? Next(JournalFollower follower, FileStream? file, string fingerprint, Dictionary<string, int> passed)
    {
        IReadOnlyList<Guid> ids = follower.TasksOf(fingerprint);
        passed.TryGetValue(fingerprint, out int next);
        while (next < ids.Count)
        {
            KlingTask? task = follower.Read(ids[next++], file);
            passed[fingerprint] = next;
            if (task is not null && task.Status != KlingTaskStatus.Failed)
            {
                return task;
            }
        }

        return null;
    }

    /// <summary>Whether the command that wrote the task's open intent still runs, and may still record what became of it.</summary>
    private bool IsBeingSent(TaskPlaces places, FileStream file) =>
        places.OpenIntent is LinePlace place
        && TaskPlaces.ReadRecord(file, place) is JournalRecord { Command: string command } intent
        && journal.Clock.UtcNow - intent.Time < LongestSubmit
        && RunningCommand.IsRunning(journal, command);
}

/// <summary>How a recorded task stands.</summary>
/// <param name="Task">The task; null when the journal does not know it any more.</param>
/// <param name="LastOffset">Where its newest record is; anything newer has another place.</param>
/// <param name="IsBeingSent">Whether another command is sending it just now.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TaskStanding(KlingTask? Task, long LastOffset, bool IsBeingSent)
{
    /// <summary>Whether the service never had the task, and will not get it any more: it was refused, never left, or was given up.</summary>
    internal bool IsClosed => Task is null or { Status: KlingTaskStatus.Failed, BillingState: BillingState.NotCharged, SubmittedAt: null };
}

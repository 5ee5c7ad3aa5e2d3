using System.Runtime.InteropServices;

namespace Kling.Journal;

/// <summary>
/// What one command buys, beside what the journal holds. With -Resume, the n-th of its equal requests stands for the n-th recorded task of
/// that request that did not fail. That is looked at once more under the journal's lock, at the moment when an intent is written. So two
/// commands that run at once buy each request once, and all together stay below a limit for 24 hours. Safe to use from several threads.
/// </summary>
/// <param name="journal">The journal.</param>
/// <param name="resumes">Whether what was bought before is taken up.</param>
/// <param name="limit">The most that all commands may spend in 24 hours; null for no limit.</param>
internal sealed class PurchaseClaims(TaskJournal journal, bool resumes, DayLimit? limit = null) : IDisposable
{
    /// <summary>
    /// A command that runs and has recorded no outcome for so long will not do so any more. Longer than all attempts of one task together:
    /// they begin within ten minutes, and then the last one may be slow, and is looked for.
    /// </summary>
    internal static readonly TimeSpan LongestSubmit = TimeSpan.FromMinutes(40);

    private readonly object _lock = new();
    private readonly RunningCommand _command = new(journal);
    private readonly DayLedger? _ledger = limit is null ? null : new DayLedger(journal, limit);

    // Bought by this command itself. Each stands for its own item already.
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

    /// <summary>What is left of the limit in USD, beside what is planned; null where there is no limit.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    internal decimal? Left()
    {
        lock (_lock)
        {
            return journal.Read(file =>
            {
                Refreshed(file);
                return _ledger?.Left(file);
            });
        }
    }

    /// <summary>Plans a purchase, so that the limit is known to allow it before anything is sent.</summary>
    /// <param name="id">An id for the plan.</param>
    /// <param name="known">The task that it may send again; null where there is none.</param>
    /// <param name="estimate">Its list price in USD; null when that is unknown.</param>
    /// <returns>The error of a purchase that would exceed the limit; null when it is planned, or there is no limit.</returns>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    internal SpendLimitException? Plan(Guid id, Guid? known, decimal? estimate)
    {
        if (_ledger is null)
        {
            return null;
        }

        lock (_lock)
        {
            return journal.Read(file =>
            {
                Refreshed(file);
                return _ledger.Plan(file, id, known, estimate);
            });
        }
    }

    /// <summary>Gives a plan up, or it has been carried out.</summary>
    internal void Forget(Guid id)
    {
        lock (_lock)
        {
            _ledger?.Forget(id);
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
    /// <exception cref="SpendLimitException">It would exceed the limit; nothing is recorded, and nothing may be sent.</exception>
    internal KlingTask? Claim(KlingTask task) => Claim(task, file =>
    {
        if (!resumes || task.Fingerprint is not string fingerprint)
        {
            return null;
        }

        KlingTask? other = Next(Refreshed(file), file, fingerprint, _passed);
        if (other is null)
        {
            _own.Add(task.TaskId);
        }

        return other;
    });

    /// <summary>
    /// As <see cref="Claim(KlingTask)"/>, for a task whose id other commands make too: what the journal holds under that id is returned, unless
    /// the service never had it. Then it may be sent under that id.
    /// </summary>
    /// <exception cref="JournalException">It could not be written; nothing may be sent.</exception>
    /// <exception cref="SpendLimitException">It would exceed the limit; nothing is recorded, and nothing may be sent.</exception>
    internal KlingTask? ClaimId(KlingTask task) => Claim(task, file =>
    {
        var known = new TaskStanding(Refreshed(file).Read(task.TaskId, file), 0, IsBeingSent: false);
        return known.IsClosed ? null : known.Task;
    });

    private KlingTask? Claim(KlingTask task, Func<FileStream, KlingTask?> bought)
    {
        KlingTask? other = null;
        _command.Begin();
        journal.Append(JournalEvent.Intent, task, _command.Id, file =>
        {
            lock (_lock)
            {
                other = bought(file);
                if (other is null)
                {
                    CheckLimit(file, task);
                }

                return other is null;
            }
        });
        return other;
    }

    /// <summary>
    /// Records that this command sends a task of another one, whose outcome nobody knows, once more under its id. False where anything was
    /// recorded of the task since <paramref name="judged"/>: then that counts, and nothing may be sent.
    /// </summary>
    /// <exception cref="JournalException">It could not be written; nothing may be sent.</exception>
    /// <exception cref="SpendLimitException">It would exceed the limit; nothing is recorded, and nothing may be sent.</exception>
    internal bool ClaimAgain(KlingTask task, TaskStanding judged)
    {
        bool isSame = false;
        _command.Begin();
        journal.Append(JournalEvent.Intent, task, _command.Id, file =>
        {
            lock (_lock)
            {
                isSame = Refreshed(file).Find(task.TaskId, file)?.LastOffset == judged.LastOffset;
                if (isSame)
                {
                    CheckLimit(file, task);
                }

                return isSame;
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
                JournalFollower follower = Refreshed(file);
                TaskPlaces? places = follower.Find(id, file);
                return new TaskStanding(follower.Read(id, file), places?.LastOffset ?? -1, file is not null && places is not null && IsBeingSent(places, file));
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _command.Dispose();
        lock (_lock)
        {
            _follower?.Dispose();
            _follower = null;
        }
    }

    private JournalFollower Follower(FileStream? file)
    {
        if (_follower is null)
        {
            // Into the field only when it was read to its end. Without a limit, nothing is kept of what this command buys itself.
            var follower = new JournalFollower(journal, _ledger is null ? _own.Contains : static _ => false) { Noted = _ledger is null ? null : _ledger.Note };
            try
            {
                follower.Refresh(file);
            }
            catch
            {
                follower.Dispose();
                throw;
            }

            _follower = follower;
        }

        return _follower;
    }

    private JournalFollower Refreshed(FileStream? file)
    {
        JournalFollower follower = Follower(file);
        follower.Refresh(file);
        return follower;
    }

    private void CheckLimit(FileStream file, KlingTask task)
    {
        if (_ledger is not null)
        {
            Refreshed(file);
            _ledger.Check(file, task);
        }
    }

    private KlingTask? Next(JournalFollower follower, FileStream? file, string fingerprint, Dictionary<string, int> passed)
    {
        IReadOnlyList<Guid> ids = follower.TasksOf(fingerprint, file);
        passed.TryGetValue(fingerprint, out int next);
        while (next < ids.Count)
        {
            Guid id = ids[next++];
            KlingTask? task = _own.Contains(id) ? null : follower.Read(id, file);
            passed[fingerprint] = next;

            // One that was sent again with another request is none of this.
            if (task is not null && task.Status != KlingTaskStatus.Failed && task.Fingerprint == fingerprint)
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

using Kling.Journal;
using Kling.Models;

namespace Kling.Batch;

/// <summary>
/// Finds what was already bought: the n-th identical item of one invocation matches the n-th recorded task that is not
/// closed. A failed or refused task is closed; its item is bought anew.
/// </summary>
internal sealed class ResumePlan
{
    private readonly JournalIndex _index;

    // Only fingerprints the journal knows are in here, so that a batch of new items leaves nothing behind.
    private readonly Dictionary<string, int> _passed;

    internal ResumePlan(JournalIndex index)
        : this(index, [])
    {
    }

    private ResumePlan(JournalIndex index, Dictionary<string, int> passed)
    {
        _index = index;
        _passed = passed;
    }

    /// <summary>The recorded task this item stands for, or null when it has to be bought.</summary>
    internal KlingTask? Take(string fingerprint)
    {
        IReadOnlyList<Guid> ids = _index.TasksOf(fingerprint);
        _passed.TryGetValue(fingerprint, out int next);
        while (next < ids.Count)
        {
            KlingTask? task = _index.Read(ids[next++]);
            _passed[fingerprint] = next;
            if (task is not null && task.Status != KlingTaskStatus.Failed)
            {
                return task;
            }
        }

        return null;
    }

    /// <summary>A plan of its own that goes on from here, for looking ahead.</summary>
    internal ResumePlan Copy() => new(_index, new Dictionary<string, int>(_passed));
}

using Kling.Journal;
using Kling.Models;

namespace Kling.Batch;

/// <summary>
/// Finds what was already bought: the n-th identical item of one invocation matches the n-th recorded task that is not
/// closed. A failed or refused task is closed; its item is bought anew.
/// </summary>
internal sealed class ResumePlan(JournalIndex index)
{
    private readonly Dictionary<string, Queue<KlingTask>> _left = new(StringComparer.Ordinal);

    /// <summary>The recorded task this item stands for, or null when it has to be bought.</summary>
    internal KlingTask? Take(string fingerprint)
    {
        if (!_left.TryGetValue(fingerprint, out Queue<KlingTask>? tasks))
        {
            tasks = new Queue<KlingTask>(index.Read(index.TasksOf(fingerprint)).Where(task => task.Status != KlingTaskStatus.Failed));
            _left.Add(fingerprint, tasks);
        }

        return tasks.Count == 0 ? null : tasks.Dequeue();
    }
}

namespace Kling.Sandbox;

/// <summary>The newest requests; older ones are dropped so that a long session does not grow.</summary>
internal sealed class SandboxLog
{
    internal const int Capacity = 1000;

    private readonly Queue<SandboxLogEntry> _entries = new();

    /// <summary>How many entries were ever added.</summary>
    internal long Total { get; private set; }

    internal void Add(SandboxLogEntry entry)
    {
        Total++;
        if (_entries.Count == Capacity)
        {
            _entries.Dequeue();
        }

        _entries.Enqueue(entry);
    }

    internal SandboxLogEntry[] ToArray() => [.. _entries];
}

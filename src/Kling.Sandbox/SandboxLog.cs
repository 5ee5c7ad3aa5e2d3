namespace Kling.Sandbox;

/// <summary>The newest requests; older ones are dropped so that a long session does not grow.</summary>
internal sealed class SandboxLog
{
    internal const int Capacity = 1000;

    private readonly Queue<SandboxLogEntry> _entries = new();

    internal void Add(SandboxLogEntry entry)
    {
        if (_entries.Count == Capacity)
        {
            _entries.Dequeue();
        }

        _entries.Enqueue(entry);
    }

    internal SandboxLogEntry[] ToArray() => [.. _entries];
}

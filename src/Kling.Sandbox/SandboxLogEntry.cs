using Kling.Support;

namespace Kling.Sandbox;

/// <summary>One answered request, without keys, images, prompts or queries.</summary>
public sealed class SandboxLogEntry
{
    /// <summary>When it was answered, UTC.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The method.</summary>
    public string Method { get; init; } = string.Empty;

    /// <summary>The path without its query.</summary>
    public string Path { get; init; } = string.Empty;

    /// <summary>The known task types in the request, in order.</summary>
    public IReadOnlyList<string> TaskTypes { get; init => field = JoinedList<string>.Of(value); } = JoinedList<string>.None;

    /// <summary>The readable task ids in the request, in order.</summary>
    public IReadOnlyList<Guid> TaskIds { get; init => field = JoinedList<Guid>.Of(value); } = JoinedList<Guid>.None;

    /// <summary>The status sent; 0 when none was.</summary>
    public int Status { get; init; }

    /// <summary>The fault that struck, by its <see cref="SandboxFaultKind"/>; null when none did.</summary>
    public string? Fault { get; init; }

    /// <summary>What was done, in a few words.</summary>
    public string Summary { get; init; } = string.Empty;

    /// <inheritdoc/>
    public override string ToString() => $"{Method} {Path} {Status}";
}

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

namespace Kling.Journal;

/// <summary>What is needed of a line to decide whether to read the rest.</summary>
internal readonly struct JournalHeader(JournalLineKind kind, JournalEvent what = default, DateTimeOffset time = default, Guid id = default, string? fingerprint = null)
{
    internal JournalLineKind Kind { get; } = kind;

    internal JournalEvent Event { get; } = what;

    internal DateTimeOffset Time { get; } = time;

    internal Guid Id { get; } = id;

    internal string? Fingerprint { get; } = fingerprint;
}

namespace Kling.Journal;

/// <summary>The journal cannot be written or read; nothing may be spent until it can.</summary>
public sealed class JournalException : Exception
{
    /// <summary>Creates the exception.</summary>
    public JournalException(string message, Exception? inner = null)
        : base(ConsoleText.Of(message), inner)
    {
    }

    /// <summary>The file; null where the failure is not about one.</summary>
    public string? FilePath { get; private init; }

    /// <summary>The numbers of its damaged lines, from 1; empty where that is not the failure.</summary>
    public IReadOnlyList<long> DamagedLines { get; private init; } = [];

    /// <summary>Whether a later version of the module wrote to the file.</summary>
    public bool IsLaterVersion { get; private init; }

    internal static JournalException Damaged(string name, string path, IReadOnlyList<long> lines) => new(FormattableString.Invariant(
        $"The {name} '{path}' has {lines.Count} damaged line(s), the first is line {lines[0]}. What they recorded is not known, so it could be bought again. Nothing was sent."))
    {
        FilePath = path,
        DamagedLines = lines,
    };

    internal static JournalException Later(string name, string path) => new(
        $"The {name} '{path}' holds lines of a later version of this module, which this version would misunderstand. Update the module, or use another folder ({JournalFolder.HomeVariable}).")
    {
        FilePath = path,
        IsLaterVersion = true,
    };
}

namespace Kling.Journal;

/// <summary>What a line turned out to be.</summary>
internal enum JournalLineKind
{
    /// <summary>Nothing but white space.</summary>
    Blank,

    /// <summary>A record of this endpoint.</summary>
    Record,

    /// <summary>A whole record that is not for this reader: of another endpoint, or an event of a later version.</summary>
    NotForUs,

    /// <summary>Torn, foreign or of a version this reader would misunderstand.</summary>
    Unreadable,
}

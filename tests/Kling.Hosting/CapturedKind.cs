namespace Kling.Hosting;

/// <summary>Which of the host's calls showed a line.</summary>
public enum CapturedKind
{
    /// <summary>Plain text.</summary>
    Text,

    /// <summary>An error.</summary>
    Error,

    /// <summary>A warning.</summary>
    Warning,

    /// <summary>A verbose message.</summary>
    Verbose,

    /// <summary>A debug message.</summary>
    Debug,

    /// <summary>A progress record.</summary>
    Progress,

    /// <summary>A question to the person.</summary>
    Question,
}

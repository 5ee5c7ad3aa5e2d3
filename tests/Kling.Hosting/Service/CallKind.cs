namespace Kling.Hosting.Service;

/// <summary>What a request to the scripted service asks for.</summary>
internal enum CallKind
{
    /// <summary>A new video task.</summary>
    Submit,

    /// <summary>How a task stands.</summary>
    Poll,

    /// <summary>What the archive holds of a task.</summary>
    Details,

    /// <summary>An image to keep.</summary>
    Upload,

    /// <summary>A video's bytes.</summary>
    Download,
}

namespace Kling.Models;

/// <summary>The ways to name an image (model page, frameImages), and a local file.</summary>
public enum ImageKind
{
    /// <summary>The UUID of an uploaded or generated image.</summary>
    Uuid,

    /// <summary>An http or https address the service fetches itself.</summary>
    Url,

    /// <summary>A data URI.</summary>
    DataUri,

    /// <summary>Base64 without a prefix.</summary>
    Base64,

    /// <summary>A local file.</summary>
    File,
}

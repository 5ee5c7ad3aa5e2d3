namespace Kling.Journal;

/// <summary>What happened to an uploaded image.</summary>
internal enum UploadEvent
{
    /// <summary>Its bytes were sent.</summary>
    Uploaded,

    /// <summary>A request named it, which prolongs its life at the service.</summary>
    Used,

    /// <summary>The service does not know it any more.</summary>
    Forgotten,
}

namespace Kling.Media;

/// <summary>Why a video was not saved.</summary>
public enum DownloadFailure
{
    /// <summary>A file of that name is already there.</summary>
    FileExists,

    /// <summary>Another download is writing this file.</summary>
    Busy,

    /// <summary>The video has no address, or one that must not be followed.</summary>
    UnusableUrl,

    /// <summary>The address has expired or was withdrawn (403, 404, 410).</summary>
    Expired,

    /// <summary>The host refused with another status.</summary>
    Refused,

    /// <summary>The connection kept failing or stalling; what arrived is kept and the next try goes on from there.</summary>
    Incomplete,

    /// <summary>What arrived is not a video of the expected kind.</summary>
    NotAVideo,

    /// <summary>The file could not be written.</summary>
    Unwritable,
}

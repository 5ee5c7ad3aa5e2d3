namespace Kling.Media;

/// <summary>Why a video was not saved. None of them changes what was billed.</summary>
public enum DownloadFailure
{
    /// <summary>The service named no address for the video, or one that cannot be read.</summary>
    NoAddress,

    /// <summary>A file with the name exists and was not to be replaced.</summary>
    FileExists,

    /// <summary>Someone else is saving to the same name right now.</summary>
    InUse,

    /// <summary>The address has expired or was refused (status 401, 403, 404 or 410); a fresh one may be had.</summary>
    Expired,

    /// <summary>The host gave another answer that leads nowhere, or the address or a redirect is not allowed.</summary>
    Refused,

    /// <summary>What came is not a video of the expected kind.</summary>
    WrongContent,

    /// <summary>The transfer broke off, more than once; what arrived is kept and continued where the host allows it.</summary>
    Incomplete,

    /// <summary>The host could not be reached, or stayed unavailable.</summary>
    Unreachable,

    /// <summary>The folder or the file could not be written.</summary>
    Disk,
}

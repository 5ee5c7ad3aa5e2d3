namespace Kling.Downloads;

/// <summary>A video that was not saved. The message names the file and the host, never the address's query, which may be a signature.</summary>
public sealed class DownloadException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="videoId">The service's id of the video.</param>
    /// <param name="fileName">The file's name, without its folder.</param>
    /// <param name="message">What happened and what can be done; without secrets.</param>
    /// <param name="innerException">The failure behind it.</param>
    public DownloadException(DownloadFailure reason, string videoId, string fileName, string message, Exception? innerException = null)
        : base(ConsoleText.Of(message), innerException)
    {
        Reason = reason;
        VideoId = videoId;
        FileName = fileName;
    }

    /// <summary>Why the video was not saved.</summary>
    public DownloadFailure Reason { get; }

    /// <summary>The service's id of the video (<c>videoUUID</c>).</summary>
    public string VideoId { get; }

    /// <summary>The name the file was to have, without its folder.</summary>
    public string FileName { get; }
}

/// <summary>Why a video was not saved. None of them changes what was billed.</summary>
public enum DownloadFailure
{
    /// <summary>The service named no address for the video, or one that cannot be read.</summary>
    NoAddress,

    /// <summary>A file with the name exists and was not to be replaced.</summary>
    FileExists,

    /// <summary>Someone else is saving to the same name right now.</summary>
    InUse,

    /// <summary>The host does not let this address have the video (status 401 or 403), as an expired signature does; a fresh one may be had.</summary>
    Expired,

    /// <summary>The host has nothing at this address (status 404 or 410); a fresh one may be had.</summary>
    NotFound,

    /// <summary>The host gave another answer that leads nowhere.</summary>
    Refused,

    /// <summary>The address, or one that it was redirected to, is neither https nor http on this machine.</summary>
    AddressNotAllowed,

    /// <summary>The address was redirected too often, or to nowhere.</summary>
    RedirectLoop,

    /// <summary>What came is not a video of the expected kind.</summary>
    WrongContent,

    /// <summary>The transfer broke off, more than once; what arrived is kept and continued where the host allows it.</summary>
    Incomplete,

    /// <summary>The host could not be reached, or stayed unavailable.</summary>
    Unreachable,

    /// <summary>The folder or the file could not be written.</summary>
    Disk,

    /// <summary>The disk has no room for the video; what arrived is kept.</summary>
    DiskFull,
}

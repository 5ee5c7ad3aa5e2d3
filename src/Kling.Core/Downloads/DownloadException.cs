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

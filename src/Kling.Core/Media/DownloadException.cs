using Kling.Models;

namespace Kling.Media;

/// <summary>A video could not be saved. The video itself is paid and stays at the service as long as its address lives.</summary>
public sealed class DownloadException : Exception
{
    /// <summary>Creates the exception.</summary>
    public DownloadException(DownloadFailure reason, string message, KlingVideo video, string fileName, Exception? innerException = null)
        : base(message, innerException)
    {
        Reason = reason;
        VideoId = video.VideoId;
        Host = Uri.TryCreate(video.VideoUrl, UriKind.Absolute, out Uri? url) ? url.Host : null;
        FileName = fileName;
    }

    /// <summary>Why it was not saved.</summary>
    public DownloadFailure Reason { get; }

    /// <summary>The video's id.</summary>
    public string VideoId { get; }

    /// <summary>The host of the video's address; the rest of the address may be a credential.</summary>
    public string? Host { get; }

    /// <summary>The name the file was to get.</summary>
    public string FileName { get; }
}

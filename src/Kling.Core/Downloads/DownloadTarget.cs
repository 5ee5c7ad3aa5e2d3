namespace Kling.Downloads;

/// <summary>What is saved, from where, and under which name; makes every error of a download.</summary>
internal sealed class DownloadTarget
{
    private const string Rest = "The task and its video are not lost: saving can be repeated at no cost.";

    private DownloadTarget(KlingVideo video, string path, Uri address)
    {
        VideoId = video.VideoId;
        Path = path;
        FileName = System.IO.Path.GetFileName(path);
        Address = address;
    }

    internal string VideoId { get; }

    internal string FileName { get; }

    /// <summary>Full path of the finished file.</summary>
    internal string Path { get; }

    /// <summary>Full path of what has arrived so far.</summary>
    internal string PartPath => Path + ".part";

    /// <summary>Full path of the mark, which says whose the part is.</summary>
    internal string MarkPath => MarkOf(Path);

    internal Uri Address { get; }

    /// <summary>
    /// Which video a part belongs to: another video under the same name must not continue it, and an entity tag says
    /// something about one address only (RFC 9110, ETag).
    /// </summary>
    internal string Identity => VideoId.Length > 0 && VideoId.IndexOfAny(['\r', '\n']) < 0
        ? VideoId
        : Sha256Text.Of(Address.GetLeftPart(UriPartial.Path));

    /// <summary>Full path of the mark of a file.</summary>
    internal static string MarkOf(string path) => path + ".part.etag";

    /// <summary>Puts the path together, and reads the address where none is given.</summary>
    /// <exception cref="DownloadException">There is no usable address.</exception>
    /// <exception cref="ArgumentException">The file name is not a plain name.</exception>
    internal static DownloadTarget Create(KlingVideo video, string directory, string fileName, Uri? address = null)
    {
        if (string.IsNullOrWhiteSpace(fileName) || fileName is "." or ".." || fileName.IndexOfAny(['/', '\\', '\0']) >= 0)
        {
            throw new ArgumentException($"FileName: '{fileName}' is not a plain file name. Allowed: a name without a folder.", nameof(fileName));
        }

        string path = System.IO.Path.GetFullPath(System.IO.Path.Combine(directory, fileName));
        if (address is not null)
        {
            return new DownloadTarget(video, path, address);
        }

        string text = (video.VideoUrl ?? "").Trim();
        if (text.Length == 0)
        {
            throw NoAddress(video, fileName, "the service has not given an address for this video (yet)");
        }

        return Uri.TryCreate(text, UriKind.Absolute, out address)
            ? new DownloadTarget(video, path, address)
            : throw NoAddress(video, fileName, "the service's address for this video cannot be read");
    }

    /// <summary>The failure as an error that names file and host.</summary>
    internal DownloadException Fail(DownloadFailure reason, string what, Exception? cause = null)
    {
        string from = Address.Host.Length == 0 ? "" : $" from {Address.Authority}";
        return new(reason, VideoId, FileName, $"'{FileName}' was not saved{from}: {what}. {Rest}", cause);
    }

    /// <summary>Refuses a name that is taken, before anything is requested.</summary>
    /// <exception cref="DownloadException">The name is taken.</exception>
    internal void RefuseTaken(bool force)
    {
        if (Directory.Exists(Path))
        {
            throw Fail(DownloadFailure.Disk, $"'{Path}' is a folder");
        }

        if (!force && File.Exists(Path))
        {
            throw Exists();
        }
    }

    internal DownloadException Exists() =>
        Fail(DownloadFailure.FileExists, $"'{Path}' exists already and is kept");

    /// <summary>Refuses a download that the disk has no room for.</summary>
    /// <param name="bytes">How many bytes are to come; null where that is not known.</param>
    /// <param name="freeSpace">Tells how many bytes a folder's disk can take; null where it cannot tell.</param>
    /// <exception cref="DownloadException">There is not enough room.</exception>
    internal void RequireSpace(long? bytes, Func<string, long?> freeSpace)
    {
        string folder = System.IO.Path.GetDirectoryName(Path)!;
        if (bytes > 0 && freeSpace(folder) is long free && free < bytes)
        {
            throw Fail(DownloadFailure.DiskFull, FormattableString.Invariant($"{bytes} bytes are to come, and the disk of '{folder}' has room for {free}"));
        }
    }

    internal DownloadException DiskFailed(Exception failure) => DiskSpace.IsExhausted(failure)
        ? Fail(DownloadFailure.DiskFull, $"the disk of '{System.IO.Path.GetDirectoryName(Path)}' is full; what arrived is kept", failure)
        : Fail(DownloadFailure.Disk, $"'{System.IO.Path.GetDirectoryName(Path)}' cannot be written ({failure.Message.TrimEnd('.')})", failure);

    private static DownloadException NoAddress(KlingVideo video, string fileName, string why) => new(
        DownloadFailure.NoAddress, video.VideoId, fileName, $"'{fileName}' was not saved: {why}; Get-KlingTask may give one. {Rest}");
}

/// <summary>Room on disks.</summary>
internal static class DiskSpace
{
    // Linux and macOS: no space, quota exceeded (122 and 69). Windows: disk full, in two forms.
    private static readonly HashSet<int> s_full = [28, 122, 69, unchecked((int)0x80070070), unchecked((int)0x80070027)];

    /// <summary>How many bytes this user may still write below a folder; null where that cannot be told, as of a network share.</summary>
    internal static long? Free(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A write will fail if there is no room.
            return null;
        }
    }

    /// <summary>Whether a failed write means that the disk, or the user's share of it, is full.</summary>
    internal static bool IsExhausted(Exception failure) => failure is IOException && s_full.Contains(failure.HResult);
}

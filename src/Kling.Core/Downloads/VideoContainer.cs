using System.Buffers.Binary;
using System.Text;

namespace Kling.Downloads;

/// <summary>Tells whether a file is the video its name promises, and whole. It reads the sizes that the container states, not the pictures.</summary>
internal static class VideoContainer
{
    /// <summary>What is wrong; null when the video is whole.</summary>
    /// <param name="fileName">Its extension says which container is expected; any where it is none of ours.</param>
    /// <param name="file">The file, read from its start.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static VideoFault? Check(string fileName, Stream file)
    {
        var window = new FileWindow(file);
        byte[] head = window.Read(0, VideoSignature.HeadBytes).ToArray();
        if (VideoSignature.Mismatch(fileName, head, head.Length) is string mismatch)
        {
            return new VideoFault(IsCutOff: false, mismatch);
        }

        return VideoSignature.IsWebm(head) ? new EbmlWalker(window).Check() : new BoxWalker(window).Check();
    }

    /// <summary>Whether a saved file ends too early. One that cannot be read, or is no video, is not called so.</summary>
    internal static bool IsCutOff(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return Check(path, file) is { IsCutOff: true };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}

/// <summary>What is wrong with a file that should be a whole video.</summary>
/// <param name="IsCutOff">Whether its end is missing; otherwise it is no video, or another one than its name promises.</param>
/// <param name="What">What was found, as the end of a sentence.</param>
internal sealed record VideoFault(bool IsCutOff, string What)
{
    internal static VideoFault Cut(string what) => new(IsCutOff: true, $"the video is cut off: {what}");
}

/// <summary>Tells by its first bytes whether a file can be the video its name promises.</summary>
internal static class VideoSignature
{
    /// <summary>How many bytes are needed.</summary>
    internal const int HeadBytes = 8;

    // QuickTime files may begin with another box than the one ISO files must begin with.
    private static readonly string[] s_movBoxes = ["ftyp", "moov", "mdat", "wide", "free", "skip"];

    private static bool IsIso(byte[] head) => head.AsSpan(4, 4).SequenceEqual("ftyp"u8);

    internal static bool IsWebm(byte[] head) => BinaryPrimitives.ReadUInt32BigEndian(head) == EbmlWalker.Header;

    /// <summary>Whether the bytes begin a video, of whatever kind.</summary>
    internal static bool IsKnown(byte[] head, int count) => count >= HeadBytes && (IsWebm(head) || IsIso(head));

    /// <summary>What is wrong; null when the bytes fit the name's extension (any known container where the extension is none of ours).</summary>
    internal static string? Mismatch(string fileName, byte[] head, int count)
    {
        if (count < HeadBytes)
        {
            return count == 0 ? "the host sent nothing" : "what the host sent is too short for a video";
        }

        bool iso = IsIso(head);
        bool webm = IsWebm(head);
        string extension = Path.GetExtension(fileName).ToLowerInvariant();
        bool fits = extension switch
        {
            ".mp4" => iso,
            ".mov" => s_movBoxes.Contains(Encoding.ASCII.GetString(head, 4, 4)),
            ".webm" => webm,
            _ => iso || webm,
        };
        return fits ? null
            : webm ? $"the video is a WEBM file and not what '{extension}' promises"
            : iso ? $"the video is an MP4 or MOV file and not what '{extension}' promises"
            : "what the host sent is not a video";
    }
}

/// <summary>Reads a few bytes here and there through one small buffer.</summary>
internal sealed class FileWindow(Stream file)
{
    private readonly byte[] _buffer = new byte[4096];
    private long _start;
    private int _count;

    internal long Length { get; } = file.Length;

    /// <summary>The bytes from a place on; fewer where the file ends.</summary>
    internal ReadOnlySpan<byte> Read(long at, int count)
    {
        if (at < _start || at + count > _start + _count)
        {
            file.Position = at;
            _start = at;
            _count = file.ReadAtLeast(_buffer, _buffer.Length, throwOnEndOfStream: false);
        }

        int offset = (int)(at - _start);
        return _buffer.AsSpan(offset, Math.Min(count, _count - offset));
    }
}

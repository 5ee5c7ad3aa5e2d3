using System.Text;

namespace Kling.Downloads;

/// <summary>Tells by its first bytes whether a file can be the video its name promises.</summary>
internal static class VideoSignature
{
    /// <summary>How many bytes are needed.</summary>
    internal const int HeadBytes = 8;

    // QuickTime files may begin with another box than the one ISO files must begin with.
    private static readonly string[] s_movBoxes = ["ftyp", "moov", "mdat", "wide", "free", "skip"];

    /// <summary>What is wrong; null when the bytes fit the name's extension (any known container where the extension is none of ours).</summary>
    /// <param name="fileName">The file's name.</param>
    /// <param name="head">The first bytes.</param>
    /// <param name="count">How many there are; fewer than <see cref="HeadBytes"/> when there are no more.</param>
    internal static string? Mismatch(string fileName, byte[] head, int count)
    {
        if (count < HeadBytes)
        {
            return count == 0 ? "the host sent nothing" : "what the host sent is too short for a video";
        }

        string box = Encoding.ASCII.GetString(head, 4, 4);
        bool iso = box == "ftyp";
        bool webm = head[0] == 0x1A && head[1] == 0x45 && head[2] == 0xDF && head[3] == 0xA3;
        string extension = Path.GetExtension(fileName).ToLowerInvariant();
        bool fits = extension switch
        {
            ".mp4" => iso,
            ".mov" => s_movBoxes.Contains(box),
            ".webm" => webm,
            _ => iso || webm,
        };
        return fits ? null
            : webm ? $"the video is a WEBM file and not what '{extension}' promises"
            : iso ? $"the video is an MP4 or MOV file and not what '{extension}' promises"
            : "what the host sent is not a video";
    }
}

namespace Kling.Media;

/// <summary>Recognizes a video file by its first bytes, so that an error page is never saved as a video.</summary>
internal static class ContainerSignature
{
    /// <summary>How many bytes are looked at.</summary>
    internal const int Length = 12;

    private static readonly string[] s_quickTimeBoxes = ["ftyp", "moov", "mdat", "wide", "free", "skip"];

    /// <summary>Whether the bytes begin a file of the kind the name says; any known kind where the name says none.</summary>
    internal static bool Matches(byte[] head, string fileName) => Path.GetExtension(fileName).ToUpperInvariant() switch
    {
        ".MP4" or ".M4V" => Box(head) == "ftyp",
        ".MOV" => s_quickTimeBoxes.Contains(Box(head)),
        ".WEBM" => IsEbml(head),
        _ => Box(head) == "ftyp" || IsEbml(head),
    };

    // ISO base media and QuickTime: four bytes of length, then the box's type.
    private static string Box(byte[] head) =>
        head.Length < 8 ? "" : new string([(char)head[4], (char)head[5], (char)head[6], (char)head[7]]);

    private static bool IsEbml(byte[] head) => head.Length >= 4 && head[0] == 0x1A && head[1] == 0x45 && head[2] == 0xDF && head[3] == 0xA3;
}

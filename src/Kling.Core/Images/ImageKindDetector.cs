namespace Kling.Images;

/// <summary>Tells what a text that names an image is.</summary>
public static class ImageKindDetector
{
    // No path of any platform is longer; asking for one would only cost time.
    private const int LongestPath = 32_767;

    // Enough for every signature, and a whole number of base64 blocks.
    private const int HeadCharacters = 96;

    /// <summary>
    /// What the text is, tried in this order: UUID, http(s) address, data URI, existing path or wildcard, base64 text of
    /// an image. Null when it is none of them, or only stands for something secret (<see cref="Masking.IsMasked"/>).
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="fileExists">Whether a path or wildcard names at least one file.</param>
    public static ImageKind? Detect(string? text, Func<string, bool> fileExists)
    {
        string trimmed = (text ?? "").Trim();
        if (trimmed.Length == 0 || Masking.IsMasked(trimmed))
        {
            return null;
        }

        if (Guid.TryParseExact(trimmed, "D", out _))
        {
            return ImageKind.Uuid;
        }

        if (Starts(trimmed, "http://") || Starts(trimmed, "https://"))
        {
            return ImageKind.Url;
        }

        if (Starts(trimmed, "data:"))
        {
            return ImageKind.DataUri;
        }

        // Untrimmed: a file's name may begin or end with a space.
        if (text!.Length <= LongestPath && fileExists(text))
        {
            return ImageKind.File;
        }

        return IsBase64Image(trimmed) ? ImageKind.Base64 : null;
    }

    private static bool Starts(string text, string prefix) => text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Looks at the beginning only; whether all of it decodes is <see cref="InlineImage"/>'s question.</summary>
    private static bool IsBase64Image(string text)
    {
        string head = InlineImage.WithoutWhitespace(text[..Math.Min(text.Length, 2 * HeadCharacters)]);
        head = head[..(Math.Min(head.Length, HeadCharacters) / 4 * 4)];
        try
        {
            byte[] bytes = Convert.FromBase64String(head);
            return ImageSignature.Format(bytes, bytes.Length) is not null;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}

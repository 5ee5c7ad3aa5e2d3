namespace Kling.Images;

/// <summary>Images given as text: data URIs and base64.</summary>
public static class InlineImage
{
    private const string ImagePrefix = "data:image/";

    /// <summary>Checks that the text decodes to an image, and returns it with hash, size and format.</summary>
    /// <param name="kind"><see cref="ImageKind.DataUri"/> or <see cref="ImageKind.Base64"/>.</param>
    /// <param name="text">The text; whitespace and line breaks in the base64 are dropped.</param>
    /// <exception cref="ImageException">It does not decode, or not to a whole image.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="kind"/> is not inline.</exception>
    public static RequestImage Load(ImageKind kind, string text)
    {
        if (kind is not (ImageKind.DataUri or ImageKind.Base64))
        {
            throw new ArgumentOutOfRangeException(nameof(kind), "Only data URIs and base64 text are inline.");
        }

        string prefix = kind is ImageKind.DataUri ? Prefix(text.Trim()) : "";
        string data = WithoutWhitespace(text.Trim()[prefix.Length..]);
        byte[] bytes = Decode(data, text);
        using var stream = new MemoryStream(bytes, writable: false);
        if (!ImageReader.TryRead(stream, out ImageInfo? info, out string? fault))
        {
            throw Refused(text, $"what it decodes to {fault}", "base64 of a PNG, JPEG, WebP, GIF or BMP image");
        }

        // Programs that do not know what they encode name it application/octet-stream. The bytes say what it is.
        if (prefix.Length > 0 && !prefix.StartsWith(ImagePrefix, StringComparison.OrdinalIgnoreCase))
        {
            prefix = $"{ImagePrefix}{info!.Format.ToLowerInvariant()};base64,";
        }

        return info!.ToImage(kind, prefix + data, Sha256Text.Of(bytes), bytes.Length);
    }

    /// <summary>The text without whitespace, which line-wrapped base64 has and the service need not know.</summary>
    internal static string WithoutWhitespace(string text) => text.Any(char.IsWhiteSpace) ? string.Concat(text.Where(c => !char.IsWhiteSpace(c))) : text;

    /// <summary>The data URI up to and with its comma.</summary>
    private static string Prefix(string text)
    {
        const string Allowed = ImagePrefix + "<format>;base64,<data>";
        int comma = text.IndexOf(',');
        if (comma < 0)
        {
            throw Refused(text, "it has no comma before the data", Allowed);
        }

        string prefix = text[..(comma + 1)];
        if (!prefix.EndsWith(";base64,", StringComparison.OrdinalIgnoreCase)
            || prefix.Any(c => c is <= ' ' or > '~'))
        {
            throw Refused(text, "it is no base64 data URI", Allowed);
        }

        return prefix;
    }

    private static byte[] Decode(string data, string text)
    {
        try
        {
            return Convert.FromBase64String(data);
        }
        catch (FormatException failure)
        {
            throw Refused(text, "it does not decode", "base64 of an image, complete and with its padding (=)", failure);
        }
    }

    private static ImageException Refused(string text, string fault, string allowed, Exception? inner = null) =>
        new($"Image: '{Masking.InlineData(text)}' was given, but {fault}; allowed: {allowed}.", inner);
}

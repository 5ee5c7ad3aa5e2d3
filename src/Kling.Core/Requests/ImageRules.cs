using System.Buffers;

namespace Kling.Requests;

/// <summary>Checks the image of a request by its text and by what was read of it.</summary>
internal static class ImageRules
{
    private const string NoHost = "/?#\\";
    private const string Separators = ",;|\"'<>";
    private static readonly (ImageTraits Trait, string About, string What)[] s_traits =
    [
        (ImageTraits.Animated, "moving images", "has several frames; which of them the video begins with is not documented"),
        (ImageTraits.Cmyk, "the colours of the image", "has the colours of print (CMYK); the service may refuse it or change its colours"),
        (ImageTraits.Irregular, "irregular files", "is complete, but its file is irregular: it has no end mark, or bytes that belong to nothing; the service may refuse it"),
    ];

    private static readonly string[] s_schemes = ["http://", "https://"];
    private static readonly SearchValues<char> s_base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

    internal static void Check(Findings findings, string parameter, RequestImage image)
    {
        if (Fault(image) is string allowed)
        {
            findings.Refuse(parameter, image.Shown, allowed);
        }

        CheckLimits(findings, parameter, image);
    }

    /// <summary>Whether the text is an absolute http or https address exactly as it stands, because it is sent without a parser's corrections.</summary>
    internal static bool IsWebAddress(string text)
    {
        int host = s_schemes.FirstOrDefault(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))?.Length ?? text.Length;
        return host < text.Length && text[host] > ' ' && NoHost.IndexOf(text[host]) < 0 && text[^1] > ' '
            && !Masking.IsMasked(text)
            && !text.Any(char.IsWhiteSpace) && !HoldsAnother(text)
            && Uri.TryCreate(text, UriKind.Absolute, out _);
    }

    /// <summary>
    /// Whether a second address follows a separator: a cell with two would be sent as one. An address may hold another in its path or
    /// query, so only what no address begins with counts as a separator.
    /// </summary>
    private static bool HoldsAnother(string text)
    {
        for (int at = text.IndexOf("://", StringComparison.Ordinal); at >= 0; at = text.IndexOf("://", at + 1, StringComparison.Ordinal))
        {
            int start = at;
            while (start > 0 && char.IsAsciiLetter(text[start - 1]))
            {
                start--;
            }

            if (start > 0 && start < at && Separators.Contains(text[start - 1]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What the image's text should have been; null when it is right.</summary>
    private static string? Fault(RequestImage image) => image.Kind switch
    {
        _ when Masking.IsMasked(image.Value) => "the image itself; this text only stands for one, without its secret part",
        ImageKind.Uuid => Guid.TryParseExact(image.Value, "D", out _) ? null : "the UUID of an uploaded or generated image",
        ImageKind.Url => IsWebAddress(image.Value) ? null : "one absolute http or https address",
        ImageKind.DataUri => IsDataUri(image.Value) ? null : "a data URI with its data, without white space",
        ImageKind.Base64 => IsBase64(image.Value) ? null : "base64 text, without white space",
        _ => image.Value.Length > 0 ? null : "an image",
    };

    private static bool IsDataUri(string text)
    {
        int comma = text.IndexOf(',');
        return text.StartsWith("data:", StringComparison.OrdinalIgnoreCase) && comma > 0 && comma < text.Length - 1 && !text.Any(char.IsWhiteSpace);
    }

    /// <summary>Checks only the characters; whoever loaded the image knows whether they decode to one.</summary>
    private static bool IsBase64(string text)
    {
        int padding = text.EndsWith("==", StringComparison.Ordinal) ? 2 : text.EndsWith('=') ? 1 : 0;
        return text.Length > padding && !text.AsSpan(0, text.Length - padding).ContainsAnyExcept(s_base64);
    }

    private static void CheckLimits(Findings findings, string parameter, RequestImage image)
    {
        ImageLimits limits = findings.Spec.ImageLimits;
        string name = image.Kind is ImageKind.File ? Path.GetFileName(image.Value) : image.Shown;
        if (image.Bytes > limits.MaxBytes)
        {
            findings.Refuse(parameter, FormattableString.Invariant($"{name} of {image.Bytes} bytes"),
                FormattableString.Invariant($"at most {limits.MaxBytes / 1_000_000} MB ({limits.MaxBytes} bytes)"));
        }
        else if (image.Bytes > limits.WarnBytes)
        {
            findings.Warn("the size of the file", FormattableString.Invariant(
                $"{parameter}: {name} has {image.Bytes} bytes; above {limits.WarnBytes / 1_000_000} MB the service may refuse it."));
        }

        if (image.Width is int width && image.Height is int height)
        {
            CheckSides(findings, parameter, name, width, height);
        }

        if (image.Format is string format && !limits.Formats.Contains(format))
        {
            findings.Warn("the format of the image",
                $"{parameter}: {name} is a {format} image; the model's maker documents {WordList.And(limits.Formats)} only, so the service may refuse it.");
        }

        foreach ((ImageTraits trait, string about, string what) in s_traits)
        {
            if (image.Traits.HasFlag(trait))
            {
                findings.Warn(about, $"{parameter}: {name} {what}.");
            }
        }
    }

    private static void CheckSides(Findings findings, string parameter, string name, int width, int height)
    {
        ImageLimits limits = findings.Spec.ImageLimits;
        (int shorter, int longer) = (Math.Min(width, height), Math.Max(width, height));
        if (shorter < limits.MinSide || longer > limits.MaxSide)
        {
            findings.Warn("the size of the image", FormattableString.Invariant(
                $"{parameter}: {name} is {width}x{height}; the model wants {limits.MinSide} to {limits.MaxSide} pixels on each side, so the service may refuse it."));
        }

        if (longer > shorter * limits.MaxRatio)
        {
            findings.Warn("the shape of the image", FormattableString.Invariant(
                $"{parameter}: {name} is {width}x{height}; the model's maker documents shapes from 1:{limits.MaxRatio} to {limits.MaxRatio}:1 only, so the service may refuse it."));
        }
    }
}

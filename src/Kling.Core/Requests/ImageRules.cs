using Kling.Models;

namespace Kling.Requests;

/// <summary>What can be said of an image from its text and from what was read of it.</summary>
internal static class ImageRules
{
    internal static void Check(Findings findings, RequestImage? image)
    {
        if (image is null)
        {
            findings.Refuse("Image", null, findings.Spec.Row("Image").AllowedText);
            return;
        }

        if (Fault(image) is string allowed)
        {
            findings.Refuse("Image", Shown(image), allowed);
        }

        CheckLimits(findings, image);
    }

    /// <summary>Whether the text is an absolute http or https address.</summary>
    internal static bool IsWebAddress(string text) =>
        !AddressText.IsMasked(text)
        && Uri.TryCreate(text, UriKind.Absolute, out Uri? address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
        && address.Host.Length > 0;

    /// <summary>What the image's text should have been; null when it is right.</summary>
    private static string? Fault(RequestImage image) => image.Kind switch
    {
        _ when AddressText.IsMasked(image.Value) => "the image itself; this text only stands for one, without its secret part",
        ImageKind.Uuid => Guid.TryParseExact(image.Value, "D", out _) ? null : "the UUID of an uploaded or generated image",
        ImageKind.Url => IsWebAddress(image.Value) ? null : "an absolute http or https address",
        ImageKind.DataUri => image.Value.StartsWith("data:", StringComparison.OrdinalIgnoreCase) ? null : "a data URI",
        _ => image.Value.Length > 0 ? null : "an image",
    };

    private static string Shown(RequestImage image) => image.Kind is ImageKind.File ? image.Value : RequestJson.Shown(image);

    private static void CheckLimits(Findings findings, RequestImage image)
    {
        ImageLimits limits = findings.Spec.ImageLimits;
        string name = image.Kind is ImageKind.File ? Path.GetFileName(image.Value) : RequestJson.Shown(image);
        if (image.Bytes > limits.MaxBytes)
        {
            findings.Refuse("Image", FormattableString.Invariant($"{name} of {image.Bytes} bytes"),
                FormattableString.Invariant($"at most {limits.MaxBytes / 1_000_000} MB ({limits.MaxBytes} bytes)"));
        }
        else if (image.Bytes > limits.WarnBytes)
        {
            findings.Warn(FormattableString.Invariant(
                $"Image: {name} has {image.Bytes} bytes; above {limits.WarnBytes / 1_000_000} MB the service may refuse it."));
        }

        if (image.Width is int width && image.Height is int height
            && (Math.Min(width, height) < limits.MinSide || Math.Max(width, height) > limits.MaxSide))
        {
            findings.Warn(FormattableString.Invariant(
                $"Image: {name} is {width}x{height}; the model wants {limits.MinSide} to {limits.MaxSide} pixels on each side, so the service may refuse it."));
        }

        if (image.Format is string format && !limits.Formats.Contains(format))
        {
            findings.Warn($"Image: {name} is a {format} image; the model takes {WordList.Or(limits.Formats)}, so the service may refuse it.");
        }

        if (image.Format is not null && image.Width is null)
        {
            findings.Warn($"Image: the size of {name} could not be read; it may be damaged.");
        }
    }
}

using System.Globalization;
using System.Text;
using Kling.Models;

namespace Kling.Requests;

/// <summary>
/// Tells whether two requests buy the same thing. Defaults are applied first, so a value that was left out and the same
/// value given are one request.
/// </summary>
public static class RequestFingerprint
{
    /// <summary>
    /// SHA-256 in lower-case hex of model, image content, prompt, size, duration, CFG scale, count, format, quality and
    /// safety. The task id, webhook, upload endpoint, ttl and cost flag do not count.
    /// </summary>
    /// <param name="request">The request.</param>
    public static string Of(VideoRequest request)
    {
        VideoRequest plain = RequestNormalizer.Normalize(request);
        ModelSpec spec = ModelSpec.FindOrDefault(plain.Model);
        bool check = plain.CheckContent ?? false;
        var text = new StringBuilder();
        Add(text, "version", "1");
        Add(text, "model", plain.Model);
        Add(text, "image", Content(plain.Image));
        Add(text, "prompt", plain.Prompt ?? "");
        Add(text, "width", Number(plain.Width) ?? "");
        Add(text, "height", Number(plain.Height) ?? "");
        Add(text, "duration", Number(plain.Duration) ?? Default(spec, "Duration"));
        Add(text, "cfg", Number(plain.CfgScale) ?? Default(spec, "CfgScale"));
        Add(text, "count", Number(plain.NumberResults) ?? Default(spec, "NumberResults"));
        Add(text, "format", plain.OutputFormat ?? Default(spec, "OutputFormat"));
        Add(text, "quality", Number(plain.OutputQuality) ?? Default(spec, "OutputQuality"));
        Add(text, "check", check ? "true" : "false");

        // A check without a mode is a fast one (model page, checkContent).
        Add(text, "mode", plain.SafetyMode ?? (check ? "fast" : Default(spec, "SafetyMode")));
        return Sha256Text.Of(text.ToString());
    }

    private static string Content(RequestImage? image) => image switch
    {
        null => "",
        { Sha256: string hash } => "sha256:" + hash.ToLowerInvariant(),
        { Kind: ImageKind.Uuid } => "uuid:" + image.Value.ToLowerInvariant(),
        _ => "text:" + image.Value,
    };

    private static string Default(ModelSpec spec, string parameter) => spec.Row(parameter).DefaultText ?? "";

    private static string? Number(decimal? value) => value is decimal number ? NumberText.Minimal(number) : null;

    // The length in front keeps a value from posing as the next field.
    private static void Add(StringBuilder text, string name, string value) => text
        .Append(name).Append('=').Append(value.Length.ToString(CultureInfo.InvariantCulture)).Append(':').Append(value).Append('\n');
}

using System.Globalization;
using System.Text;

namespace Kling.Requests;

/// <summary>
/// Tells whether two requests buy the same thing. Defaults are applied first, so a value that was left out and the same
/// value given are one request. The form is frozen, since ids are made of it; docs/task-ids.md describes it for other programs.
/// </summary>
public static class RequestFingerprint
{
    /// <summary>
    /// SHA-256 in lower-case hex of model, images' content, prompt, size, duration, CFG scale, count, format, quality,
    /// safety, and what other models have beside. The task id, webhook, upload endpoint, ttl and cost flag do not count.
    /// </summary>
    /// <param name="request">The request.</param>
    public static string Of(VideoRequest request)
    {
        var text = new StringBuilder();
        Add(text, "version", "1");
        foreach (SettingRow row in ModelSpec.FindOrDefault(request.Model).Settings)
        {
            VideoSetting setting = row.Setting!;
            object? given = request.Normalized(row);
            if (setting.Fingerprint is string name && (given is not null || !setting.CountsWhenGiven))
            {
                Add(text, name, Text(given) ?? Default(row, request));
            }

            if (setting.Name == nameof(VideoSettings.Model))
            {
                Add(text, "image", Content(request.Image));
            }
        }

        if (request.LastImage is not null)
        {
            Add(text, "lastImage", Content(request.LastImage));
        }

        return Sha256Text.Of(text.ToString());
    }

    private static string Content(RequestImage? image) => image switch
    {
        null => "",
        { Sha256: string hash } => "sha256:" + hash.ToLowerInvariant(),
        { Kind: ImageKind.Uuid } => "uuid:" + image.Value.ToLowerInvariant(),
        _ => "text:" + image.Value,
    };

    // A check without a mode is a fast one (model page, checkContent).
    private static string Default(SettingRow row, VideoSettings settings) =>
        row.Setting!.Name == nameof(VideoSettings.SafetyMode) && settings.CheckContent == true ? "fast" : row.Row?.DefaultText ?? "";

    internal static string? Text(object? value) => value switch
    {
        bool flag => flag ? "true" : "false",
        int number => number.ToString(CultureInfo.InvariantCulture),
        decimal number => NumberText.Minimal(number),
        _ => (string?)value,
    };

    // The length in front keeps a value from posing as the next field.
    internal static void Add(StringBuilder text, string name, string value) => text
        .Append(name).Append('=').Append(value.Length.ToString(CultureInfo.InvariantCulture)).Append(':').Append(value).Append('\n');
}

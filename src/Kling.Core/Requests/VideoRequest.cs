namespace Kling.Requests;

/// <summary>
/// What is asked of the service: the settings, the image, and how the video is delivered. A null property was not given and stays
/// off the wire. Names are the parameters' names; the model's table (<see cref="ModelSpec"/>) knows the wire names and limits.
/// </summary>
public sealed record VideoRequest : VideoSettings
{
    /// <summary>A request to the default model.</summary>
    public VideoRequest() => Model = ModelSpec.DefaultModelId;

    /// <summary>A request for these settings, without images.</summary>
    /// <param name="settings">The settings.</param>
    internal VideoRequest(VideoSettings settings)
        : base(settings)
    {
    }

    /// <summary>The task's id; a v4 UUID.</summary>
    public Guid TaskId { get; init; }

    /// <summary>The first frame.</summary>
    public RequestImage? Image { get; init; }

    /// <summary>The last frame, beside <see cref="Image"/>; not every model takes one.</summary>
    public RequestImage? LastImage { get; init; }

    /// <summary>Address the service posts results to.</summary>
    public string? WebhookUrl { get; init; }

    /// <summary>Address the service puts the video to.</summary>
    public string? UploadEndpoint { get; init; }

    /// <summary>Whether the reply shall name the cost.</summary>
    public bool IncludeCost { get; init; } = true;

    /// <summary>A setting in the spelling of the wire, so that <c>mp4</c> and <c>MP4</c> are one; what the table does not know stays as it is.</summary>
    /// <param name="setting">The setting and its row in the model's table.</param>
    internal object? Normalized(SettingRow setting) => setting.Setting!.Get(this) switch
    {
        string text when setting.Row?.AllowedValues.Count > 0 && setting.Setting.Name != nameof(Model) => setting.Row.Canonical(text.Trim()) ?? text,
        decimal number => NumberText.Trimmed(number),
        var value => value,
    };

    /// <summary>
    /// What is given, in the order of the wire, without the fields that are the same for every request. The images are one list of texts;
    /// <paramref name="image"/> says which text each has.
    /// </summary>
    /// <param name="spec">The model's table.</param>
    /// <param name="image">The text of an image.</param>
    internal IEnumerable<(ParameterSpec Row, object Value)> Given(ModelSpec spec, Func<RequestImage, string> image)
    {
        IReadOnlyDictionary<string, object?> others = Setting is null ? OtherSettings.None : OtherSettings.Read(Setting);
        foreach (SettingRow field in spec.WireFields)
        {
            object? value = field.Setting is not null ? Normalized(field) : field.Row!.Name switch
            {
                nameof(Image) => Image is null && LastImage is null ? null : new[] { Image, LastImage }.OfType<RequestImage>().Select(image).ToArray(),
                nameof(WebhookUrl) => WebhookUrl,
                nameof(UploadEndpoint) => UploadEndpoint,
                nameof(IncludeCost) => IncludeCost ? true : null,
                _ => others.GetValueOrDefault(field.Row.WireName),
            };
            if (value is not null)
            {
                yield return (field.Row!, value);
            }
        }
    }
}

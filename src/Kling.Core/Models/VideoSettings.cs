namespace Kling.Models;

/// <summary>
/// What was asked of the model beside the image. A null property was not given. Limits are in the model's table.
/// Whoever must treat all settings alike (wire, fingerprint, journal, archive, sidecar) goes through <see cref="All"/>.
/// </summary>
public record VideoSettings
{
    /// <summary>The model's id, for example <c>klingai:5@1</c>.</summary>
    public string? Model { get; init; }

    /// <summary>The prompt; optional (protocol note, positivePrompt).</summary>
    public string? Prompt { get; init; }

    /// <summary>Width in pixels; only together with <see cref="Height"/>.</summary>
    public int? Width { get; init; }

    /// <summary>Height in pixels; only together with <see cref="Width"/>.</summary>
    public int? Height { get; init; }

    /// <summary>Length in seconds.</summary>
    public decimal? Duration { get; init; }

    /// <summary>Guidance scale.</summary>
    public decimal? CfgScale { get; init; }

    /// <summary>How many videos; null means one (model page, numberResults).</summary>
    public int? NumberResults { get; init; }

    /// <summary>File format.</summary>
    public string? OutputFormat { get; init; }

    /// <summary>Compression quality.</summary>
    public int? OutputQuality { get; init; }

    /// <summary>Whether to check the content.</summary>
    public bool? CheckContent { get; init; }

    /// <summary>How to check the content.</summary>
    public string? SafetyMode { get; init; }

    /// <summary>How long the service keeps the video, in seconds.</summary>
    public int? Ttl { get; init; }

    /// <summary>What the video shall not show.</summary>
    public string? NegativePrompt { get; init; }

    /// <summary>Whether the video gets sound.</summary>
    public bool? Sound { get; init; }

    /// <summary>The resolution, by its name.</summary>
    public string? Resolution { get; init; }

    /// <summary>Other fields of the model, by their paths on the wire: a JSON object on one line, its names in order.</summary>
    public string? Setting { get; init; }

    /// <summary>Every setting, in the order of the fingerprint. A new one stands last, with <see cref="VideoSetting.CountsWhenGiven"/>.</summary>
    internal static IReadOnlyList<VideoSetting> All { get; } =
    [
        new(nameof(Model), s => s.Model, (s, v) => s with { Model = (string?)v }) { Fingerprint = "model" },
        new(nameof(Prompt), s => s.Prompt, (s, v) => s with { Prompt = (string?)v }) { Fingerprint = "prompt", IsProse = true },
        new(nameof(Width), s => s.Width, (s, v) => s with { Width = (int?)v }) { Fingerprint = "width" },
        new(nameof(Height), s => s.Height, (s, v) => s with { Height = (int?)v }) { Fingerprint = "height" },
        new(nameof(Duration), s => s.Duration, (s, v) => s with { Duration = (decimal?)v }) { Fingerprint = "duration" },
        new(nameof(CfgScale), s => s.CfgScale, (s, v) => s with { CfgScale = (decimal?)v }) { Fingerprint = "cfg" },
        new(nameof(NumberResults), s => s.NumberResults, (s, v) => s with { NumberResults = (int?)v }) { Fingerprint = "count" },
        new(nameof(OutputFormat), s => s.OutputFormat, (s, v) => s with { OutputFormat = (string?)v }) { Fingerprint = "format" },
        new(nameof(OutputQuality), s => s.OutputQuality, (s, v) => s with { OutputQuality = (int?)v }) { Fingerprint = "quality" },
        new(nameof(CheckContent), s => s.CheckContent, (s, v) => s with { CheckContent = (bool?)v }) { Fingerprint = "check" },
        new(nameof(SafetyMode), s => s.SafetyMode, (s, v) => s with { SafetyMode = (string?)v }) { Fingerprint = "mode" },
        new(nameof(Ttl), s => s.Ttl, (s, v) => s with { Ttl = (int?)v }),
        new(nameof(NegativePrompt), s => s.NegativePrompt, (s, v) => s with { NegativePrompt = (string?)v }) { Fingerprint = "negative", IsProse = true, CountsWhenGiven = true },
        new(nameof(Sound), s => s.Sound, (s, v) => s with { Sound = (bool?)v }) { Fingerprint = "sound", CountsWhenGiven = true },
        new(nameof(Resolution), s => s.Resolution, (s, v) => s with { Resolution = (string?)v }) { Fingerprint = "resolution", CountsWhenGiven = true },
        new(nameof(Setting), s => s.Setting, (s, v) => s with { Setting = (string?)v }) { Fingerprint = "setting", CountsWhenGiven = true },
    ];

    /// <summary>The settings alone, of a request that has more.</summary>
    internal VideoSettings Alone() => new(this);

    /// <summary>Settings read from somewhere, one by one.</summary>
    /// <param name="value">Gives a setting its value; null where there is none.</param>
    internal static VideoSettings Read(Func<VideoSetting, object?> value)
    {
        VideoSettings settings = new();
        foreach (VideoSetting setting in All)
        {
            // Each value costs a copy, and most are not given.
            if (value(setting) is object given)
            {
                settings = setting.With(settings, given);
            }
        }

        return settings;
    }
}

/// <summary>One property of <see cref="VideoSettings"/>, for code that treats all of them alike.</summary>
/// <param name="Name">The property's name, which is also the parameter's, the sidecar's and, with a small first letter, the journal's.</param>
/// <param name="Get">Its value: a string, a decimal, an int, a bool, or null when it was not given.</param>
/// <param name="With">The settings with another value of it.</param>
internal sealed record VideoSetting(string Name, Func<VideoSettings, object?> Get, Func<VideoSettings, object?, VideoSettings> With)
{
    /// <summary>Its name in the fingerprint; null where it does not change what is bought.</summary>
    internal string? Fingerprint { get; init; }

    /// <summary>
    /// Whether it counts for the fingerprint only when it was given: true for every setting that the first version did not have, so that what
    /// was bought before it existed is still the same purchase.
    /// </summary>
    internal bool CountsWhenGiven { get; init; }

    /// <summary>Whether it is a text of the user's, which is kept as it was typed.</summary>
    internal bool IsProse { get; init; }

    /// <summary>The type of its values: string, decimal, int or bool.</summary>
    internal Type Type { get; } = Underlying(typeof(VideoSettings).GetProperty(Name)!.PropertyType);

    private static Type Underlying(Type type) => Nullable.GetUnderlyingType(type) ?? type;
}

namespace Kling.Requests;

/// <summary>
/// What a model allows and costs: one declarative table, which validator, JSON, completers, help and sandbox read.
/// </summary>
public sealed class ModelSpec
{
    /// <summary>The model used when none is named.</summary>
    public const string DefaultModelId = "klingai:5@1";

    /// <summary>KlingAI 2.1 Standard.</summary>
    public static ModelSpec Kling21Standard { get; } = Kling21StandardTable.Create();

    /// <summary>Every known model.</summary>
    public static IReadOnlyList<ModelSpec> All { get; } = [Kling21Standard];

    /// <summary>The model's id on the wire.</summary>
    public string Id { get; init; } = "";

    /// <summary>The model's name.</summary>
    public string Name { get; init; } = "";

    /// <summary>What the model does.</summary>
    public string Capabilities { get; init; } = "";

    /// <summary>The sizes it can make.</summary>
    public IReadOnlyList<VideoSize> Sizes { get; init; } = [];

    /// <summary>List price in USD per second of one result; null when it is unknown.</summary>
    public decimal? PricePerSecond { get; init; }

    /// <summary>What was seen billed, in USD per second of one result; null when nothing was seen.</summary>
    public decimal? BilledPerSecond { get; init; }

    /// <summary>What to know about the price.</summary>
    public string? PriceNote { get; init; }

    /// <summary>Seconds of a video whose duration is not given.</summary>
    public decimal DefaultDuration { get; init; }

    /// <summary>Frames per second (protocol note, model family).</summary>
    public int FrameRate { get; init; }

    /// <summary>What the model wants of an image; crossing it warns.</summary>
    public ImageLimits ImageLimits { get; init; } = new();

    /// <summary>Every field of the request, also the fixed ones.</summary>
    public IReadOnlyList<ParameterSpec> Parameters
    {
        get;
        init
        {
            field = value;
            Settings = [.. VideoSettings.All.Select(setting => new SettingRow(setting, Row(setting.Name)))];
        }
    } = [];

    /// <summary>Every setting with its row, in the order of the wire, so that a request needs no search by name.</summary>
    internal IReadOnlyList<SettingRow> Settings { get; private init; } = [];

    /// <summary>The sizes in words.</summary>
    public string SizesText => WordList.Or([.. Sizes.Select(size => size.ToString())]);

    /// <summary>The ratios in words.</summary>
    public string AspectRatiosText => WordList.Or([.. Sizes.Select(size => size.AspectRatio)]);

    /// <summary>The model with this id, exactly as the wire spells it; null when it is unknown.</summary>
    /// <param name="id">The id.</param>
    public static ModelSpec? Find(string? id) => All.FirstOrDefault(model => string.Equals(model.Id, id, StringComparison.Ordinal));

    /// <summary>The size of a ratio such as <c>16:9</c>, <c>16x9</c> or <c>16/9</c>; null when the model has none.</summary>
    /// <param name="ratio">The ratio.</param>
    public VideoSize? FindSize(string? ratio)
    {
        string wanted = (ratio ?? "").Replace(" ", "").Replace('x', ':').Replace('X', ':').Replace('/', ':');
        return Sizes.FirstOrDefault(size => size.AspectRatio == wanted);
    }

    /// <summary>The size that crops least of an image. A 4:3 image loses a quarter in 16:9 as in 1:1; then it is the larger size.</summary>
    /// <param name="imageWidth">The image's width in pixels, as it is shown.</param>
    /// <param name="imageHeight">The image's height in pixels, as it is shown.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is not positive.</exception>
    public VideoSize NearestSize(int imageWidth, int imageHeight) =>
        Sizes.OrderByDescending(size => size.KeptShare(imageWidth, imageHeight)).ThenByDescending(size => size.Width * size.Height).First();

    /// <summary>The row of this name, ignoring case; null when the table has none.</summary>
    /// <param name="name">The parameter's name in PowerShell.</param>
    public ParameterSpec? Parameter(string? name) =>
        Parameters.FirstOrDefault(row => string.Equals(row.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <inheritdoc/>
    public override string ToString() => Id;

    /// <summary>The model's table, or the default model's where the id is unknown, so that the other rules still say what is wrong.</summary>
    internal static ModelSpec FindOrDefault(string? id) => Find(id) ?? Kling21Standard;

    /// <summary>A row that is known to be there.</summary>
    internal ParameterSpec Row(string name) => Parameter(name) ?? throw new ArgumentException($"The table of {Id} has no row {name}.", nameof(name));
}

/// <summary>A setting and the model's row for it.</summary>
internal sealed record SettingRow(VideoSetting Setting, ParameterSpec Row);

/// <summary>
/// What the model wants of an image. The source is an older provider page (protocol note, images), not the model page,
/// so crossing a limit is a warning. The size of the file is the exception: all sources agree that more than
/// <see cref="MaxBytes"/> is too much.
/// </summary>
public sealed class ImageLimits
{
    /// <summary>The shortest side in pixels.</summary>
    public int MinSide { get; init; }

    /// <summary>The longest side in pixels.</summary>
    public int MaxSide { get; init; }

    /// <summary>The largest file in bytes; a larger one is refused before it is sent (protocol note, images: 20 MB).</summary>
    public long MaxBytes { get; init; }

    /// <summary>The size in bytes above which there is a warning (protocol note, images: Kling's own interface takes 10 MB).</summary>
    public long WarnBytes { get; init; }

    /// <summary>How many times the longer side may be as long as the shorter (protocol note, what users meet: 1:2.5 to 2.5:1).</summary>
    public decimal MaxRatio { get; init; }

    /// <summary>The formats that the model's maker documents (protocol note, what users meet). The service names more for its inputs.</summary>
    public IReadOnlyList<string> Formats { get; init; } = [];
}

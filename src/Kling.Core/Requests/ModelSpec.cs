using Kling.Schemas;

namespace Kling.Requests;

/// <summary>
/// What a model allows and costs, read from its published schema (<see cref="ModelReader"/>). Validator, JSON, completion, help and sandbox
/// read it from here.
/// </summary>
public sealed class ModelSpec
{
    /// <summary>The model used when none is named.</summary>
    public const string DefaultModelId = "klingai:5@1";

    private static readonly Lazy<ModelSpec> s_default = new(() => ModelReader.ReadShipped("klingai-2-1-standard.schema.json"));
    private static readonly Lazy<ModelSpec[]> s_shipped = new(() => [s_default.Value, ModelReader.ReadShipped("klingai-video-2-6-pro.schema.json")]);

    /// <summary>KlingAI 2.1 Standard.</summary>
    public static ModelSpec Kling21Standard => s_default.Value;

    /// <summary>The models of the module.</summary>
    public static IReadOnlyList<ModelSpec> Shipped => s_shipped.Value;

    /// <summary>Gives the models that the user imported. It is asked for each name that no model of the module has.</summary>
    public static Func<IReadOnlyList<ModelSpec>> Imported { get; set; } = () => [];

    /// <summary>Every known model.</summary>
    public static IReadOnlyList<ModelSpec> All => [.. Shipped, .. Imported()];

    /// <summary>The model's id on the wire.</summary>
    public required string Id { get; init; }

    /// <summary>The model's name, for example <c>KlingAI 2.1 Standard</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The name that people use, for example <c>2.1 Standard</c>.</summary>
    public required string ShortName { get; init; }

    /// <summary>What the model does.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = [];

    /// <summary>The ways to ask it, for example <c>text</c> and <c>first-frame</c>.</summary>
    public IReadOnlyList<string> Modes { get; init; } = [];

    /// <summary>Where the model stands, in the service's word: <c>live</c>, <c>deprecated</c>.</summary>
    public string Status { get; init; } = "live";

    /// <summary>The id of the model that takes its place; null where none is named.</summary>
    public string? ReplacedBy { get; init; }

    /// <summary>When the service stops taking requests for it; null where no date is named.</summary>
    public DateTimeOffset? DeactivatesAt { get; init; }

    /// <summary>Whether the user imported it.</summary>
    public bool IsImported { get; init; }

    /// <summary>The sizes it can make; empty where the schema names none.</summary>
    public IReadOnlyList<VideoSize> Sizes { get; init; } = [];

    /// <summary>The list prices; empty where the schema names none that we can use.</summary>
    public IReadOnlyList<ModelRate> Rates { get; init; } = [];

    /// <summary>What was seen billed, in USD per second of one result; null where it is the list price.</summary>
    public decimal? BilledPerSecond { get; init; }

    /// <summary>What to know about the price.</summary>
    public string? PriceNote { get; init; }

    /// <summary>What the model wants of an image; crossing it warns.</summary>
    public ImageLimits ImageLimits { get; } = new();

    /// <summary>Every field of the request, also the fixed ones.</summary>
    public required IReadOnlyList<ParameterSpec> Parameters
    {
        get;
        init
        {
            field = value;
            Settings = [.. VideoSettings.All.Select(setting => new SettingRow(setting, Parameter(setting.Name)))];
            ParameterSpec[] sent = [.. value.Where(row => row.Fixed is null && row.Name != TaskId && !row.WireParents.AsSpan().StartsWith(s_frames))];

            // The inputs come last, so that only a few bytes follow a streamed image.
            WireFields = [.. sent.Where(row => !IsInput(row)).Concat(sent.Where(IsInput))
                .Select(row => new SettingRow(VideoSettings.All.FirstOrDefault(setting => setting.Name == row.Name), row))];
            OtherFields = [.. sent.Where(row => !row.IsParameter)];
        }
    }

    /// <summary>The schema of one request.</summary>
    public required SchemaNode Schema { get; init; }

    /// <summary>The condition that names the sizes; null where there is none.</summary>
    internal SchemaNode? SizesNode { get; init; }

    /// <summary>Every setting with its row, which is null where the model has no such field. In the order of the fingerprint.</summary>
    internal IReadOnlyList<SettingRow> Settings { get; private init; } = [];

    /// <summary>The fields that a request can give, in the order of the wire. Those without a setting are images, delivery and <see cref="OtherFields"/>.</summary>
    internal IReadOnlyList<SettingRow> WireFields { get; private init; } = [];

    /// <summary>The fields that no parameter gives, and <c>-Setting</c> does.</summary>
    internal IReadOnlyList<ParameterSpec> OtherFields { get; private init; } = [];

    /// <summary>Seconds of a video whose duration is not given.</summary>
    public decimal DefaultDuration => Parameter("Duration")?.Default as decimal? ?? 0m;

    /// <summary>Whether every request needs a first frame.</summary>
    public bool NeedsImage => Parameter("Image") is { Required: true };

    /// <summary>Whether a request can have a last frame beside the first.</summary>
    public bool TakesLastImage => Parameter("Image") is { Max: not < 2 };

    /// <summary>Whether a request with a first frame must not name a size: the video has the image's shape.</summary>
    public bool SizeFollowsImage => _sizeFollowsImage.Value;

    /// <summary>Whether the labels of several rates say which one counts.</summary>
    internal bool HasKnownRates => Rates is not [_, _] || Rates.All(rate => rate.Sound is not null);

    /// <summary>The sizes in words.</summary>
    public string SizesText => WordList.Or([.. Sizes.Select(size => size.ToString())]);

    /// <summary>The ratios in words.</summary>
    public string AspectRatiosText => WordList.Or([.. Sizes.Select(size => size.AspectRatio)]);

    private static bool IsInput(ParameterSpec row) => row.WireName.StartsWith("inputs.", StringComparison.Ordinal);

    private static readonly string[] s_frames = ["inputs", "frameImages"];
    private const string TaskId = "TaskId";
    private readonly Lazy<bool> _sizeFollowsImage;

    /// <summary>Creates a model.</summary>
    public ModelSpec() => _sizeFollowsImage = new Lazy<bool>(() => Sizes.Count > 0
        && RequestTree.Sample(this) is VideoRequest sample
        && !RequestTree.IsValid(sample with { Width = Sizes[0].Width, Height = Sizes[0].Height }, this) && RequestTree.IsValid(sample, this));

    /// <summary>The model with this id, exactly as the wire spells it; null when it is unknown.</summary>
    /// <param name="id">The id.</param>
    public static ModelSpec? Find(string? id) => id is null ? null
        : id == DefaultModelId ? Kling21Standard
        : Shipped.Concat(Imported()).FirstOrDefault(model => model.Id == id);

    /// <summary>The model that people call so: by its id in any case, its name or its short name; null when it is unknown.</summary>
    /// <param name="name">The name.</param>
    public static ModelSpec? FindByName(string? name) => name?.Trim() is not string wanted ? null
        : Find(wanted) ?? All.FirstOrDefault(model => new[] { model.Id, model.Name, model.ShortName }.Contains(wanted, StringComparer.OrdinalIgnoreCase));

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

    /// <summary>The list price in USD of a second of one result. Where the rates do not say which one counts, it is the highest.</summary>
    /// <param name="settings">What is asked for.</param>
    public decimal? PricePerSecond(VideoSettings settings) => Rates.Count == 0 ? null
        : Rates.Count > 1 && HasKnownRates ? Rates.First(rate => rate.Sound == (settings.Sound == true)).Amount
        : Rates.Max(rate => rate.Amount);

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

    /// <summary>Whether the video's length is the duration, given or not. Another field may decide it; then a duration is refused.</summary>
    internal bool DecidesLength(VideoSettings settings)
    {
        if (settings.Setting is null || settings.Duration is not null)
        {
            return true;
        }

        VideoRequest request = new(settings);
        return !RequestTree.IsValid(request, this) || RequestTree.IsValid(request with { Duration = DefaultDuration }, this);
    }
}

/// <summary>A setting and the model's row for it. Either may be null: a model has no such field, or a field is no setting.</summary>
internal sealed record SettingRow(VideoSetting? Setting, ParameterSpec? Row);

/// <summary>A list price.</summary>
/// <param name="Amount">USD for a second of one result.</param>
/// <param name="Label">When it counts, in the service's words; null where it always does.</param>
/// <param name="Sound">Whether it counts with sound, or without; null where the label says something else.</param>
public sealed record ModelRate(decimal Amount, string? Label, bool? Sound);

/// <summary>
/// What the models want of an image. The source is an older provider page (protocol note, images), not the model page,
/// so crossing a limit is a warning. The size of the file is the exception: all sources agree that more than
/// <see cref="MaxBytes"/> is too much.
/// </summary>
public sealed class ImageLimits
{
    /// <summary>The shortest side in pixels.</summary>
    public int MinSide { get; init; } = 300;

    /// <summary>The longest side in pixels.</summary>
    public int MaxSide { get; init; } = 2048;

    /// <summary>The largest file in bytes; a larger one is refused before it is sent (protocol note, images: 20 MB).</summary>
    public long MaxBytes { get; init; } = 20_000_000;

    /// <summary>The size in bytes above which there is a warning (protocol note, images: Kling's own interface takes 10 MB).</summary>
    public long WarnBytes { get; init; } = 10_000_000;

    /// <summary>How many times the longer side may be as long as the shorter (protocol note, what users meet: 1:2.5 to 2.5:1).</summary>
    public decimal MaxRatio { get; init; } = 2.5m;

    /// <summary>The formats that the model's maker documents (protocol note, what users meet). The service names more for its inputs.</summary>
    public IReadOnlyList<string> Formats { get; init; } = ["JPEG", "PNG"];
}

using System.Management.Automation;
using Kling.Batch;
using Kling.Binding;
using Kling.Errors;
using Kling.Images;
using Kling.Models;
using Kling.Paths;
using Kling.Pipeline;
using Kling.Requests;
using Kling.Rows;
using Kling.Support;

namespace Kling.Cmdlets;

/// <summary>The request parameters, shared by the cmdlets that send, price or test a request.</summary>
public abstract class RequestCmdlet : KlingCmdlet
{
    private readonly ImageFileCache _files = new(SystemClock.Instance);
    private ImageResolver? _resolver;
    private ColumnHints? _hints;
    private PSObject? _input;
    private int _bound;
    private int _read;

    /// <summary>The first frame: path (wildcards allowed), URL, media UUID, data URI or base64 text.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ImageUrl", "Uri", "ImageUUID", "MediaUUID")]
    [ImageCell(TakesRows = true)]
    [SupportsWildcards]
    public string[]? Image { get; set; }

    /// <summary>Image files, taken literally (brackets are not wildcards).</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    [TextCell("LiteralPath", list: true)]
    public string[]? LiteralPath { get; set; }

    /// <summary>What shall happen in the video (<c>positivePrompt</c>); optional. Several make a variant each.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [Alias("PositivePrompt")]
    [TextCell("Prompt", list: true)]
    public string[]? Prompt { get; set; }

    /// <summary>Length in seconds, 5 or 10; the service's default is 5. Several make a variant each.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [DecimalCell("Duration", list: true)]
    [ArgumentCompleter(typeof(SpecCompleter))]
    public decimal[]? Duration { get; set; }

    /// <summary>Width in pixels; only together with Height.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [IntegerCell("Width")]
    [ArgumentCompleter(typeof(SpecCompleter))]
    public int? Width { get; set; }

    /// <summary>Height in pixels; only together with Width.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [IntegerCell("Height")]
    [ArgumentCompleter(typeof(SpecCompleter))]
    public int? Height { get; set; }

    /// <summary>The size by its ratio: 16:9, 1:1, 9:16, or Auto for the one nearest to the image.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextCell("AspectRatio")]
    [ArgumentCompleter(typeof(SpecCompleter))]
    public string? AspectRatio { get; set; }

    /// <summary>Guidance scale (<c>CFGScale</c>), 0 to 1 in steps of 0.01; the service's default is 0.5. Several make a variant each.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [DecimalCell("CfgScale", list: true)]
    [ArgumentCompleter(typeof(SpecCompleter))]
    public decimal[]? CfgScale { get; set; }

    /// <summary>How many videos, 1 to 4, each paid; the service's default is 1.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Count")]
    [IntegerCell("NumberResults")]
    [ArgumentCompleter(typeof(SpecCompleter))]
    public int? NumberResults { get; set; }

    /// <summary>MP4, WEBM or MOV; the service's default is MP4.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextCell("OutputFormat")]
    [ArgumentCompleter(typeof(SpecCompleter))]
    public string? OutputFormat { get; set; }

    /// <summary>Compression quality, 20 to 99; the service's default is 95.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [IntegerCell("OutputQuality")]
    [ArgumentCompleter(typeof(SpecCompleter))]
    public int? OutputQuality { get; set; }

    /// <summary>Whether the service checks the content (<c>safety.checkContent</c>).</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [BooleanCell("CheckContent")]
    [ArgumentCompleter(typeof(SpecCompleter))]
    public bool? CheckContent { get; set; }

    /// <summary>none, fast or full (<c>safety.mode</c>).</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextCell("SafetyMode")]
    [ArgumentCompleter(typeof(SpecCompleter))]
    public string? SafetyMode { get; set; }

    /// <summary>How long the service keeps the video, in seconds, at least 60.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("TtlSeconds")]
    [IntegerCell("Ttl")]
    public int? Ttl { get; set; }

    /// <summary>Address the service posts each result to.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextCell("WebhookUrl")]
    public string? WebhookUrl { get; set; }

    /// <summary>Address the service puts the finished video to.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextCell("UploadEndpoint")]
    public string? UploadEndpoint { get; set; }

    /// <summary>Whether the reply names the cost; on unless switched off.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [BooleanCell("IncludeCost")]
    [ArgumentCompleter(typeof(SpecCompleter))]
    public bool? IncludeCost { get; set; }

    /// <summary>The model's id.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextCell("Model")]
    [ArgumentCompleter(typeof(SpecCompleter))]
    public string? Model { get; set; }

    /// <summary>The whole input object: the row for messages, and a file that must not be read as a wildcard.</summary>
    [Parameter(ValueFromPipeline = true, DontShow = true)]
    public PSObject? InputObject
    {
        get => _input;
        set
        {
            _input = value;
            _bound += value is null ? 0 : 1;
        }
    }

    /// <summary>The row the current record came from; null for plain text and files.</summary>
    private protected PSObject? Row => InputObject?.BaseObject is string or FileSystemInfo or Uri or Guid ? null : InputObject;

    /// <summary>
    /// How many records the binder refused, each with an error of its own. It binds the whole object first, and does not say
    /// when another parameter then fails.
    /// </summary>
    private protected int RefusedRecords => _bound - _read;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        // Nothing of the pipeline is bound yet, so this row was given by name.
        if (ReferenceEquals(Image, ImageCellAttribute.Row))
        {
            ThrowTerminatingError(ErrorCatalog.ToRecord(new InputException(ErrorCatalog.InvalidRequest, ImageCellAttribute.NoImage(nameof(PSCustomObject))), null));
        }
    }

    /// <summary>The requests of this record, one for each image and variant; images that cannot be used are written as errors.</summary>
    private protected IEnumerable<RequestItem> ReadItems() => FindImages().SelectMany(source => ReadItems(Guid.Empty, source));

    /// <summary>The requests for one image, one for each variant; an image that cannot be used is an error and none.</summary>
    private protected IEnumerable<RequestItem> ReadItems(Guid taskId, ImageSource source)
    {
        try
        {
            RequestImage image = source.Load(_files);
            Tell(() => $"{source.Name} is taken for {image.Description}{SizeChoice.From(Spec, AspectRatio, Width, Height, image).CropOf(image)}.");
            return Variants(taskId, image, source.Name);
        }
        catch (ImageException failure)
        {
            ItemFailed(failure, (object?)Row ?? source.Name);
            return [];
        }
    }

    /// <summary>The same without a word about what cannot be used, for looking ahead.</summary>
    private protected IEnumerable<RequestItem> Preview(ImageSource source)
    {
        try
        {
            return Variants(Guid.Empty, source.Load(_files), source.Name);
        }
        catch (ImageException)
        {
            return [];
        }
    }

    /// <summary>The requests that each image of this record makes, but for the image itself; those that break a limit are left out.</summary>
    private protected IEnumerable<RequestItem> ReadGrid() =>
        Variants(Guid.Empty, null, "").Where(item => item.Report.Violations.All(violation => violation.Parameter == nameof(Image)));

    /// <summary>The images of this record, not read yet; names that stand for none are written as errors.</summary>
    private protected IReadOnlyList<ImageSource> FindImages()
    {
        _read += _input is null ? 0 : 1;
        Hint();

        // A piped file binds to Image as well as LiteralPath; it is one image, taken literally.
        if (InputObject?.BaseObject is FileSystemInfo file)
        {
            return [new ImageSource(ImageKind.File, file.FullName)];
        }

        try
        {
            string[] named = NamedImages ?? [];
            string[] names = named.Length > 0 ? named : LiteralPath ?? [];
            return names.Length > 0
                ? [.. names.SelectMany(name => Find(name, literal: named.Length == 0))]
                : throw ImageColumns.Missing(Row is null ? "" : " " + RowDescription.Of(Row));
        }
        catch (InputException failure)
        {
            ItemFailed(failure, (object?)Row ?? MyInvocation.MyCommand.Name);
            return [];
        }
    }

    private IReadOnlyList<ImageSource> Find(string name, bool literal)
    {
        try
        {
            _resolver ??= new ImageResolver(SessionState.Path);
            return _resolver.Find(name, literal);
        }
        catch (InputException failure)
        {
            ItemFailed(RowDescription.Hinted(failure, Row), (object?)Row ?? ImageResolver.Shown(name));
            return [];
        }
    }

    /// <summary>The grid of prompts, durations and guidance scales for one image, checked; without an image for a price.</summary>
    private protected IEnumerable<RequestItem> Variants(Guid taskId, RequestImage? image, string name)
    {
        SizeChoice size = SizeChoice.From(Spec, AspectRatio, Width, Height, image);
        return
            from prompt in (IEnumerable<string?>?)Prompt ?? [null]
            from duration in Duration?.Select(seconds => (decimal?)seconds) ?? [null]
            from scale in CfgScale?.Select(value => (decimal?)value) ?? [null]
            select Item(new VideoRequest
            {
                TaskId = taskId,
                Model = Model ?? ModelSpec.DefaultModelId,
                Image = image,
                Prompt = prompt,
                Duration = duration,
                Width = size.Width,
                Height = size.Height,
                CfgScale = scale,
                NumberResults = NumberResults,
                OutputFormat = OutputFormat,
                OutputQuality = OutputQuality,
                CheckContent = CheckContent,
                SafetyMode = SafetyMode,
                Ttl = Ttl,
                WebhookUrl = WebhookUrl,
                UploadEndpoint = UploadEndpoint,
                IncludeCost = IncludeCost ?? true,
            }, size, name);
    }

    // An unknown model is reported by the validator.
    private ModelSpec Spec => ModelSpec.Find(Model ?? ModelSpec.DefaultModelId) ?? ModelSpec.Kling21Standard;

    private RequestItem Item(VideoRequest request, SizeChoice size, string name)
    {
        ValidationReport report = RequestValidator.Validate(request);
        return new RequestItem(request, size.Violation is Violation wrong ? report.With([wrong]) : report, name, Row, Many(Prompt) * Many(Duration) * Many(CfgScale));

        static int Many(Array? values) => values is { Length: > 1 } ? values.Length : 1;
    }

    /// <summary>Writes the error of an item that never became a request.</summary>
    private protected virtual void ItemFailed(Exception failure, object? target) => WriteFailure(failure, target);

    private protected bool HasImage => InputObject?.BaseObject is FileSystemInfo || LiteralPath is { Length: > 0 } || Image is { Length: > 0 } || (Row is not null && ImageColumns.AnyGiven(Row));

    /// <summary>The image texts of this record: those that were bound, or those of its row.</summary>
    private string[]? NamedImages => Image is { Length: > 0 } || Row is null ? Image : ImageColumns.Texts(Row);

    private void Hint()
    {
        _hints ??= new ColumnHints(MyInvocation.MyCommand);
        foreach (string hint in Row is null ? [] : _hints.For(Row))
        {
            WriteWarning(hint);
        }
    }
}

using System.Collections;
using Kling.Batch;
using Kling.Binding;
using Kling.Images;
using Kling.Paths;
using Kling.Pipeline;
using Kling.Requests;
using Kling.Rows;

namespace Kling.Cmdlets;

/// <summary>The request parameters, shared by the cmdlets that send, price or test a request.</summary>
public abstract class RequestCmdlet : KlingCmdlet
{
    private readonly ImageFileCache _files = new(SystemClock.Instance);
    private RequestShard? _shard;
    private bool _hasCheckedImages;
    private (string Name, RequestImage? Image, Violation? Wrong)? _last;

    private protected RequestCmdlet()
    {
        // What this command is given is read strictly, whatever another command of the pipeline was in the middle of.
        CellAttribute.TakeUnreadable();
        Rows = new RowReader(this, () => Spec);
        ItemFailed = (failure, target) => WriteFailure(failure, target);
        CommandFailed = (failure, target) => ThrowTerminatingError(ErrorCatalog.ToRecord(failure, target));
    }

    /// <summary>The first frame: path (wildcards allowed), URL, media UUID, data URI or base64 text.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ImageUrl", "Uri", "ImageUUID", "MediaUUID")]
    [ImageCell(TakesRows = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ImageCompleter))]
    public string[]? Image { get; set; }

    /// <summary>Image files, taken literally (brackets are not wildcards).</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    [TextCell("LiteralPath", list: true)]
    public string[]? LiteralPath { get; set; }

    /// <summary>The last frame, named as -Image is; for models that take two. A file is uploaded.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("EndImage", "TailImage")]
    [ImageCell("LastImage", IsOne = true)]
    public string? LastImage { get; set; }

    /// <summary>What shall happen in the video (<c>positivePrompt</c>). Several make a variant each.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [Alias("PositivePrompt")]
    [TextCell("Prompt", list: true)]
    public string[]? Prompt { get; set; }

    /// <summary>What the video shall not show (<c>negativePrompt</c>).</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextCell("NegativePrompt")]
    public string? NegativePrompt { get; set; }

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

    /// <summary>The resolution by its name, for models that have it as a field.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextCell("Resolution")]
    [ArgumentCompleter(typeof(SpecCompleter))]
    public string? Resolution { get; set; }

    /// <summary>Whether the video gets sound (<c>providerSettings.klingai.sound</c>), for models that can.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [BooleanCell("Sound")]
    [ArgumentCompleter(typeof(SpecCompleter))]
    public bool? Sound { get; set; }

    /// <summary>Guidance scale (<c>CFGScale</c>), 0 to 1 in steps of 0.01; the service's default is 0.5. Several make a variant each.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [DecimalCell("CfgScale", list: true)]
    [ArgumentCompleter(typeof(SpecCompleter))]
    public decimal[]? CfgScale { get; set; }

    /// <summary>How many videos, 1 to 4, each paid; the service's default is 1.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
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

    /// <summary>The model, by its id or its short name such as 2.6 Pro; KlingAI 2.1 Standard when left out.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextCell("Model")]
    [ArgumentCompleter(typeof(SpecCompleter))]
    public string? Model { get; set; }

    /// <summary>Other fields of the model, by their paths on the wire: @{ 'providerSettings.klingai.keepOriginalSound' = $true }.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SettingCell]
    public IDictionary? Setting { get; set; }

    /// <summary>The whole input object: the row for messages, and a file that must not be read as a wildcard.</summary>
    [Parameter(ValueFromPipeline = true, DontShow = true)]
    public PSObject? InputObject { get => Rows.Input; set { Rows.Input = value; BeginRow(); } }

    /// <summary>
    /// Takes only one of several equal parts of the requests, such as 3/10. The requests themselves say in which part they are, so machines
    /// agree without talking.
    /// </summary>
    [Parameter]
    public string? Shard { get; set; }

    private protected RowReader Rows { get; }

    /// <summary>Called when the binder takes a record, before it reads the record's cells.</summary>
    private protected virtual void BeginRow() => CellAttribute.TakeUnreadable();

    /// <summary>Writes the error of an item that never became a request.</summary>
    private protected Action<Exception, object?> ItemFailed { get; set; }

    /// <summary>Ends the command with an error.</summary>
    private protected Action<Exception, object?> CommandFailed { get; set; }

    /// <summary>The id that was given for the one item; empty where there is none.</summary>
    private protected virtual Guid NamedTaskId => Guid.Empty;

    /// <summary>
    /// Whether a wrong value ends the command when it was given for all items at once, so that one error says it instead of one for each.
    /// </summary>
    private protected virtual bool EndsAt(Violation violation) => violation.Parameter != nameof(Image);

    /// <inheritdoc/>
    protected override void BeginProcessing() => Run(() =>
    {
        // Nothing of the pipeline is bound yet, so this row was given by name, and its columns are not bound.
        if (ReferenceEquals(Image, ImageCellAttribute.Row) || InputObject is not null)
        {
            throw new InputException(ErrorCatalog.InvalidRequest, ReferenceEquals(Image, ImageCellAttribute.Row)
                ? ImageCellAttribute.NoImage(nameof(PSCustomObject))
                : "InputObject: an object was given by name; allowed: objects from the pipeline.");
        }

        base.BeginProcessing();
        if (Shard is not null)
        {
            _shard = RequestShard.Parse(Shard) ?? throw new InputException(ErrorCatalog.InvalidRequest,
                $"Shard: '{Shard}' was given; allowed: a part and how many there are, such as 1/10 to 10/10 (at most {RequestShard.MostParts} parts).");
        }

        Rows.Parameters.Begin();
        if (Image is not null && LiteralPath is not null)
        {
            throw new InputException(ErrorCatalog.InvalidRequest, "LiteralPath: it was given beside Image; allowed: one of the two.");
        }

        // A row may still give the other half of a size, an image, or the model itself.
        bool isHalf = Width is null != Height is null && MyInvocation.ExpectingInput;
        CheckNamedValues(
            violation => !(isHalf && violation.Parameter is nameof(Width) or nameof(Height)),
            Rows.Parameters.NameTheImage ? true : MyInvocation.ExpectingInput ? null : false);
    });

    /// <summary>Ends the command where what was given by name cannot be right for any record.</summary>
    /// <param name="counts">Which violations count.</param>
    /// <param name="hasImage">Whether the requests have a first frame; null where that differs.</param>
    private void CheckNamedValues(Func<Violation, bool> counts, bool? hasImage)
    {
        Violation[] wrong = [.. Variants(NamedTaskId).SelectMany(variant => variant.WrongInAny(hasImage)).Where(violation => EndsAt(violation) && counts(violation)).Distinct()];
        if (wrong.Length > 0)
        {
            throw new InputException(ErrorCatalog.InvalidRequest, string.Join(" ", wrong.Select(violation => violation.Message)));
        }
    }

    /// <summary>Whether this record is to be used; what is wrong with it was written.</summary>
    private protected bool AcceptRecord()
    {
        if (!Rows.Accept(Image, LiteralPath, ItemFailed, CommandFailed))
        {
            return false;
        }

        // The first image without columns shows what is wrong for all such images.
        if (!_hasCheckedImages && Rows.Row is null && MyInvocation.ExpectingInput)
        {
            _hasCheckedImages = true;
            Run(() => CheckNamedValues(_ => true, hasImage: true), null, CommandFailed);
        }

        return true;
    }

    /// <summary>The table of the model that is asked.</summary>
    private protected ModelSpec Spec => Model is null ? ModelSpec.Kling21Standard : ModelSpec.FindByName(Model) ?? ModelSpec.Kling21Standard;

    /// <summary>Whether this record asks for videos from text alone.</summary>
    private protected bool IsWithoutImage => !Rows.NamesImage(Image, LiteralPath) && !Spec.NeedsImage;

    /// <summary>The images of this record, not read yet; names that stand for none are failures.</summary>
    private protected IReadOnlyList<ImageSource> FindImages(Action<Exception, object?> failed) => Rows.FindImages(Image, LiteralPath, failed);

    /// <summary>Writes the error of an image; ends the command where it was named once for all records.</summary>
    private protected void FailImage(Exception failure, object? target)
    {
        bool isOfAll = MyInvocation.ExpectingInput && Rows.Parameters.NameTheImage && EndsAt(new Violation("", null, ""));
        (isOfAll ? CommandFailed : ItemFailed)(failure, target);
    }

    /// <summary>The requests of this record, one for each image and variant; images that cannot be used are written as errors.</summary>
    private protected IEnumerable<RequestItem> ReadItems() => AcceptRecord() ? ReadImages() : [];

    /// <summary>The requests of a record that was accepted.</summary>
    private protected IEnumerable<RequestItem> ReadImages() => ReadItems(Variants(), FailImage);

    /// <summary>The requests of a record: one for each image and variant, or one for each variant where no image is needed and none is named.</summary>
    private protected IEnumerable<RequestItem> ReadItems(RequestItem[] variants, Action<Exception, object?> failed) => IsWithoutImage
        ? variants.Select(variant => variant.WithoutImage()).Where(IsTaken)
        : FindImages(failed).SelectMany(source => ReadItems(source, variants, failed));

    /// <summary>The requests for one image, one for each variant.</summary>
    /// <param name="source">The image.</param>
    /// <param name="variants">The record's variants.</param>
    /// <param name="failed">Takes the failure of an image that cannot be used; null when only looking ahead, without a word.</param>
    private protected IEnumerable<RequestItem> ReadItems(ImageSource source, RequestItem[] variants, Action<Exception, object?>? failed)
    {
        try
        {
            RequestImage image = source.Load(_files);
            SizeChoice size = variants[0].Size.For(image);
            if (failed is not null)
            {
                WriteVerboseLazily(() => $"{source.Name} is taken for {image.Description}{size.CropOf(image)}.");
            }

            return variants.Select(variant => variant.For(image, size, source.Name, isShared: variants.Length > 1)).Where(IsTaken);
        }
        catch (ImageException failure)
        {
            failed?.Invoke(failure, (object?)Rows.Row ?? source.Name);
            return [];
        }
    }

    /// <summary>Whether a request is in the part that is taken. A wrong one is in every part: it has to be corrected before the parts are right.</summary>
    private bool IsTaken(RequestItem item) => _shard is null || !item.Report.IsValid || _shard.Holds(RequestFingerprint.Of(item.Request));

    /// <summary>The grid of prompts, durations and guidance scales: what this record asks for each of its images.</summary>
    private protected RequestItem[] Variants(Guid taskId = default)
    {
        string model = (ModelSpec.FindByName(Model)?.Id ?? Model) ?? ModelSpec.DefaultModelId;
        var size = SizeChoice.From(Spec, AspectRatio, Width, Height);
        (RequestImage? last, Violation? wrong) = FindLast();
        (string? others, Violation? twice) = Others();
        var common = new VideoRequest
        {
            TaskId = taskId,
            LastImage = last,
            Model = model,
            NegativePrompt = NegativePrompt,
            Resolution = Resolution,
            Sound = Sound ?? Rows.Fields.Sound,
            NumberResults = NumberResults,
            OutputFormat = OutputFormat,
            OutputQuality = OutputQuality,
            CheckContent = CheckContent ?? Rows.Fields.CheckContent,
            SafetyMode = SafetyMode ?? Rows.Fields.SafetyMode,
            Ttl = Ttl,
            Setting = others,
            WebhookUrl = WebhookUrl,
            UploadEndpoint = UploadEndpoint,
            IncludeCost = IncludeCost ?? true,
        };
        IEnumerable<VideoRequest> requests = Prompt?.Select(prompt => common with { Prompt = prompt }) ?? [common];
        requests = Duration is null ? requests : requests.SelectMany(request => Duration.Select(seconds => request with { Duration = seconds }));
        requests = CfgScale is null ? requests : requests.SelectMany(request => CfgScale.Select(scale => request with { CfgScale = scale }));
        return [.. requests.Select(request => new RequestItem(request, size, Pricing.Estimate(request), Rows.Row) { Wrong = wrong ?? twice })];
    }

    /// <summary>The fields without a parameter, under the names that the model has for them; what was given twice and differs is wrong.</summary>
    private (string? Text, Violation? Twice) Others()
    {
        if (Setting is null && Rows.Fields.Others.Count == 0)
        {
            return (null, null);
        }

        IEnumerable<(string Path, object? Value)> given = (Setting as IReadOnlyDictionary<string, object?>)?.Select(field => (field.Key, field.Value)) ?? [];
        (string, object?)[] all = [.. given.Concat(Rows.Fields.Others).Select(field => (Spec.Parameters
            .FirstOrDefault(row => string.Equals(row.WireName, field.Path, StringComparison.OrdinalIgnoreCase))?.WireName ?? field.Path, field.Value))];
        try
        {
            return (OtherSettings.Write(all), null);
        }
        catch (ArgumentException twice)
        {
            return (null, Violation.Because(nameof(Setting), "two values", twice.Message));
        }
    }

    /// <summary>The last frame of this record. What is wrong with it is wrong with each of its requests.</summary>
    private (RequestImage? Image, Violation? Wrong) FindLast()
    {
        if ((LastImage ?? Rows.Fields.LastImage) is not string name)
        {
            return (null, null);
        }

        if (_last?.Name != name)
        {
            _last = (name, null, null);
            try
            {
                ImageSource[] found = Rows.Find(name);
                _last = found.Length == 1 ? (name, found[0].Load(_files), null)
                    : (name, null, Violation.Because(nameof(LastImage), ImageResolver.Shown(name), $"it names {found.Length} files, and one is allowed"));
            }
            catch (InputException failure)
            {
                _last = (name, null, Violation.Because(nameof(LastImage), ImageResolver.Shown(name), failure.Message.TrimEnd('.')));
            }
            catch (ImageException failure)
            {
                _last = (name, null, Violation.Because(nameof(LastImage), ImageResolver.Shown(name), failure.Message.TrimEnd('.')));
            }
        }

        return (_last.Value.Image, _last.Value.Wrong);
    }
}

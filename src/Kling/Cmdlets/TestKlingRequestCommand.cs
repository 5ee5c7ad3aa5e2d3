using Kling.Batch;
using Kling.Binding;
using Kling.Journal;
using Kling.Paths;
using Kling.Requests;
using Kling.Session;
using Kling.Submit;

namespace Kling.Cmdlets;

/// <summary>Shows a request without sending it: every violation, the wire JSON and the price. Makes no call.</summary>
[Cmdlet(VerbsDiagnostic.Test, "KlingRequest")]
[OutputType(typeof(KlingRequestReport))]
public sealed class TestKlingRequestCommand : RequestCmdlet
{
    // What is wrong with an image or a record that never became a request, and the name it was given.
    private readonly List<(string? Name, string Problem)> _failed = [];
    private int _row;
    private KeyedTasks? _keyed;
    private PurchaseClaims? _claims;

    /// <summary>Shows the id that each task would have with this key.</summary>
    [Parameter]
    public string? IdempotencyKey { get; set; }

    /// <summary>The binder would write an error for a cell that it cannot read, and leave the row out.</summary>
    private protected override void BeginRow() => CellAttribute.CollectUnreadable();

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _keyed = IdempotencyKey is null ? null : new KeyedTasks(IdempotencyKey);
        ItemFailed = (failure, _) => _failed.Add(((failure as InputException)?.Target as string, failure.Message));
        CommandFailed = ItemFailed;
    }

    /// <inheritdoc/>
    private protected override bool EndsAt(Violation violation) => false;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        _row++;
        string[] unreadable = CellAttribute.TakeUnreadable();
        bool isAccepted = AcceptRecord();
        if (!isAccepted && _failed.Count == 0 && unreadable.Length == 0)
        {
            // A blank row.
            return;
        }

        RequestItem[] variants = Variants();
        if (isAccepted && IsWithoutImage)
        {
            WriteObject(ReadItems(variants, ItemFailed).Select(item => Report(item, unreadable)), enumerateCollection: true);
            return;
        }

        IReadOnlyList<ImageSource> images = isAccepted ? FindImages(ItemFailed) : [];
        WriteFailed(null, variants, unreadable);
        foreach (ImageSource image in images)
        {
            foreach (RequestItem item in ReadItems(image, variants, ItemFailed))
            {
                WriteObject(Report(item, unreadable));
            }

            WriteFailed(image, variants, unreadable);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        CellAttribute.TakeUnreadable();
        _claims?.Dispose();
        base.Dispose(disposing);
    }

    private KlingRequestReport Report(RequestItem item, string[] unreadable)
    {
        Guid? id = item.Report.IsValid && unreadable.Length == 0 ? KeyedId(item.Request) : null;
        return Report(id is Guid named ? item.Request with { TaskId = named } : item.Request, id, item, unreadable);
    }

    /// <summary>The id under the key; where the journal cannot be read, that of the first attempt.</summary>
    private Guid? KeyedId(VideoRequest request)
    {
        if (_keyed is null)
        {
            return null;
        }

        TaskIdSeries series = _keyed.Next(request);
        try
        {
            _claims ??= new PurchaseClaims(KlingSession.OpenJournal(), resumes: false);
            series.Newest(_claims.Look);
        }
        catch (Exception unknown) when (unknown is JournalException or InputException)
        {
            WriteVerboseLazily(() => $"Earlier attempts are not known: {unknown.Message}");
        }

        return series.Id;
    }

    private KlingRequestReport Report(VideoRequest request, Guid? id, RequestItem item, string[] unreadable) => new()
    {
        TaskId = id,
        Row = _row,
        IsValid = item.Report.IsValid && unreadable.Length == 0,
        ImageName = ConsoleText.Of(item.Name),
        ImageKind = item.Request.Image?.Kind.ToString(),
        ImageFormat = item.Request.Image?.Format,
        PixelWidth = item.Request.Image?.Width,
        PixelHeight = item.Request.Image?.Height,
        ImageBytes = item.Request.Image?.Bytes,
        HasAlpha = item.Request.Image?.HasAlpha,
        CropPercent = CropPercent(item.Request),
        Violations = [.. unreadable, .. item.Report.Violations.Select(violation => ConsoleText.Of(violation.Message))],
        Warnings = [.. item.Report.Warnings.Select(warning => ConsoleText.Of(warning.Message))],

        // Without a cell that cannot be read it would be another request.
        EstimatedCost = unreadable.Length == 0 ? item.Estimate : null,
        // Written out, a character is the same JSON.
        Json = unreadable.Length == 0 ? ConsoleText.Lines(RequestJson.WriteDisplay(request)) : null,
    };

    /// <summary>Writes a report for each failure, together with everything else that is wrong with its record.</summary>
    private void WriteFailed(ImageSource? image, RequestItem[] variants, string[] unreadable)
    {
        if (_failed.Count == 0)
        {
            return;
        }

        string[] others = [.. variants.SelectMany(variant => variant.Report.Violations)
            .Where(violation => violation.Parameter != nameof(Image)).Select(violation => ConsoleText.Of(violation.Message)).Distinct()];
        foreach ((string? name, string problem) in _failed)
        {
            WriteObject(new KlingRequestReport
            {
                Row = _row,
                ImageName = (image?.Name ?? name) is string shown ? ConsoleText.Of(shown) : null,
                ImageKind = image?.Kind.ToString(),
                Violations = [problem, .. unreadable, .. others],
            });
        }

        _failed.Clear();
    }

    /// <summary>How much of the image the size crops, in percent; null where either is not known.</summary>
    private static decimal? CropPercent(VideoRequest request) =>
        request is { Width: > 0 and int width, Height: > 0 and int height, Image: { Width: int imageWidth, Height: int imageHeight } }
            ? new VideoSize(width, height, "", "").CropPercent(imageWidth, imageHeight)
            : null;
}

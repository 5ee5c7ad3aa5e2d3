using Kling.Requests;
using Kling.Rows;

namespace Kling.Batch;

/// <summary>
/// One request of one record. First it is a variant (a prompt, a duration and a guidance scale) with its price and without an image;
/// <see cref="For"/> makes the request for each image of it. It is checked once, when its report is first read.
/// </summary>
internal sealed class RequestItem(VideoRequest request, SizeChoice size, decimal? estimate, PSObject? row)
{
    // Stands for an image that is not known yet.
    private static readonly RequestImage s_anyImage = new(ImageKind.Uuid, Guid.Empty.ToString("D"));
    private ValidationReport? _report;

    /// <summary>The request; its size is the chosen one.</summary>
    internal VideoRequest Request { get; } = request with { Width = size.Width, Height = size.Height };

    internal SizeChoice Size { get; } = size;

    /// <summary>Its list price in USD; null when that is unknown.</summary>
    internal decimal? Estimate { get; } = estimate;

    /// <summary>The input row, for error targets and its own columns.</summary>
    internal PSObject? Row { get; } = row;

    /// <summary>What the user named the image.</summary>
    internal string Name { get; private init; } = row is null ? "Parameters" : "Row";

    /// <summary>What is wrong with an image of it that could not be read.</summary>
    internal Violation? Wrong { get; init; }

    /// <summary>Whether its record makes several requests of the image.</summary>
    internal bool SharesImage { get; private init; }

    /// <summary>Everything that is wrong with it.</summary>
    internal ValidationReport Report => _report ??= Check(Request);

    internal object Target => Row ?? (object)Name;

    /// <summary>The request for one image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="size">The size for it.</param>
    /// <param name="name">What the user named it.</param>
    /// <param name="isShared">Whether the record has other variants.</param>
    internal RequestItem For(RequestImage image, SizeChoice size, string name, bool isShared) =>
        new(Request with { Image = image }, size, Estimate, Row) { Name = name, SharesImage = isShared, Wrong = Wrong };

    /// <summary>The request without an image. It is named by its prompt.</summary>
    internal RequestItem WithoutImage() => new(Request, Size.WithoutImage(), Estimate, Row)
    {
        Name = Row is null && Request.Prompt is string prompt ? RowCells.Show(prompt) : Name,
        Wrong = Wrong,
    };

    /// <summary>What is wrong with it whatever its first frame is.</summary>
    /// <param name="hasImage">Whether there will be one; null where that is open.</param>
    internal IEnumerable<Violation> WrongInAny(bool? hasImage) => hasImage switch
    {
        true => Check(Request with { Image = s_anyImage }).Violations,
        false => Report.Violations,
        null => WrongInAny(true).Intersect(Report.Violations),
    };

    private ValidationReport Check(VideoRequest request)
    {
        ValidationReport report = RequestValidator.Validate(request);
        Violation[] others = [.. new[] { Size.Violation, Wrong }.OfType<Violation>()];
        return others.Length > 0 ? report.With(others) : report;
    }
}

using System.Management.Automation;
using Kling.Requests;

namespace Kling.Batch;

/// <summary>One request made from the parameters of one record, checked and ready to price.</summary>
internal sealed class RequestItem(VideoRequest request, ValidationReport report, string name, PSObject? row, int variants)
{
    public VideoRequest Request { get; } = request;

    public ValidationReport Report { get; } = report;

    /// <summary>What the user named the image.</summary>
    public string Name { get; } = name;

    /// <summary>How much of the image the size crops, in percent; null where either is not known.</summary>
    public decimal? CropPercent => Request is { Width: > 0 and int width, Height: > 0 and int height, Image: { Width: int imageWidth, Height: int imageHeight } }
        ? new VideoSize(width, height, "", "").CropPercent(imageWidth, imageHeight)
        : null;

    /// <summary>The input row, for error targets and its own columns.</summary>
    public PSObject? Row { get; } = row;

    /// <summary>How many requests its record makes of the image, this one included.</summary>
    public int Variants { get; } = variants;

    public object Target => Row ?? (object)Name;
}

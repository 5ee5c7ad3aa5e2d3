using Kling.Batch;
using Kling.Requests;

namespace Kling.Cmdlets;

/// <summary>Shows a request without sending it: every violation, the wire JSON and the price. Makes no call.</summary>
[Cmdlet(VerbsDiagnostic.Test, "KlingRequest")]
[OutputType(typeof(KlingRequestReport))]
public sealed class TestKlingRequestCommand : RequestCmdlet
{
    /// <inheritdoc/>
    private protected override bool EndsAt(Violation violation) => false;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (RequestItem item in ReadItems())
        {
            WriteObject(new KlingRequestReport
            {
                IsValid = item.Report.IsValid,
                ImageName = item.Name,
                ImageKind = item.Request.Image?.Kind,
                ImageFormat = item.Request.Image?.Format,
                PixelWidth = item.Request.Image?.Width,
                PixelHeight = item.Request.Image?.Height,
                ImageBytes = item.Request.Image?.Bytes,
                HasAlpha = item.Request.Image?.HasAlpha,
                CropPercent = CropPercent(item.Request),
                Violations = [.. item.Report.Violations.Select(violation => violation.Message)],
                Warnings = item.Report.Warnings,
                EstimatedCost = item.Estimate,
                Json = RequestJson.WriteDisplay(item.Request),
            });
        }
    }

    /// <summary>How much of the image the size crops, in percent; null where either is not known.</summary>
    private static decimal? CropPercent(VideoRequest request) =>
        request is { Width: > 0 and int width, Height: > 0 and int height, Image: { Width: int imageWidth, Height: int imageHeight } }
            ? new VideoSize(width, height, "", "").CropPercent(imageWidth, imageHeight)
            : null;
}

using Kling.Models;
using Kling.Requests;

namespace Kling.Rows;

/// <summary>The size of one request, given as pixels, as a ratio or as Auto.</summary>
internal sealed record SizeChoice(int? Width, int? Height, Violation? Violation = null, VideoSize? Nearest = null)
{
    private const string Auto = "Auto";

    /// <summary>What Auto crops of the image, to be added to a sentence; empty when the size was not chosen by Auto.</summary>
    internal string CropOf(RequestImage image) =>
        Nearest is VideoSize size && image is { Width: int width, Height: int height } ? $"; {size.DescribeCrop(width, height)}" : "";

    internal static SizeChoice From(ModelSpec spec, string? ratio, int? width, int? height, RequestImage? image)
    {
        if (ratio is null)
        {
            return new SizeChoice(width, height);
        }

        if (width is not null || height is not null)
        {
            return new SizeChoice(width, height, new Violation("AspectRatio", $"{ratio} beside Width or Height", "either AspectRatio, or Width with Height"));
        }

        if (!ratio.Trim().Equals(Auto, StringComparison.OrdinalIgnoreCase))
        {
            return spec.FindSize(ratio) is VideoSize size
                ? new SizeChoice(size.Width, size.Height)
                : new SizeChoice(null, null, new Violation("AspectRatio", ratio, $"{spec.AspectRatiosText}, or {Auto}"));
        }

        if (image is { Width: int imageWidth, Height: int imageHeight })
        {
            VideoSize nearest = spec.NearestSize(imageWidth, imageHeight);
            return new SizeChoice(nearest.Width, nearest.Height, Nearest: nearest);
        }

        // Without an image there is only a price to tell, and every size costs the same.
        return image is null
            ? new SizeChoice(null, null)
            : new SizeChoice(null, null, new Violation("AspectRatio", $"{ratio} for an image whose size only the service can see", $"{spec.AspectRatiosText} for such images"));
    }
}

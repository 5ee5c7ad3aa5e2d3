using Kling.Requests;

namespace Kling.Rows;

/// <summary>The size that a request asks for.</summary>
/// <param name="Width">In pixels; null where it was not given.</param>
/// <param name="Height">In pixels; null where it was not given.</param>
/// <param name="Violation">What is wrong with -AspectRatio.</param>
/// <param name="Nearest">The size that Auto chose for the image.</param>
internal sealed record SizeChoice(int? Width, int? Height, Violation? Violation = null, VideoSize? Nearest = null)
{
    private const string Auto = "Auto";

    // Chooses the size for an image; null where the size does not depend on the image.
    private Func<RequestImage, SizeChoice>? _forImage;

    /// <summary>What Auto crops of the image, to be added to a sentence; empty when the size was not chosen by Auto.</summary>
    internal string CropOf(RequestImage image) =>
        Nearest is VideoSize size && image is { Width: int width, Height: int height } ? $"; {size.DescribeCrop(width, height)}" : "";

    /// <summary>The size of a record, given as pixels, as a ratio or as Auto. With Auto it is open until there is an image.</summary>
    internal static SizeChoice From(ModelSpec spec, string? ratio, int? width, int? height)
    {
        if (ratio is null)
        {
            return new SizeChoice(width, height);
        }

        if (width is not null || height is not null)
        {
            return new SizeChoice(width, height, new Violation("AspectRatio", $"{ratio} beside Width or Height", "either AspectRatio, or Width with Height"));
        }

        if (ratio.Trim().Equals(Auto, StringComparison.OrdinalIgnoreCase))
        {
            return new SizeChoice(null, null) { _forImage = image => ForImage(spec, ratio, image) };
        }

        if (spec.Sizes.Count == 0)
        {
            return new SizeChoice(null, null, Violation.Because("AspectRatio", ratio, $"the sizes of {spec.Id} are not known; Width and Height give one"));
        }

        return spec.FindSize(ratio) is VideoSize size
            ? new SizeChoice(size.Width, size.Height)
            : new SizeChoice(null, null, new Violation("AspectRatio", ratio, $"{spec.AspectRatiosText}, or {Auto}"));
    }

    /// <summary>The size for one image.</summary>
    internal SizeChoice For(RequestImage image) => _forImage?.Invoke(image) ?? this;

    /// <summary>The size of a request without an image.</summary>
    internal SizeChoice WithoutImage() => _forImage is null ? this
        : new SizeChoice(null, null, new Violation("AspectRatio", $"{Auto} without an image", "a ratio, or Width with Height"));

    private static SizeChoice ForImage(ModelSpec spec, string ratio, RequestImage image)
    {
        if (spec.SizeFollowsImage)
        {
            return new SizeChoice(null, null);
        }

        if (image is not { Width: int width, Height: int height })
        {
            return new SizeChoice(null, null,
                new Violation("AspectRatio", $"{ratio} for an image whose size only the service can see", $"{spec.AspectRatiosText} for such images"));
        }

        VideoSize nearest = spec.NearestSize(width, height);
        return new SizeChoice(nearest.Width, nearest.Height, Nearest: nearest);
    }
}

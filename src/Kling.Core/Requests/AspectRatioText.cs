namespace Kling.Requests;

/// <summary>Sizes by their ratio.</summary>
public static class AspectRatioText
{
    /// <summary>The model's size of a ratio such as <c>16:9</c>, <c>16x9</c> or <c>16/9</c>; null when it has none.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="text">The ratio.</param>
    public static VideoSize? Find(ModelSpec spec, string? text)
    {
        string wanted = (text ?? "").Replace(" ", "").Replace('x', ':').Replace('X', ':').Replace('/', ':');
        return spec.Sizes.FirstOrDefault(size => size.AspectRatio == wanted);
    }

    /// <summary>The model's size whose shape is nearest to that of an image, so that the least is cropped.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="width">The image's width in pixels.</param>
    /// <param name="height">The image's height in pixels.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is not positive.</exception>
    public static VideoSize Nearest(ModelSpec spec, int width, int height)
    {
        if (width <= 0 || height <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(width), "Both sides must be positive.");
        }

        // Ratios are compared as logarithms: 2:1 is as far from 1:1 as 1:2 is.
        double shape = Math.Log((double)width / height);
        return spec.Sizes.OrderBy(size => Math.Abs(Math.Log((double)size.Width / size.Height) - shape)).First();
    }
}

namespace Kling.Requests;

/// <summary>A size a model can make.</summary>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="AspectRatio">The ratio, for example <c>16:9</c>.</param>
/// <param name="Label">The model page's name of it, for example <c>720p (16:9)</c>.</param>
public sealed record VideoSize(int Width, int Height, string AspectRatio, string Label)
{
    /// <summary>The size as <c>1280x720</c>.</summary>
    public string Dimensions => FormattableString.Invariant($"{Width}x{Height}");

    /// <inheritdoc/>
    public override string ToString() => $"{Dimensions} ({AspectRatio})";
}

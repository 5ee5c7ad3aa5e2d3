namespace Kling.Images;

/// <summary>What an image's structure tells, without a pixel decoded.</summary>
/// <param name="Format">Its name, for example <c>PNG</c>.</param>
/// <param name="Width">Width in pixels as it is shown, that is after the rotation the file asks for.</param>
/// <param name="Height">Height in pixels as it is shown.</param>
/// <param name="HasAlpha">Whether its pixels can be transparent; whether any is, only a decoder could tell.</param>
public sealed record ImageInfo(string Format, int Width, int Height, bool HasAlpha);

namespace Kling.Media;

/// <summary>What an image's first bytes say.</summary>
/// <param name="Format">PNG, JPEG, WebP, GIF or BMP.</param>
/// <param name="MediaType">The media type, for example <c>image/png</c>.</param>
/// <param name="Width">Width in pixels as shown; null where the bytes did not tell.</param>
/// <param name="Height">Height in pixels as shown; null where the bytes did not tell.</param>
public sealed record ImageInfo(string Format, string MediaType, int? Width = null, int? Height = null);

using Kling.Models;

namespace Kling.Submit;

/// <summary>An image the service keeps, as far as is known.</summary>
/// <param name="Image">The image.</param>
/// <param name="Sends">How often its bytes had been sent by then.</param>
internal sealed record KeptImage(KlingImage Image, int Sends);

namespace Kling.Sandbox.Engine;

/// <summary>A call the service makes by itself: a webhook or the upload of a video.</summary>
internal sealed class SandboxDelivery
{
    internal Guid TaskId { get; init; }

    /// <summary>POST for a webhook, PUT for an upload.</summary>
    internal string Method { get; init; } = "POST";

    internal Uri Address { get; init; } = new("http://127.0.0.1/");

    internal string ContentType { get; init; } = "application/json";

    internal byte[] Body { get; init; } = [];
}

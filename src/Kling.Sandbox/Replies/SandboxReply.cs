namespace Kling.Sandbox.Replies;

/// <summary>An HTTP reply without its transport.</summary>
public sealed class SandboxReply
{
    /// <summary>The status; 0 means that not even a status is sent, and <see cref="BodyTail"/> says how the connection ends.</summary>
    public int Status { get; init; }

    /// <summary>The headers, except those of the transport (<c>Connection</c>, <c>Date</c>, and <c>Content-Length</c> unless it is given here).</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The whole body, also where only half of it is sent; empty for HEAD.</summary>
    public byte[] Body { get; init; } = [];

    /// <summary>How the reply ends.</summary>
    public SandboxBodyTail BodyTail { get; init; }

    internal static SandboxReply Silent(SandboxBodyTail tail) => new() { BodyTail = tail };

    internal static SandboxReply Of(int status, string contentType, byte[] body, string? headerName = null, string? headerValue = null)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Content-Type"] = contentType };
        if (headerName is not null && headerValue is not null)
        {
            headers[headerName] = headerValue;
        }

        return new SandboxReply { Status = status, Headers = headers, Body = body };
    }
}

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

/// <summary>An HTTP request without its transport.</summary>
public sealed class SandboxRequest
{
    /// <summary>The method, in capitals.</summary>
    public string Method { get; init; } = "POST";

    /// <summary>The path, with its query if it has one.</summary>
    public string Path { get; init; } = "/v1";

    /// <summary>The headers; names are compared without regard to case whatever the dictionary does.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The body's bytes.</summary>
    public byte[] Body { get; init; } = [];

    internal string? Header(string name) =>
        Headers.FirstOrDefault(header => string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase)).Value;
}

/// <summary>How a reply ends on the wire. When it is not complete, half the body is sent, or nothing at all where the status is 0.</summary>
public enum SandboxBodyTail
{
    /// <summary>All of it is sent.</summary>
    Complete,

    /// <summary>The connection is closed in order.</summary>
    Truncate,

    /// <summary>The connection is reset.</summary>
    Reset,

    /// <summary>The connection stays open and silent.</summary>
    Stall,
}

namespace Kling.Sandbox.Replies;

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

    internal string? Header(string name)
    {
        foreach (KeyValuePair<string, string> header in Headers)
        {
            if (string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase))
            {
                return header.Value;
            }
        }

        return null;
    }
}

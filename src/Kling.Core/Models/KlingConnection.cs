namespace Kling.Models;

/// <summary>Where the session's calls go and where its key came from; never the key.</summary>
public sealed class KlingConnection
{
    /// <summary>Whether calls can be made.</summary>
    public bool IsConnected { get; init; }

    /// <summary>The API address; null while not connected.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Live or Sandbox; null while not connected.</summary>
    public string? Mode { get; init; }

    /// <summary>Where the key came from: Parameter, Vault, Environment, Prompt or Sandbox; null while not connected.</summary>
    public string? KeySource { get; init; }
}

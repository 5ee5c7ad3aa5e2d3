namespace Kling.Models;

/// <summary>Where the session's calls go and where its key came from; never the key.</summary>
public sealed class KlingConnection
{
    /// <summary>Whether the session is connected. Where it is not, the next call connects first, unless <see cref="Source"/> is None.</summary>
    public bool IsConnected { get; init; }

    /// <summary>The API address of the next call; null where it would fail.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Live or Sandbox; null where the next call would fail.</summary>
    public string? Mode { get; init; }

    /// <summary>
    /// What chose the address: Connect-Kling; Environment, which is RUNWARE_API_KEY; Inherited, which is the sandbox of the process that
    /// started this one; or None.
    /// </summary>
    public string Source { get; init; } = "None";

    /// <summary>Where the key comes from: Parameter, Vault, Environment, Prompt or Sandbox; null where there is none.</summary>
    public string? KeySource { get; init; }
}

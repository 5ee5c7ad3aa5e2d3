namespace Kling.Models;

/// <summary>One request parameter of a model.</summary>
public sealed class KlingModelParameter
{
    /// <summary>The parameter's name in PowerShell.</summary>
    public string Name { get; init; } = "";

    /// <summary>The field's path on the wire.</summary>
    public string WireName { get; init; } = "";

    /// <summary>Whether the service demands it.</summary>
    public bool Required { get; init; }

    /// <summary>What the service assumes when it is left out.</summary>
    public string? Default { get; init; }

    /// <summary>What is allowed.</summary>
    public string Allowed { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Allowed}";
}

namespace Kling.Models;

/// <summary>What a model allows and costs.</summary>
public sealed class KlingModel
{
    /// <summary>The model's id on the wire.</summary>
    public string Id { get; init; } = "";

    /// <summary>The model's name.</summary>
    public string Name { get; init; } = "";

    /// <summary>What the model does.</summary>
    public string Capabilities { get; init; } = "";

    /// <summary>The supported sizes in pixels, each with its ratio.</summary>
    public IReadOnlyList<string> Sizes { get; init => field = JoinedList<string>.Of(value); } = JoinedList<string>.None;

    /// <summary>The supported durations in seconds.</summary>
    public IReadOnlyList<string> Durations { get; init => field = JoinedList<string>.Of(value); } = JoinedList<string>.None;

    /// <summary>List price in USD per second of video; null when it is unknown.</summary>
    public decimal? PricePerSecond { get; init; }

    /// <summary>What to know about the price.</summary>
    public string? PriceNote { get; init; }

    /// <summary>Every request parameter with what it allows.</summary>
    public IReadOnlyList<KlingModelParameter> Parameters { get; init => field = JoinedList<KlingModelParameter>.Of(value); } = JoinedList<KlingModelParameter>.None;

    /// <inheritdoc/>
    public override string ToString() => Id;
}

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

namespace Kling.Models;

/// <summary>What a model allows and costs.</summary>
public sealed class KlingModel
{
    /// <summary>The model's id on the wire.</summary>
    public string Id { get; init; } = "";

    /// <summary>The model's name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The name that -Model takes too, for example <c>2.6 Pro</c>.</summary>
    public string ShortName { get; init; } = "";

    /// <summary>Where the model stands, in the service's word: <c>live</c>, <c>deprecated</c>.</summary>
    public string Status { get; init; } = "";

    /// <summary>The id of the model that takes its place; null where none is named.</summary>
    public string? ReplacedBy { get; init; }

    /// <summary>When the service stops taking requests for it; null where no date is named.</summary>
    public DateTimeOffset? DeactivatesAt { get; init; }

    /// <summary>Whether it was imported by this user.</summary>
    public bool IsImported { get; init; }

    /// <summary>The ways to ask it, for example <c>text</c> and <c>first-frame</c>.</summary>
    public IReadOnlyList<string> Modes { get; init => field = JoinedList<string>.Of(value); } = JoinedList<string>.None;

    /// <summary>What the model does.</summary>
    public string Capabilities { get; init; } = "";

    /// <summary>The supported sizes in pixels, each with its ratio.</summary>
    public IReadOnlyList<string> Sizes { get; init => field = JoinedList<string>.Of(value); } = JoinedList<string>.None;

    /// <summary>The supported durations in seconds.</summary>
    public IReadOnlyList<string> Durations { get; init => field = JoinedList<string>.Of(value); } = JoinedList<string>.None;

    /// <summary>List price in USD per second of video, the highest where there are several; null when it is unknown.</summary>
    public decimal? PricePerSecond { get; init; }

    /// <summary>All list prices in USD per second, each with its condition.</summary>
    public IReadOnlyList<string> Prices { get; init => field = JoinedList<string>.Of(value); } = JoinedList<string>.None;

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

    /// <summary>What it is for, in the words of the schema; null where that says nothing.</summary>
    public string? Description { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Allowed}";
}

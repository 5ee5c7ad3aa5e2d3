using Kling.Support;

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

namespace Kling.Models;

/// <summary>The sandbox of this process and what it would have billed.</summary>
public sealed class KlingSandboxInfo
{
    /// <summary>Whether it runs.</summary>
    public bool IsRunning { get; init; }

    /// <summary>Its API address on loopback.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The only key it takes, another one for each start. It opens nothing else.</summary>
    public string? ApiKey { get; init; }

    /// <summary>How many tasks it accepted.</summary>
    public int TaskCount { get; init; }

    /// <summary>How many requests it answered; <see cref="Requests"/> keeps the newest of them.</summary>
    public long RequestCount { get; init; }

    /// <summary>What it would have billed in USD.</summary>
    public decimal TotalBilled { get; init; }

    /// <summary>Each billed video.</summary>
    public IReadOnlyList<object> Charges { get; init => field = JoinedList<object>.Of(value); } = JoinedList<object>.None;

    /// <summary>Each request it answered, without secrets.</summary>
    public IReadOnlyList<object> Requests { get; init => field = JoinedList<object>.Of(value); } = JoinedList<object>.None;
}

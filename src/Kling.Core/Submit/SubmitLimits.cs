namespace Kling.Submit;

/// <summary>How long a submit tries before it says what it knows.</summary>
internal sealed class SubmitLimits
{
    /// <summary>Most attempts for one task; a round of looks that got no answer counts as one.</summary>
    public int Attempts { get; init; } = 6;

    /// <summary>Most attempts that provably never left; a dead endpoint is not worth more.</summary>
    public int UnsentAttempts { get; init; } = 3;

    /// <summary>No attempt starts later than this after the first.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Pauses before each look of a round. Their sum is the settle time: how late the service may show what it accepted.</summary>
    public IReadOnlyList<TimeSpan> LookPauses { get; init; } =
        [TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2)];
}

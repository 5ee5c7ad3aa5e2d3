namespace Kling.Support;

/// <summary>Limits how often something is updated. Not safe to use from several threads.</summary>
/// <param name="clock">The clock.</param>
/// <param name="period">The shortest time between two updates.</param>
internal sealed class UpdateLimit(IClock clock, TimeSpan period)
{
    private DateTimeOffset? _last;

    /// <summary>Whether it is time for an update; if so, it counts as made.</summary>
    internal bool TryTake()
    {
        DateTimeOffset now = clock.Steady;
        if (_last is DateTimeOffset last && now - last < period)
        {
            return false;
        }

        _last = now;
        return true;
    }
}

namespace Kling.Polling;

/// <summary>How long a batch will still take, from how long its tasks take. Pure.</summary>
internal static class RemainingTime
{
    /// <summary>
    /// The work that is left, spread over the tasks that may be open at once (<paramref name="limit"/>); null where no task has ended yet. It
    /// is at least what the youngest open task still needs, and at least one whole task where some have not begun. A task that has taken
    /// longer than usual counts as about to end.
    /// </summary>
    internal static TimeSpan? Estimate(TimeSpan? typical, IEnumerable<TimeSpan> ages, int notStarted, int limit)
    {
        if (typical is not TimeSpan each)
        {
            return null;
        }

        bool isAnyLeft = notStarted > 0;
        var work = TimeSpan.FromTicks(each.Ticks * notStarted);
        TimeSpan longest = notStarted > 0 ? each : TimeSpan.Zero;
        foreach (TimeSpan age in ages)
        {
            isAnyLeft = true;
            TimeSpan left = each > age ? each - age : TimeSpan.Zero;
            work += left;
            longest = left > longest ? left : longest;
        }

        var spread = TimeSpan.FromTicks(work.Ticks / Math.Max(1, limit));
        return !isAnyLeft ? null : spread > longest ? spread : longest;
    }
}

namespace Kling.Journal;

/// <summary>
/// What a journal's tasks have cost, or may cost, in the last 24 hours. Each counts from its newest Intent: with what was billed, else with
/// its list price, unless nothing was charged. What a command wants to buy next may be planned, so that it counts too. Not thread-safe.
/// </summary>
/// <param name="journal">The journal.</param>
/// <param name="limit">The most that may be spent.</param>
internal sealed class DayLedger(TaskJournal journal, DayLimit limit)
{
    /// <summary>How long a purchase counts.</summary>
    internal static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly Dictionary<Guid, (DateTimeOffset Time, decimal Amount)> _entries = [];
    private readonly Dictionary<Guid, TaskPlaces> _changed = [];
    private readonly Dictionary<Guid, decimal> _planned = [];

    /// <summary>Takes note of a record.</summary>
    internal void Note(TaskPlaces places)
    {
        if (places.IntentTime is DateTimeOffset time && journal.Clock.UtcNow - time < Day)
        {
            _changed[places.Id] = places;
        }
    }

    /// <summary>What is left of the limit in USD, beside what is planned.</summary>
    internal decimal Left(FileStream? file) => limit.Amount - Spent(file, null, journal.Clock.UtcNow) - _planned.Values.Sum();

    /// <summary>Plans a purchase.</summary>
    /// <param name="file">The journal's file.</param>
    /// <param name="id">An id for the plan.</param>
    /// <param name="known">The task that it may send again; what counts of that already does not count twice.</param>
    /// <param name="estimate">Its list price; null when that is unknown.</param>
    /// <returns>The error of one that would exceed the limit; null when it is planned.</returns>
    internal SpendLimitException? Plan(FileStream? file, Guid id, Guid? known, decimal? estimate)
    {
        SpendLimitException? refusal = Refusal(file, known, estimate, _planned.Values.Sum());
        if (refusal is null)
        {
            _planned[id] = known is Guid same && _entries.ContainsKey(same) ? 0m : estimate!.Value;
        }

        return refusal;
    }

    /// <summary>Gives a plan up, or it has been carried out.</summary>
    internal void Forget(Guid id) => _planned.Remove(id);

    /// <summary>Checks a purchase whose Intent is about to be written.</summary>
    /// <exception cref="SpendLimitException">It would exceed the limit.</exception>
    internal void Check(FileStream file, KlingTask task)
    {
        if (Refusal(file, task.TaskId, task.EstimatedCost, planned: 0m) is SpendLimitException refusal)
        {
            throw refusal;
        }
    }

    private SpendLimitException? Refusal(FileStream? file, Guid? except, decimal? estimate, decimal planned)
    {
        decimal spent = Spent(file, except, journal.Clock.UtcNow) + planned;
        return estimate is decimal more && spent + more <= limit.Amount ? null
            : limit.Refusal(spent, estimate, estimate is decimal needed ? RoomAt(spent + needed - limit.Amount, except) : null);
    }

    private decimal Spent(FileStream? file, Guid? except, DateTimeOffset now)
    {
        foreach ((Guid id, TaskPlaces places) in _changed)
        {
            if (file is not null && places.ReadRemoved(file, journal.Endpoint) is KlingTask task)
            {
                _entries[id] = (places.IntentTime!.Value, AmountOf(task));
            }
        }

        _changed.Clear();
        foreach (Guid id in _entries.Where(entry => now - entry.Value.Time >= Day).Select(entry => entry.Key).ToArray())
        {
            _entries.Remove(id);
        }

        return _entries.Where(entry => entry.Key != except).Sum(entry => entry.Value.Amount);
    }

    /// <summary>When so much of what counts now will have dropped out; null where that never happens.</summary>
    private DateTimeOffset? RoomAt(decimal missing, Guid? except)
    {
        foreach ((DateTimeOffset time, decimal amount) in _entries.Where(entry => entry.Key != except).Select(entry => entry.Value).OrderBy(entry => entry.Time))
        {
            missing -= amount;
            if (missing <= 0m)
            {
                return time + Day;
            }
        }

        return null;
    }

    // A failed sibling may still be charged: only a complete bill replaces the list price.
    private static decimal AmountOf(KlingTask task) => task.BillingState == BillingState.NotCharged ? 0m
        : task is { Status: KlingTaskStatus.Succeeded, Cost: decimal billed } && task.Videos.All(video => video.VideoCost is not null) ? billed
        : Math.Max(task.EstimatedCost ?? 0m, task.Cost ?? 0m);
}

/// <summary>The most that all commands with one journal may spend in 24 hours.</summary>
/// <param name="Amount">In USD.</param>
/// <param name="Source">The parameter or variable that says so.</param>
internal sealed record DayLimit(decimal Amount, string Source)
{
    /// <summary>The error of a purchase that would exceed it.</summary>
    /// <param name="spent">What is spent or reserved, in USD.</param>
    /// <param name="estimate">What the purchase needs; null when that is unknown.</param>
    /// <param name="room">When there will be room for it; null when that cannot be said.</param>
    internal SpendLimitException Refusal(decimal spent, decimal? estimate, DateTimeOffset? room)
    {
        string needs = estimate is decimal more ? FormattableString.Invariant($"{more:0.0000} USD more were needed") : "a task of unknown price was given";
        string left = FormattableString.Invariant($"{Math.Max(0m, Amount - spent):0.0000} USD left of {Amount:0.0000} USD in 24 hours, of which {spent:0.0000} USD are spent or reserved");
        string when = room is DateTimeOffset time ? FormattableString.Invariant($" There is room for it at {time.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z.")
            : estimate > Amount ? " It alone costs more than that." : "";
        return new SpendLimitException($"{Source}: {needs}; allowed: {left}. Nothing was sent for it.{when}");
    }
}

/// <summary>A purchase would exceed what may be spent in 24 hours. Nothing was sent for it.</summary>
public sealed class SpendLimitException : Exception
{
    /// <summary>Creates the exception.</summary>
    public SpendLimitException(string message)
        : base(ConsoleText.Of(message))
    {
    }

    /// <summary>Nothing was sent, so nothing was charged for what the error is about.</summary>
    public string BillingState { get; } = Models.BillingState.NotCharged;
}

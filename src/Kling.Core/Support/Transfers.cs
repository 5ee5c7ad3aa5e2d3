namespace Kling.Support;

/// <summary>What is being sent and fetched now. Whoever shows it looks when it wants to: a transfer itself does no extra work. Safe from every thread.</summary>
internal sealed class Transfers(IClock clock)
{
    private readonly List<Transfer> _running = [];

    /// <summary>Lists a transfer until it is disposed.</summary>
    internal Transfer Begin(string what, string name, long? total, Func<long> bytes)
    {
        var transfer = new Transfer(this, what, name, total, bytes, clock.UtcNow);
        lock (_running)
        {
            _running.Add(transfer);
        }

        return transfer;
    }

    /// <summary>Those that have been running for some time, the oldest first: a short one would only flicker.</summary>
    internal IReadOnlyList<Transfer> RunningFor(TimeSpan time, int most)
    {
        DateTimeOffset since = clock.UtcNow - time;
        lock (_running)
        {
            return [.. _running.Where(transfer => transfer.StartedAt <= since).Take(most)];
        }
    }

    internal void Remove(Transfer transfer)
    {
        lock (_running)
        {
            _running.Remove(transfer);
        }
    }
}

namespace Kling.Support;

/// <summary>
/// The uploads and downloads that are running. The progress bar reads this list when it is drawn, so that a transfer reports
/// nothing by itself. Safe from every thread.
/// </summary>
internal sealed class RunningTransfers(IClock clock)
{
    private readonly List<Transfer> _running = [];

    /// <summary>Lists a transfer until it is disposed.</summary>
    internal Transfer Begin(string what, string name, Func<long?> total, Func<long> bytes)
    {
        var transfer = new Transfer(this, what, name, total, bytes, clock.Steady);
        lock (_running)
        {
            _running.Add(transfer);
        }

        return transfer;
    }

    /// <summary>Those that have been running for some time, the oldest first: a short one would only flicker.</summary>
    internal IReadOnlyList<Transfer> RunningFor(TimeSpan time, int most)
    {
        DateTimeOffset since = clock.Steady - time;
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

/// <summary>Something that is being sent or fetched.</summary>
/// <param name="board">Where it is listed until it is disposed.</param>
/// <param name="what">What is done, for example <c>Sending</c>.</param>
/// <param name="name">What it is.</param>
/// <param name="total">Its size in bytes; null while it is not known. Called from any thread.</param>
/// <param name="bytes">How many bytes have passed; called from any thread.</param>
/// <param name="startedAt">When it began.</param>
internal sealed class Transfer(RunningTransfers board, string what, string name, Func<long?> total, Func<long> bytes, DateTimeOffset startedAt) : IDisposable
{
    internal string What => what;

    internal string Name => name;

    internal long? Total => total();

    internal long Bytes => bytes();

    internal DateTimeOffset StartedAt => startedAt;

    public void Dispose() => board.Remove(this);
}

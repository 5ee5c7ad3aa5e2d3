namespace Kling.Downloads;

/// <summary>Ends a wait for the network that takes too long, and every wait when the caller stops.</summary>
internal sealed class DownloadPatience : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly TimeSpan _limit;

    internal DownloadPatience(TimeSpan limit, CancellationToken caller)
    {
        _limit = limit;
        _source = CancellationTokenSource.CreateLinkedTokenSource(caller);
    }

    /// <summary>How long one wait may take, as text.</summary>
    internal string Limit => FormattableString.Invariant($"{_limit.TotalSeconds:0.###} s");

    internal bool Ended => _source.IsCancellationRequested;

    /// <summary>Starts a wait; the token ends it.</summary>
    internal CancellationToken Begin()
    {
        _source.CancelAfter(_limit);
        return _source.Token;
    }

    /// <summary>The wait is over; what follows is the disk's time.</summary>
    internal void End() => _source.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();
}

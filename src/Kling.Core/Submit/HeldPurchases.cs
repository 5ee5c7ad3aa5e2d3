using System.Diagnostics.CodeAnalysis;

namespace Kling.Submit;

/// <summary>
/// Purchases that are checked and not sent, because a question about all of them may still come. The thread that reads the input adds
/// and takes them. Other threads may take them too, but only once no input has come for a moment. Safe to use from several threads.
/// </summary>
/// <typeparam name="T">What is held of one purchase.</typeparam>
internal sealed class HeldPurchases<T>(IClock clock) : IDisposable
{
    /// <summary>An input that brings nothing for so long is slow: what is held need not wait for the rest of it.</summary>
    internal static readonly TimeSpan Moment = TimeSpan.FromSeconds(1.5);

    /// <summary>Nothing is held for longer than this while input comes.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>So many items, or so many records since the oldest item, are enough.</summary>
    internal const int Most = 1000;

    private readonly object _lock = new();
    private readonly Queue<T> _items = new();
    private readonly CancellationTokenSource _closed = new();
    private DateTimeOffset _oldest;
    private DateTimeOffset _lastRead;
    private int _recordsSince;
    private int _reads;
    private bool _isReading = true;
    private bool _isReleased;

    /// <summary>Whether items are still held; false once <see cref="Close"/> was called.</summary>
    internal bool IsOpen => !_closed.IsCancellationRequested;

    /// <summary>How many items are held.</summary>
    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _items.Count;
            }
        }
    }

    /// <summary>Whether a moment has passed in which the items could not be sent without a question.</summary>
    internal bool IsOverdue { get; private set; }

    /// <summary>Whether so much is held, or for so long, that the end of the input is not waited for.</summary>
    internal bool IsFull
    {
        get
        {
            lock (_lock)
            {
                return _items.Count > 0 && (_items.Count >= Most || _recordsSince >= Most || clock.Steady - _oldest >= Longest);
            }
        }
    }

    /// <summary>Input is being read: from now on only the reader takes items.</summary>
    internal void BeginRecord()
    {
        lock (_lock)
        {
            _isReading = true;
            _isReleased = false;
            _reads++;
            _recordsSince++;
        }
    }

    /// <summary>More input is awaited.</summary>
    internal void EndRecord()
    {
        lock (_lock)
        {
            _isReading = false;
            _lastRead = clock.Steady;
        }
    }

    /// <summary>Holds an item.</summary>
    internal void Add(T item)
    {
        lock (_lock)
        {
            if (_items.Count == 0)
            {
                _oldest = clock.Steady;
                _recordsSince = 0;
            }

            _items.Enqueue(item);
        }
    }

    /// <summary>What is held, oldest first.</summary>
    internal T[] Items()
    {
        lock (_lock)
        {
            return [.. _items];
        }
    }

    /// <summary>Takes the oldest item; for the reader of the input.</summary>
    internal bool TryTake([MaybeNullWhen(false)] out T item)
    {
        lock (_lock)
        {
            IsOverdue = false;
            return _items.TryDequeue(out item);
        }
    }

    /// <summary>Takes the oldest item once it is released; for every other thread.</summary>
    internal bool TryTakeReleased([MaybeNullWhen(false)] out T item)
    {
        lock (_lock)
        {
            item = default;
            return _isReleased && _items.TryDequeue(out item);
        }
    }

    /// <summary>
    /// Until the end, or a token is cancelled: each time that no input came for a moment, releases what is held where that is allowed.
    /// </summary>
    /// <param name="maySend">Whether the items may be sent without a question.</param>
    /// <param name="send">Begins to send what was released.</param>
    /// <param name="stop">Ends the watch.</param>
    internal async Task WatchAsync(Func<bool> maySend, Action send, CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop, _closed.Token);
        int seen = -1;
        TimeSpan wait = Moment;
        while (true)
        {
            try
            {
                await clock.DelayAsync(wait, ended.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (ended.IsCancellationRequested)
            {
                return;
            }

            if (Look(maySend, ref seen, out wait))
            {
                send();
            }
        }
    }

    /// <summary>Ends the holding.</summary>
    internal void Close() => _closed.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _closed.Dispose();

    /// <summary>Whether a moment has passed and released something; else how long to wait for that.</summary>
    private bool Look(Func<bool> maySend, ref int seen, out TimeSpan wait)
    {
        lock (_lock)
        {
            // The pause was at least as long as what was left of the moment. So nothing read since means that it has passed, also where
            // a test has made the pauses shorter than the clock's time.
            TimeSpan idle = clock.Steady - _lastRead;
            bool isQuiet = !_isReading && (seen == _reads || idle >= Moment);
            wait = isQuiet || _isReading || idle < TimeSpan.Zero ? Moment : Moment - idle;
            seen = _isReading ? -1 : _reads;
            if (!isQuiet || _items.Count == 0)
            {
                return false;
            }

            _isReleased = maySend();
            IsOverdue |= !_isReleased;
            return _isReleased;
        }
    }
}

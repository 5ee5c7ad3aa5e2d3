using Kling.Wire;

namespace Kling.Submit;

/// <summary>
/// Bounds how many submits may be on their way at once: all at first, half as many after each "too many requests", and a sixteenth
/// of all more after each that went well. When the service asks one submit to wait, the others wait too.
/// </summary>
internal sealed class SubmitGate(IClock clock, int most = SubmitGate.DefaultMost)
{
    /// <summary>Submits at once unless told otherwise; callers bound theirs with a throttle of their own.</summary>
    internal const int DefaultMost = 64;

    private const double SmallestShare = 1.0 / DefaultMost;
    private const double Recovery = 1.0 / 16;

    private readonly object _lock = new();
    private readonly Queue<TaskCompletionSource<bool>> _queue = new();
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;
    private double _share = 1;
    private int _sentBefore;
    private int _inside;

    /// <summary>How many of so many tasks may be under way now, submitted or open: all, or fewer while the service has too much to do; at least one.</summary>
    internal int AtOnce(int wanted)
    {
        lock (_lock)
        {
            return Share(wanted);
        }
    }

    /// <summary>
    /// Returns true once this submit may go; it must call <see cref="Leave"/> afterwards. It did not enter when it is cancelled, or with false:
    /// then the service asked to wait longer than <paramref name="longest"/>.
    /// </summary>
    internal async Task<bool> EnterAsync(TimeSpan longest, CancellationToken token)
    {
        DateTimeOffset start = clock.Steady;
        await ComeInAsync(token).ConfigureAwait(false);
        try
        {
            while (HeldBack() is TimeSpan pause)
            {
                if (clock.Steady - start + pause > longest)
                {
                    Release();
                    return false;
                }

                await clock.DelayAsync(pause, token).ConfigureAwait(false);
            }

            return true;
        }
        catch
        {
            Release();
            throw;
        }
    }

    /// <summary>Takes the outcome of one attempt into account, and lets the next one in.</summary>
    internal void Leave(ApiReply? reply)
    {
        lock (_lock)
        {
            DateTimeOffset until = clock.Steady + (reply?.RetryAfter ?? TimeSpan.Zero);
            _notBefore = until > _notBefore ? until : _notBefore;
            if (reply is not null && reply.Errors.Any(error => error.Category == KlingErrorCategory.RateLimit))
            {
                // Concurrent requests refused in the same burst count as one signal.
                if (_sentBefore == 0)
                {
                    _share = Math.Max(SmallestShare, _share / 2);
                    _sentBefore = _inside;
                }
            }
            else if (reply is { Outcome: ApiOutcome.Envelope, Errors.Count: 0 })
            {
                _share = Math.Min(1, _share + Recovery);
            }

            _sentBefore = Math.Max(0, _sentBefore - 1);
        }

        Release();
    }

    private int Share(int of) => Math.Max(1, (int)(of * _share));

    private async Task ComeInAsync(CancellationToken token)
    {
        TaskCompletionSource<bool> turn;
        lock (_lock)
        {
            if (_inside < Share(most))
            {
                _inside++;
                return;
            }

            turn = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            _queue.Enqueue(turn);
        }

        using (token.Register(() => turn.TrySetCanceled(token)))
        {
            await turn.Task.ConfigureAwait(false);
        }
    }

    private TimeSpan? HeldBack()
    {
        lock (_lock)
        {
            TimeSpan left = _notBefore - clock.Steady;
            return left > TimeSpan.Zero ? left : null;
        }
    }

    private void Release()
    {
        lock (_lock)
        {
            _inside--;
            while (_inside < Share(most) && _queue.Count > 0)
            {
                // A turn that was cancelled meanwhile is skipped.
                if (_queue.Dequeue().TrySetResult(true))
                {
                    _inside++;
                }
            }
        }
    }
}

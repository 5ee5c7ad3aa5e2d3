namespace Kling.Support;

/// <summary>
/// Batches questions: those that arrive during a call are sent together in the next one. For calls that take about
/// as long for many as for one. Safe from every thread.
/// </summary>
/// <param name="call">Answers all that was asked, in the order it was asked. It gets the token of the first who asked.</param>
/// <typeparam name="TAsk">What is asked.</typeparam>
/// <typeparam name="TAnswer">What all who shared a call are given.</typeparam>
internal sealed class SharedCall<TAsk, TAnswer>(Func<IReadOnlyList<TAsk>, CancellationToken, Task<TAnswer>> call)
{
    private readonly object _lock = new();
    private Round? _next;
    private bool _isCalling;

    /// <summary>Asks; the call that answers begins after this.</summary>
    /// <param name="asks">What to ask.</param>
    /// <param name="token">Stops the call; to be the same for all who ask.</param>
    internal Task<TAnswer> AskAsync(IEnumerable<TAsk> asks, CancellationToken token)
    {
        lock (_lock)
        {
            Round round = _next ??= new Round(token);
            round.Asks.AddRange(asks);
            if (!_isCalling)
            {
                _isCalling = true;
                _ = Task.Run(CallAsync, CancellationToken.None);
            }

            return round.Answer.Task;
        }
    }

    private async Task CallAsync()
    {
        while (TakeRound() is Round round)
        {
            try
            {
                round.Answer.SetResult(await call(round.Asks, round.Token).ConfigureAwait(false));
            }
            catch (OperationCanceledException) when (round.Token.IsCancellationRequested)
            {
                round.Answer.SetCanceled();
            }
            catch (Exception failure)
            {
                // It belongs to those who asked.
                round.Answer.SetException(failure);
            }
        }
    }

    private Round? TakeRound()
    {
        lock (_lock)
        {
            Round? round = _next;
            _next = null;
            _isCalling = round is not null;
            return round;
        }
    }

    private sealed class Round(CancellationToken token)
    {
        internal CancellationToken Token => token;

        internal List<TAsk> Asks { get; } = [];

        internal TaskCompletionSource<TAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

namespace Kling.Support;

/// <summary>
/// Batches questions: those that arrive during a call are sent together in the next one. It is meant for calls that take about
/// as long for many questions as for one. It is thread-safe.
/// </summary>
/// <param name="call">Answers the questions of a batch, which are in the order of asking. It gets the token of the first asker.</param>
/// <typeparam name="TQuestion">One question.</typeparam>
/// <typeparam name="TAnswer">The answer to a whole batch; every asker of the batch gets it.</typeparam>
internal sealed class CallBatcher<TQuestion, TAnswer>(Func<IReadOnlyList<TQuestion>, CancellationToken, Task<TAnswer>> call)
{
    private readonly object _lock = new();
    private Batch? _next;
    private bool _isCalling;

    /// <summary>Asks. The call that answers begins after this.</summary>
    /// <param name="questions">What to ask.</param>
    /// <param name="token">Stops the call. All askers must give the same token.</param>
    internal Task<TAnswer> AskAsync(IEnumerable<TQuestion> questions, CancellationToken token)
    {
        lock (_lock)
        {
            Batch batch = _next ??= new Batch(token);
            batch.Questions.AddRange(questions);
            if (!_isCalling)
            {
                _isCalling = true;
                _ = Task.Run(CallAsync, CancellationToken.None);
            }

            return batch.Answer.Task;
        }
    }

    private async Task CallAsync()
    {
        while (TakeNext() is Batch batch)
        {
            try
            {
                batch.Answer.SetResult(await call(batch.Questions, batch.Token).ConfigureAwait(false));
            }
            catch (OperationCanceledException) when (batch.Token.IsCancellationRequested)
            {
                batch.Answer.SetCanceled();
            }
            catch (Exception failure)
            {
                // Every asker of the batch gets it.
                batch.Answer.SetException(failure);
            }
        }
    }

    private Batch? TakeNext()
    {
        lock (_lock)
        {
            Batch? batch = _next;
            _next = null;
            _isCalling = batch is not null;
            return batch;
        }
    }

    private sealed class Batch(CancellationToken token)
    {
        internal CancellationToken Token => token;

        internal List<TQuestion> Questions { get; } = [];

        internal TaskCompletionSource<TAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

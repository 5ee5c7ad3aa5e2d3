using Kling.Support;

namespace Kling.Media;

/// <summary>Ends a network step that makes no progress.</summary>
internal sealed class StallGuard(IClock clock, TimeSpan patience)
{
    /// <summary>Runs one step; its token is cancelled when time is up.</summary>
    /// <exception cref="StalledException">The step took too long.</exception>
    internal async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> step, CancellationToken token)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        Task<T> work = step(stop.Token);
        if (!work.IsCompleted)
        {
            using CancellationTokenSource timer = CancellationTokenSource.CreateLinkedTokenSource(token);
            Task first = await Task.WhenAny(work, clock.DelayAsync(patience, timer.Token)).ConfigureAwait(false);
            timer.Cancel();
            if (first != work)
            {
                stop.Cancel();
                _ = work.ContinueWith(static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
                token.ThrowIfCancellationRequested();
                throw new StalledException(patience);
            }
        }

        return await work.ConfigureAwait(false);
    }
}

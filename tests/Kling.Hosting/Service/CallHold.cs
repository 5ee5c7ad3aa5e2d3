namespace Kling.Hosting.Service;

/// <summary>One place where the service waits for the test, and the test for the service.</summary>
internal sealed class CallHold
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _clientGone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits until a request is held here.</summary>
    internal void WaitUntilReached(TimeSpan? limit = null) => Guard.Wait(_reached.Task, "no request reached the point", limit);

    /// <summary>Waits until the client has closed the connection that is held.</summary>
    internal void WaitUntilClientIsGone() => Guard.Wait(_clientGone.Task, "the client kept its connection open");

    /// <summary>Lets the held request have its reply.</summary>
    internal void Release() => _released.TrySetResult();

    /// <summary>Called by the service: holds until released; false when the client went away first.</summary>
    internal async Task<bool> HoldAsync(CancellationToken clientGone)
    {
        _reached.TrySetResult();
        try
        {
            await _released.Task.WaitAsync(clientGone);
            return true;
        }
        catch (OperationCanceledException)
        {
            _clientGone.TrySetResult();
            return false;
        }
    }
}

using Kling.Sandbox;
using Kling.Sandbox.Engine;

namespace Kling.Core.Tests.EndToEnd;

/// <summary>
/// Gives a request up the moment the service has stalled one, so that no test waits for a time limit. Only for stalls: it
/// watches the service's log instead of a clock.
/// </summary>
internal sealed class StallCutter(SandboxEngine engine) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        int before = Stalls();
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<HttpResponseMessage> sending = base.SendAsync(request, cut.Token);
        while (!sending.IsCompleted && Stalls() == before)
        {
            // No event tells of a stall. The short wait leaves the core to the request.
            await Task.WhenAny(sending, Task.Delay(1, CancellationToken.None));
        }

        if (sending.IsCompleted)
        {
            return await sending;
        }

        await cut.CancelAsync();
        await Task.WhenAny(sending);
        throw new HttpRequestException("Given up: the service does not reply.");
    }

    private int Stalls() => engine.Log.Count(entry => entry.Fault == nameof(SandboxFaultKind.Stall));
}

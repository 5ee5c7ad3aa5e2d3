using Kling.Hosting.Service;
using Kling.Session;

namespace Kling.Faults.Tests.Stopping;

/// <summary>The session's poll loop.</summary>
internal static class PollLoop
{
    /// <summary>Waits for the loop's end, which follows the cmdlet's by a moment and makes no request.</summary>
    internal static void WaitForEnd() => Guard.Until(() => !KlingSession.Services().Poller.IsRunning, "the poll loop went on");
}

using Kling.Models;
using Kling.Sandbox;

namespace Kling.Session;

/// <summary>Shows the process's sandbox as an object.</summary>
internal static class SandboxReport
{
    internal static KlingSandboxInfo Current()
    {
        SandboxServer? server = KlingSession.Sandbox;
        return server is null
            ? new KlingSandboxInfo()
            : new KlingSandboxInfo
            {
                IsRunning = true,
                Endpoint = server.Endpoint.AbsoluteUri,
                TaskCount = server.Engine.TaskCount,
                TotalBilled = server.Engine.TotalBilled,
                RequestCount = server.Engine.RequestCount,
                Charges = [.. server.Engine.Charges],
                Requests = [.. server.Engine.Log],
            };
    }
}

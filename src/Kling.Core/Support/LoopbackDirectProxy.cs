using System.Net;

namespace Kling.Support;

/// <summary>
/// The machine's proxy for every address but this machine's own. Plain http is allowed to loopback only: through a proxy of the
/// environment, the key would cross the network in the clear, and a sandbox's videos would not be found.
/// </summary>
internal sealed class LoopbackDirectProxy(IWebProxy system) : IWebProxy
{
    public ICredentials? Credentials
    {
        get => system.Credentials;
        set => system.Credentials = value;
    }

    public Uri? GetProxy(Uri destination) => destination.IsLoopback ? null : system.GetProxy(destination);

    public bool IsBypassed(Uri host) => host.IsLoopback || system.IsBypassed(host);
}

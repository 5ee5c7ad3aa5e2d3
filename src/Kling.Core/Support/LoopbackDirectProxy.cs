using System.Net;

namespace Kling.Support;

/// <summary>
/// The machine's proxy, except for this machine itself: plain http is allowed only to loopback, and a proxy named in the
/// environment would carry that key over the network in the clear.
/// </summary>
internal sealed class LoopbackDirectProxy(IWebProxy system) : IWebProxy
{
    /// <inheritdoc/>
    public ICredentials? Credentials
    {
        get => system.Credentials;
        set => system.Credentials = value;
    }

    /// <inheritdoc/>
    public Uri? GetProxy(Uri destination) => destination.IsLoopback ? null : system.GetProxy(destination);

    /// <inheritdoc/>
    public bool IsBypassed(Uri host) => host.IsLoopback || system.IsBypassed(host);
}

using System.Net;

namespace Kling.Downloads;

/// <summary>The machine's proxy, except for this machine itself: a sandbox's videos are not found from anywhere else.</summary>
internal sealed class DownloadProxy(IWebProxy system) : IWebProxy
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

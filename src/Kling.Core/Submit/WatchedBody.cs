using Kling.Client;
using Kling.Requests;
using Kling.Support;

namespace Kling.Submit;

/// <summary>A request's bytes, listed as a transfer while they are written.</summary>
internal sealed class WatchedBody(RequestBody inner, string name, Transfers transfers) : RequestBody
{
    /// <inheritdoc/>
    public override long Length => inner.Length;

    /// <inheritdoc/>
    public override string Text => inner.Text;

    /// <summary>The body itself where nobody watches.</summary>
    internal static RequestBody Of(RequestBody body, string name, Transfers? transfers) =>
        transfers is null ? body : new WatchedBody(body, name, transfers);

    /// <inheritdoc/>
    public override async Task WriteAsync(Stream stream, CancellationToken token)
    {
        using var counted = new CountingStream(stream, inner.Length);
        using Transfer transfer = transfers.Begin("Sending", name, inner.Length, () => counted.Written);
        await inner.WriteAsync(counted, token).ConfigureAwait(false);
    }
}

using Kling.Requests;

namespace Kling.Tasks;

/// <summary>
/// Notes when a body refused to be written. The reply then says only Unsent, and this one must not be tried again:
/// the image is not the one that was validated and hashed.
/// </summary>
internal sealed class WatchedBody(RequestBody inner) : RequestBody
{
    /// <inheritdoc/>
    public override long Length => inner.Length;

    /// <summary>Why the body could not be written; null while it could.</summary>
    public BodyChangedException? Change { get; private set; }

    /// <inheritdoc/>
    public override async Task WriteAsync(Stream stream, CancellationToken token)
    {
        try
        {
            await inner.WriteAsync(stream, token).ConfigureAwait(false);
        }
        catch (BodyChangedException change)
        {
            Change = change;
            throw;
        }
    }
}

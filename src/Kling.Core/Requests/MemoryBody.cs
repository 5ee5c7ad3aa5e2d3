namespace Kling.Requests;

/// <summary>A body that is already in memory.</summary>
internal sealed class MemoryBody(byte[] bytes) : RequestBody
{
    /// <inheritdoc/>
    public override long Length => bytes.Length;

    /// <inheritdoc/>
    public override string Text => System.Text.Encoding.UTF8.GetString(bytes);

    /// <inheritdoc/>
    public override Task WriteAsync(Stream stream, CancellationToken token) => stream.WriteAsync(bytes, 0, bytes.Length, token);
}

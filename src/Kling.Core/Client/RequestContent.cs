using System.Net;
using Kling.Requests;

namespace Kling.Client;

/// <summary>
/// Streams a <see cref="RequestBody"/> with its exact length, and remembers how far it came and who was at fault: a body
/// that was cut off by its own source cannot have been accepted, one that the network lost may have been.
/// </summary>
internal sealed class RequestContent : HttpContent
{
    private readonly RequestBody _body;
    private readonly CancellationToken _token;
    private CountingStream? _stream;

    internal RequestContent(RequestBody body, CancellationToken token)
    {
        _body = body;
        _token = token;
        Headers.TryAddWithoutValidation("Content-Type", "application/json");
    }

    /// <summary>
    /// Whether the HTTP stack ever asked for the body. It asks once there is a connection, and no request is complete without
    /// its body: before that, whatever failed (name, connection, proxy, TLS, or the time for them), nothing can have arrived.
    /// </summary>
    internal bool Begun => _stream is not null;

    /// <summary>What the body's own source threw; null when it threw nothing, or the network did.</summary>
    internal Exception? SourceFault { get; private set; }

    /// <summary>Whether the body was cut off by its own source before its end, so that no service can have read it.</summary>
    internal bool CutOff => SourceFault is not null && _stream is not null && _stream.Written < _body.Length;

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        // One call is one attempt: the HTTP stack must not send bytes a second time by itself.
        if (_stream is { Written: > 0 })
        {
            throw new InvalidOperationException("The request was already sent once.");
        }

        _stream = new CountingStream(stream, _body.Length);
        try
        {
            await _body.WriteAsync(_stream, _token).ConfigureAwait(false);
            if (_stream.Written != _body.Length)
            {
                throw new BodyChangedException(FormattableString.Invariant(
                    $"The request has {_stream.Written} bytes instead of {_body.Length}."));
            }
        }
        catch (Exception fault) when (!_stream.NetworkFailed && fault is not OperationCanceledException)
        {
            SourceFault = fault;
            throw;
        }
    }
}

/// <summary>Counts what is written, refuses more than was announced, and knows whether the stream beneath failed.</summary>
internal sealed class CountingStream(Stream inner, long limit) : Stream
{
    /// <summary>Bytes handed to the stream beneath, whether or not it took them.</summary>
    internal long Written { get; private set; }

    /// <summary>Whether the stream beneath threw.</summary>
    internal bool NetworkFailed { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => Written;
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        Count(count);
        try
        {
            inner.Write(buffer, offset, count);
        }
        catch
        {
            NetworkFailed = true;
            throw;
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Count(buffer.Length);
        try
        {
            await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            NetworkFailed = true;
            throw;
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // Writers flush when they are done with a part; the HTTP stack flushes when the whole is done.
    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Count(int count)
    {
        if (Written + count > limit)
        {
            throw new BodyChangedException(FormattableString.Invariant($"The request is longer than the {limit} bytes announced."));
        }

        Written += count;
    }
}

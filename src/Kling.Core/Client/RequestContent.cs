using System.Net;
using System.Net.Http;
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

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        // One call is one attempt: bytes that once left are not sent again behind the caller's back.
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

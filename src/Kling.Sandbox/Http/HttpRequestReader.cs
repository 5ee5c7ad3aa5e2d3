using System.Globalization;
using System.Text;
using Kling.Sandbox.Replies;

namespace Kling.Sandbox.Http;

/// <summary>Reads HTTP/1.1 requests from a stream: heads, bodies of a known length, and chunked bodies.</summary>
internal sealed class HttpRequestReader(Stream stream)
{
    /// <summary>The largest body in bytes (64 MB): beyond any image the model takes.</summary>
    internal const int MaxBody = 64 * 1024 * 1024;

    private const int MaxHead = 64 * 1024;

    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    /// <summary>Whether the client wants the connection kept after the request read last.</summary>
    internal bool KeepsAlive { get; private set; }

    /// <summary>The next request; null when the client closed the connection between requests.</summary>
    /// <param name="sendContinue">Sends the interim reply that an <c>Expect: 100-continue</c> asks for.</param>
    /// <param name="stop">Ends the reading.</param>
    /// <exception cref="HttpProblemException">The request is malformed or too large.</exception>
    /// <exception cref="EndOfStreamException">The client closed the connection in the middle of a request.</exception>
    internal async Task<SandboxRequest?> ReadAsync(Func<Task> sendContinue, CancellationToken stop)
    {
        if (!await FillAsync(stop).ConfigureAwait(false))
        {
            return null;
        }

        var headLeft = new Budget(MaxHead);
        string[] start = (await ReadLineAsync(headLeft, stop).ConfigureAwait(false)).Split(' ');
        if (start.Length != 3 || !start[2].StartsWith("HTTP/1.", StringComparison.Ordinal) || !start[1].StartsWith('/'))
        {
            throw new HttpProblemException(400, "The request line cannot be read.");
        }

        Dictionary<string, string> headers = await ReadHeadersAsync(headLeft, stop).ConfigureAwait(false);
        string connection = headers.TryGetValue("Connection", out string? value) ? value : string.Empty;
        KeepsAlive = start[2] == "HTTP/1.1" && connection.IndexOf("close", StringComparison.OrdinalIgnoreCase) < 0;
        bool isChunked = headers.TryGetValue("Transfer-Encoding", out string? coding);
        int length = isChunked ? 0 : LengthOf(headers);
        if (isChunked && (!coding!.Trim().Equals("chunked", StringComparison.OrdinalIgnoreCase) || headers.ContainsKey("Content-Length")))
        {
            throw new HttpProblemException(400, "The transfer coding cannot be read.");
        }

        if (headers.TryGetValue("Expect", out string? expected) && expected.Equals("100-continue", StringComparison.OrdinalIgnoreCase))
        {
            await sendContinue().ConfigureAwait(false);
        }

        byte[] body = isChunked
            ? await ReadChunksAsync(headLeft, stop).ConfigureAwait(false)
            : await ReadBytesAsync(length, stop).ConfigureAwait(false);
        return new SandboxRequest { Method = start[0], Path = start[1], Headers = headers, Body = body };
    }

    private static int LengthOf(Dictionary<string, string> headers)
    {
        if (!headers.TryGetValue("Content-Length", out string? text))
        {
            return 0;
        }

        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long length))
        {
            throw new HttpProblemException(400, "The content length cannot be read.");
        }

        return length <= MaxBody ? (int)length : throw new HttpProblemException(413, "The body is too large.");
    }

    private async Task<Dictionary<string, string>> ReadHeadersAsync(Budget left, CancellationToken stop)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await ReadLineAsync(left, stop).ConfigureAwait(false) is { Length: > 0 } line)
        {
            int colon = line.IndexOf(':');
            if (colon <= 0 || line[0] is ' ' or '\t')
            {
                throw new HttpProblemException(400, "A header cannot be read.");
            }

            string name = line[..colon];
            string value = line[(colon + 1)..].Trim();
            headers[name] = headers.TryGetValue(name, out string? earlier) ? $"{earlier}, {value}" : value;
        }

        return headers;
    }

    private async Task<byte[]> ReadChunksAsync(Budget left, CancellationToken stop)
    {
        using var body = new MemoryStream();
        while (true)
        {
            // Chunk heads get a fresh allowance each: a streamed body may have very many.
            string size = (await ReadLineAsync(new Budget(1024), stop).ConfigureAwait(false)).Split(';')[0].Trim();
            if (!int.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int length) || length < 0)
            {
                throw new HttpProblemException(400, "A chunk cannot be read.");
            }

            if (length == 0)
            {
                await ReadHeadersAsync(left, stop).ConfigureAwait(false);
                return body.ToArray();
            }

            if (body.Length + length > MaxBody)
            {
                throw new HttpProblemException(413, "The body is too large.");
            }

            byte[] chunk = await ReadBytesAsync(length, stop).ConfigureAwait(false);
            body.Write(chunk, 0, chunk.Length);
            if ((await ReadLineAsync(new Budget(2), stop).ConfigureAwait(false)).Length > 0)
            {
                throw new HttpProblemException(400, "A chunk does not end where it should.");
            }
        }
    }

    private async Task<byte[]> ReadBytesAsync(int length, CancellationToken stop)
    {
        byte[] bytes = new byte[length];
        int done = Math.Min(length, _end - _start);
        Buffer.BlockCopy(_buffer, _start, bytes, 0, done);
        _start += done;
        while (done < length)
        {
            int read = await stream.ReadAsync(bytes.AsMemory(done, length - done), stop).ConfigureAwait(false);
            done += read > 0 ? read : throw new EndOfStreamException();
        }

        return bytes;
    }

    private async Task<string> ReadLineAsync(Budget left, CancellationToken stop)
    {
        var line = new StringBuilder();
        while (true)
        {
            if (!await FillAsync(stop).ConfigureAwait(false))
            {
                throw new EndOfStreamException();
            }

            left.Spend();
            char next = (char)_buffer[_start++];
            if (next == '\n')
            {
                int length = line.Length > 0 && line[line.Length - 1] == '\r' ? line.Length - 1 : line.Length;
                return line.ToString(0, length);
            }

            line.Append(next);
        }
    }

    private async Task<bool> FillAsync(CancellationToken stop)
    {
        if (_start < _end)
        {
            return true;
        }

        _start = 0;
        _end = await stream.ReadAsync(_buffer, stop).ConfigureAwait(false);
        return _end > 0;
    }

    /// <summary>How many bytes of a head may still come.</summary>
    private sealed class Budget(int bytes)
    {
        private int _left = bytes;

        internal void Spend()
        {
            if (_left-- == 0)
            {
                throw new HttpProblemException(431, "The request's head is too large.");
            }
        }
    }
}

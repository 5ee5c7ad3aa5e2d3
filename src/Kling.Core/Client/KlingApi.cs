using System.Buffers;
using System.Text;
using Kling.Requests;
using Kling.Wire;
using static System.FormattableString;

namespace Kling.Client;

/// <summary>The service over HTTPS.</summary>
public sealed class KlingApi : IKlingApi
{
    // A reply to the largest poll is some 100 kB; the cap keeps a wrong server from filling the memory.
    internal const int LongestReply = 16 * 1024 * 1024;

    // A reply about hundreds of tasks is shown by its start; the journal has what was in it.
    private const int LongestShown = 4000;

    private const int UploadBytesPerSecond = 50_000;

    private static readonly TimeSpan s_defaultTimeout = TimeSpan.FromSeconds(100);
    private static readonly string s_userAgent = "Kling/" + (typeof(KlingApi).Assembly.GetName().Version?.ToString(3) ?? "0");

    private readonly HttpClient _http;
    private readonly Credential _credential;
    private readonly Redactor _redactor;
    private readonly IClock _clock;
    private readonly TimeSpan _timeout;
    private readonly ModuleLog _log;

    /// <summary>Creates the connection to one address.</summary>
    /// <param name="http">A client of <see cref="HttpClientFactory"/>; it is not disposed here, and its defaults stay untouched.</param>
    /// <param name="endpoint">An address of <see cref="KlingEndpoint"/>.</param>
    /// <param name="credential">The key.</param>
    /// <param name="clock">Tells what a date in <c>Retry-After</c> means.</param>
    /// <param name="timeout">How long a call may take, 100 s if not given; a second is added for every 50 kB of the request.</param>
    /// <param name="log">Hears every request and reply, redacted.</param>
    public KlingApi(HttpClient http, Uri endpoint, Credential credential, IClock clock, TimeSpan? timeout = null, ModuleLog? log = null)
    {
        _http = http;
        Endpoint = endpoint;
        _credential = credential;
        _redactor = credential.CreateRedactor();
        _clock = clock;
        _timeout = timeout ?? s_defaultTimeout;
        _log = log ?? ModuleLog.None;
    }

    /// <inheritdoc/>
    public Uri Endpoint { get; }

    /// <inheritdoc/>
    public Task<ApiReply> SendAsync(RequestBody body, CancellationToken token) => SendAsync(body, null, token);

    /// <inheritdoc/>
    public async Task<ApiReply> SendAsync(RequestBody body, Func<int, ReadOnlyMemory<byte>, Task>? takeVideo, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        TimeSpan limit = Limit(body.Length);
        using var timeout = new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(token, timeout.Token);
        using var content = new RequestContent(body, either.Token);
        using HttpRequestMessage request = CreateRequest(content);
        int? status = null;
        TimeSpan? retryAfter = null;
        timeout.CancelAfter(limit);
        _log.Wire(() => Line($"> POST {_redactor.Clean(Endpoint.AbsoluteUri)}, {body.Length} bytes: ", body.Text));
        try
        {
            using HttpResponseMessage response = await _http
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            status = (int)response.StatusCode;
            retryAfter = RetryAfter(response);

            // A redirect's body is for browsers, and nothing is lost with it.
            byte[]? bytes = status is >= 300 and < 400
                ? []
                : await ReadAsync(response.Content, takeVideo, () => timeout.CancelAfter(limit), either.Token).ConfigureAwait(false);
            _log.Wire(() => Shown(bytes, status.Value));
            return Judge(status.Value, retryAfter, bytes);
        }
        catch (Exception) when (token.IsCancellationRequested)
        {
            throw new OperationCanceledException(token);
        }
        catch (Exception fault)
        {
            // The contract: whatever the network or the service does is told in the reply.
            ApiReply reply = Judge(fault, content, timeout.IsCancellationRequested ? limit : null, status, retryAfter);
            _log.Wire(() => "< no reply: " + reply.Fault);
            return reply;
        }
    }

    private TimeSpan Limit(long length) =>
        _timeout == Timeout.InfiniteTimeSpan ? _timeout : _timeout + TimeSpan.FromSeconds(length / UploadBytesPerSecond);

    private HttpRequestMessage CreateRequest(HttpContent content)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Endpoint) { Content = content };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + _credential.Text);
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", s_userAgent);
        return request;
    }

    private ApiReply Judge(int status, TimeSpan? headerWait, byte[]? bytes)
    {
        if (bytes is null)
        {
            return Unclear(status, headerWait, Invariant($"HTTP {status} with a reply of more than {LongestReply} bytes."));
        }

        ApiReply? reply = EnvelopeReader.Read(bytes, status, _redactor);
        bool refusedByStatus = status is >= 300 and < 500 and not 408;
        if (reply is null && !refusedByStatus)
        {
            return Unclear(status, headerWait, bytes.Length == 0
                ? Invariant($"HTTP {status} with an empty reply.")
                : Invariant($"HTTP {status} with a reply of {bytes.Length} bytes that cannot be read as one of this API."));
        }

        reply ??= new ApiReply { HttpStatus = status };
        if (refusedByStatus && reply is { Errors.Count: 0, Items.Count: 0 })
        {
            reply = reply with { Errors = [HttpErrors.Create(status, headerWait)] };
        }

        return reply with
        {
            RetryAfter = reply.Errors.Aggregate(headerWait, (longest, error) => RetryAfterReader.Longer(
                longest, error.RetryAfterSeconds is double seconds ? RetryAfterReader.FromSeconds(seconds) : null)),
        };
    }

    private ApiReply Judge(Exception fault, RequestContent content, TimeSpan? timedOutAfter, int? status, TimeSpan? retryAfter)
    {
        if (content.CutOff)
        {
            return Unsent(content.SourceFault!, "The request was cut off before its end.", content.SourceFault is BodyChangedException);
        }

        bool unsent = status is null && !content.Begun;
        if (timedOutAfter is TimeSpan limit)
        {
            return unsent
                ? Unsent(fault, Invariant($"No connection to the service within {limit.TotalSeconds:0.#} seconds."), bodyChanged: false)
                : Unclear(status, retryAfter, Invariant($"No complete reply within {limit.TotalSeconds:0.#} seconds."));
        }

        // The fault itself proves nothing: a lost network says "unreachable" also while the reply is waited for.
        return unsent
            ? Unsent(fault, "No connection to the service.", bodyChanged: false)
            : Unclear(status, retryAfter, "The connection broke. " + Describe(fault));
    }

    private ApiReply Unsent(Exception fault, string summary, bool bodyChanged) => new()
    {
        Outcome = ApiOutcome.Unsent,
        BodyChanged = bodyChanged,
        Fault = _redactor.Clean(summary + " " + Describe(fault)),
    };

    private ApiReply Unclear(int? status, TimeSpan? retryAfter, string fault) => new()
    {
        Outcome = ApiOutcome.Ambiguous,
        HttpStatus = status,
        RetryAfter = retryAfter,
        Fault = _redactor.Clean(fault),
    };

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.TryGetValues("Retry-After", out IEnumerable<string>? values)
        ? RetryAfterReader.Read(values, _clock.UtcNow, response.Headers.Date)
        : null;

    /// <summary>
    /// The reply's bytes without the videos in it; null when there are more than the longest reply has. Read in chunks, so that a stop takes
    /// effect at once. While a video is taken out, the time limit of the call is that of each chunk.
    /// </summary>
    private static async Task<byte[]?> ReadAsync(
        HttpContent content, Func<int, ReadOnlyMemory<byte>, Task>? takeVideo, Action isAlive, CancellationToken token)
    {
        using Stream stream = await content.ReadAsStreamAsync(token).ConfigureAwait(false);
        var filter = new InlineVideoFilter(decodes: takeVideo is not null);
        byte[] chunk = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            int read;
            while ((read = await stream.ReadAsync(chunk, token).ConfigureAwait(false)) > 0)
            {
                filter.Add(chunk.AsSpan(0, read));
                if (filter.Length > LongestReply)
                {
                    return null;
                }

                foreach ((int number, byte[] bytes) in filter.Pieces)
                {
                    isAlive();
                    await takeVideo!(number, bytes).ConfigureAwait(false);
                }
            }

            return filter.ToReply();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private string Shown(byte[]? reply, int status) => reply is null
        ? Invariant($"< {status}, too long to be read")
        : Line($"< {status}, {reply.Length} bytes: ", Encoding.UTF8.GetString(reply));

    /// <summary>A request or a reply as one redacted line, for <c>-Debug</c>.</summary>
    private string Line(FormattableString head, string text)
    {
        string line = string.Join(" ", _redactor.Clean(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return Invariant(head) + (line.Length <= LongestShown ? line : string.Concat(line.AsSpan(0, LongestShown), "…"));
    }

    /// <summary>The messages of a fault and of what caused it, each once.</summary>
    private static string Describe(Exception fault)
    {
        var messages = new List<string>();
        for (Exception? inner = fault; inner is not null; inner = inner.InnerException)
        {
            string message = inner.Message.Trim();
            if (message.Length > 0 && !messages.Exists(other => other.Contains(message)))
            {
                messages.Add(message);
            }
        }

        return string.Join(" ", messages);
    }
}

/// <summary>The only way to the service. One call is one HTTP attempt; nothing is repeated here.</summary>
public interface IKlingApi
{
    /// <summary>The API address.</summary>
    Uri Endpoint { get; }

    /// <summary>
    /// Posts a JSON array of task objects. Never throws for what the network or the service does: that is in the reply.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="token"/> was cancelled.</exception>
    Task<ApiReply> SendAsync(RequestBody body, CancellationToken token);

    /// <summary>The same, for a reply that may carry videos in itself: their bytes are handed out as they come in, and are nowhere else.</summary>
    /// <param name="body">The task objects.</param>
    /// <param name="takeVideo">Takes the number of a video in this reply, from 0, and its next bytes. When it throws, the call ends.</param>
    /// <param name="token">Stops.</param>
    Task<ApiReply> SendAsync(RequestBody body, Func<int, ReadOnlyMemory<byte>, Task>? takeVideo, CancellationToken token) => SendAsync(body, token);
}

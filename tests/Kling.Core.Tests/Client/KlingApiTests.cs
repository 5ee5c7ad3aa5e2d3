using System.Net;
using System.Security.Authentication;
using System.Text;
using Kling.Client;
using Kling.Core.Tests.Support;
using Kling.Core.Tests.Wire;
using Kling.Models;
using Kling.Requests;
using Kling.Submit;
using Kling.Support;
using Kling.Wire;

namespace Kling.Core.Tests.Client;

public sealed class KlingApiTests
{
    private const string Key = "key-4f7c1d9a8b2e6035";

    private static readonly Uri s_endpoint = new(KlingEndpoint.DefaultAddress);
    private static readonly byte[] s_poll = Encoding.UTF8.GetBytes("""[{"taskType":"getResponse"}]""");

    private readonly FakeClock _clock = new();

    private async Task<ApiReply> SendAsync(HttpMessageHandler handler, RequestBody? body = null, TimeSpan? timeout = null, CancellationToken token = default)
    {
        using HttpClient http = HttpClientFactory.CreateApi(handler);
        return await new KlingApi(http, s_endpoint, new Credential(Key), _clock, timeout).SendAsync(body ?? RequestBody.FromBytes(s_poll), token);
    }

    private async Task<ApiReply> SendAsync(Uri endpoint, RequestBody? body = null, TimeSpan? timeout = null, CancellationToken token = default)
    {
        using HttpClient http = HttpClientFactory.CreateApi();
        return await new KlingApi(http, endpoint, new Credential(Key), _clock, timeout).SendAsync(body ?? RequestBody.FromBytes(s_poll), token);
    }

    [Fact]
    public async Task SendAsync_SendsOneCompleteRequest()
    {
        using var handler = FakeHandler.Replying(200, Samples.WithIds(Samples.Processing));
        using HttpClient http = HttpClientFactory.CreateApi(handler);
        var api = new KlingApi(http, s_endpoint, new Credential(Key), _clock);

        ApiReply reply = await api.SendAsync(RequestBody.FromBytes(s_poll), CancellationToken.None);

        Assert.Equal(ApiOutcome.Envelope, reply.Outcome);
        Assert.Equal(200, reply.HttpStatus);
        Assert.Equal("processing", Assert.Single(reply.Items).Status);
        Assert.Null(reply.Fault);
        HttpRequestMessage request = handler.Request!;
        Assert.Equal(HttpMethod.Post, request.Method);
        Assert.Equal(s_endpoint, request.RequestUri);
        Assert.Equal("Bearer " + Key, request.Headers.GetValues("Authorization").Single());
        Assert.Equal("application/json", request.Headers.Accept.Single().ToString());
        Assert.Matches(@"^Kling/\d+\.\d+\.\d+$", request.Headers.UserAgent.ToString());
        Assert.Equal(s_poll, handler.Body);
        Assert.Empty(http.DefaultRequestHeaders);
        Assert.Equal(1, handler.Calls);
    }

    [Fact]
    public async Task SendAsync_OverARealSocket_AnnouncesTheExactLength()
    {
        using var server = RawServer.Sending("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"data\":[]}");

        ApiReply reply = await SendAsync(server.Endpoint);

        Assert.Equal(ApiOutcome.Envelope, reply.Outcome);
        string request = await server.Received;
        Assert.Contains($"Content-Length: {s_poll.Length}\r\n", request, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Content-Type: application/json\r\n", request, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("chunked", request, StringComparison.OrdinalIgnoreCase);
        Assert.EndsWith("\r\n\r\n" + Encoding.UTF8.GetString(s_poll), request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, "")]
    [InlineData(204, "")]
    [InlineData(200, "<html>portal</html>")]
    [InlineData(200, "{}")]
    [InlineData(200, """{"data":[""")]
    [InlineData(500, "")]
    [InlineData(500, "<html>500</html>")]
    [InlineData(502, "Bad Gateway")]
    [InlineData(503, "{}")]
    [InlineData(504, "")]
    [InlineData(408, "")]
    public async Task SendAsync_UnreadableReply_IsAmbiguous(int status, string body)
    {
        ApiReply reply = await SendAsync(FakeHandler.Replying(status, body, ("Retry-After", "7")));

        Assert.Equal(ApiOutcome.Ambiguous, reply.Outcome);
        Assert.Equal(status, reply.HttpStatus);
        Assert.Equal(TimeSpan.FromSeconds(7), reply.RetryAfter);
        Assert.Contains($"HTTP {status}", reply.Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, KlingErrorCategory.Validation, SubmitVerdict.Refused)]
    [InlineData(401, KlingErrorCategory.Authentication, SubmitVerdict.Refused)]
    [InlineData(402, KlingErrorCategory.Quota, SubmitVerdict.Refused)]
    [InlineData(403, KlingErrorCategory.Authentication, SubmitVerdict.Refused)]
    [InlineData(404, KlingErrorCategory.NotFound, SubmitVerdict.Refused)]
    [InlineData(409, KlingErrorCategory.Conflict, SubmitVerdict.Refused)]
    [InlineData(413, KlingErrorCategory.Validation, SubmitVerdict.Refused)]
    [InlineData(415, KlingErrorCategory.Validation, SubmitVerdict.Refused)]
    [InlineData(429, KlingErrorCategory.RateLimit, SubmitVerdict.RetryLater)]
    [InlineData(301, KlingErrorCategory.Protocol, SubmitVerdict.Refused)]
    [InlineData(307, KlingErrorCategory.Protocol, SubmitVerdict.Refused)]
    public async Task SendAsync_RefusedByStatusAlone_HasAnErrorThatSaysSo(int status, string category, SubmitVerdict verdict)
    {
        foreach (string body in new[] { "", "<html></html>", "{}", """{"data":[]}""" })
        {
            ApiReply reply = await SendAsync(FakeHandler.Replying(status, body));

            Assert.Equal(ApiOutcome.Envelope, reply.Outcome);
            Assert.Equal(status, reply.HttpStatus);
            KlingTaskError error = Assert.Single(reply.Errors);
            Assert.Equal($"http{status}", error.Code);
            Assert.Equal(category, error.Category);
            Assert.Contains($"HTTP {status}", error.Message, StringComparison.Ordinal);
            Assert.Equal(verdict, SubmitRules.Classify(reply, Samples.Task, earlierAttempt: false));
        }
    }

    [Fact]
    public async Task SendAsync_Redirect_IsNotFollowed()
    {
        using var elsewhere = RawServer.Sending("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"data\":[]}");
        using var server = RawServer.Sending($"HTTP/1.1 307 Temporary Redirect\r\nLocation: {elsewhere.Endpoint}\r\nContent-Length: 0\r\n\r\n");

        ApiReply reply = await SendAsync(server.Endpoint);

        Assert.Equal(307, reply.HttpStatus);
        Assert.Contains("not followed", Assert.Single(reply.Errors).Message, StringComparison.Ordinal);
        Assert.False(elsewhere.Received.IsCompleted);
    }

    [Fact]
    public async Task SendAsync_RetryAfter_IsTheLongerOfHeaderAndBody()
    {
        string body = Samples.WithIds(Samples.Overloaded);

        Assert.Equal(60, (await SendAsync(FakeHandler.Replying(429, body, ("Retry-After", "5")))).RetryAfter?.TotalSeconds);
        Assert.Equal(90, (await SendAsync(FakeHandler.Replying(429, body, ("Retry-After", "90")))).RetryAfter?.TotalSeconds);
        Assert.Equal(60, (await SendAsync(FakeHandler.Replying(200, body, ("Retry-After", "rubbish")))).RetryAfter?.TotalSeconds);
        Assert.Null((await SendAsync(FakeHandler.Replying(429, ""))).RetryAfter);
    }

    [Fact]
    public async Task SendAsync_RetryAfterDate_IsNotEarlyWhenTheClockHereIsFast()
    {
        _clock.UtcNow = new DateTimeOffset(2025, 6, 1, 12, 5, 0, TimeSpan.Zero);

        ApiReply reply = await SendAsync(FakeHandler.Replying(
            429, "", ("Retry-After", "Sun, 01 Jun 2025 12:01:00 GMT"), ("Date", "Sun, 01 Jun 2025 12:00:00 GMT")));

        Assert.Equal(TimeSpan.FromMinutes(1), reply.RetryAfter);
    }

    [Fact]
    public async Task SendAsync_Archive_ReachesTheReply()
    {
        ApiReply reply = await SendAsync(FakeHandler.Replying(200, Samples.WithIds(Samples.Archive)));

        Assert.True(reply.Stored!.HasRequest(Samples.Task));
        Assert.Empty(reply.Items);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("", true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"data\":[", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"data\":[]}", true)]
    [InlineData("HTTP/1.1 400 Bad Request\r\nContent-Length: 500\r\n\r\n{\"errors\":[", false)]
    [InlineData("no http at all\r\n\r\n", false)]
    public async Task SendAsync_ConnectionBreaks_IsAmbiguous(string sent, bool reset)
    {
        using var server = RawServer.Sending(sent, reset);

        ApiReply reply = await SendAsync(server.Endpoint);

        Assert.Equal(ApiOutcome.Ambiguous, reply.Outcome);
        Assert.Contains("The connection broke", reply.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendAsync_StalledReply_TimesOutAsAmbiguous()
    {
        var forever = new TaskCompletionSource();
        using var server = new RawServer(_ => forever.Task);

        // Long enough that the request is out by then on a busy machine too.
        ApiReply reply = await SendAsync(server.Endpoint, timeout: TimeSpan.FromSeconds(2));

        Assert.Equal(ApiOutcome.Ambiguous, reply.Outcome);
        Assert.Contains("No complete reply within 2 seconds", reply.Fault, StringComparison.Ordinal);
        forever.SetResult();
    }

    [Fact]
    public async Task SendAsync_Timeout_GrowsWithTheBody()
    {
        var forever = new FakeHandler(async (_, _, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return new HttpResponseMessage();
        });

        // 2 s for the upload are added to a limit already overdrawn by 1.8 s.
        ApiReply reply = await SendAsync(forever, new FakeBody(100_000, 100_000), timeout: TimeSpan.FromSeconds(-1.8));

        Assert.Contains("within 0.2 seconds", reply.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendAsync_Cancelled_ThrowsAndDoesNotReply()
    {
        using var stop = new CancellationTokenSource();
        var stalled = new FakeHandler(async (_, _, token) =>
        {
            await stop.CancelAsync();
            token.ThrowIfCancellationRequested();
            return new HttpResponseMessage();
        });

        OperationCanceledException cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SendAsync(stalled, token: stop.Token));

        Assert.Equal(stop.Token, cancelled.CancellationToken);
        using var unused = FakeHandler.Replying(200, "");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SendAsync(unused, token: stop.Token));
        Assert.Equal(0, unused.Calls);
    }

    [Fact]
    public async Task SendAsync_CancelledWhileTheReplyStalls_Throws()
    {
        using var stop = new CancellationTokenSource();
        var forever = new TaskCompletionSource();
        using var server = new RawServer(async stream =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"));
            await stop.CancelAsync();
            await forever.Task;
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SendAsync(server.Endpoint, token: stop.Token));
        forever.SetResult();
    }

    [Fact]
    public async Task SendAsync_ListenerThatThrows_ChangesNothing()
    {
        var log = new ModuleLog();
        log.Wired += _ => throw new InvalidOperationException("listener");
        using HttpClient http = HttpClientFactory.CreateApi(FakeHandler.Replying(200, Samples.WithIds(Samples.Processing)));

        ApiReply reply = await new KlingApi(http, s_endpoint, new Credential(Key), _clock, log: log).SendAsync(RequestBody.FromBytes(s_poll), default);

        Assert.Equal(ApiOutcome.Envelope, reply.Outcome);
    }

    [Fact]
    public async Task SendAsync_EndlessReply_IsCutAndAmbiguous()
    {
        var endless = new FakeHandler((_, _, _) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new ByteArrayContent(new byte[KlingApi.LongestReply + 1]),
        }));

        ApiReply reply = await SendAsync(endless);

        Assert.Equal(ApiOutcome.Ambiguous, reply.Outcome);
        Assert.Contains("more than 16777216 bytes", reply.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendAsync_GzipReply_IsUnpacked()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionMode.Compress, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(Samples.WithIds(Samples.Success)));
        }

        using var server = new RawServer(async stream =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {packed.Length}\r\n\r\n"));
            await stream.WriteAsync(packed.ToArray());
        });

        Assert.Equal(2, (await SendAsync(server.Endpoint)).Items.Count);
    }

    [Fact]
    public async Task SendAsync_NothingItSays_ShowsAnyPieceOfTheKey()
    {
        var random = new Random(99);
        for (int round = 0; round < TestDepth.Of(200); round++)
        {
            string key = RedactionTests.RandomKey(random, random.Next(8, 50));
            string leak = $"header 'Bearer {key}' and {key[1..]} and {key.ToUpperInvariant()}";
            string json = System.Text.Json.JsonSerializer.Serialize(new
            {
                data = new[] { new { taskUUID = Samples.Task, status = leak, taskType = leak } },
                errors = new[] { new { code = key, message = leak, parameter = leak, allowedValues = new[] { leak, key } } },
            });
            HttpMessageHandler[] handlers =
            [
                FakeHandler.Throwing(() => new HttpRequestException(leak, new IOException(leak))),
                FakeHandler.Throwing(() => new HttpRequestException(leak, new AuthenticationException(leak))),
                FakeHandler.Replying(500, leak),
                FakeHandler.Replying(401, leak),
                FakeHandler.Replying(302, "", ("Location", "https://x.example/" + key)),
                FakeHandler.Replying(400, json),
            ];
            foreach (HttpMessageHandler handler in handlers)
            {
                using HttpClient http = HttpClientFactory.CreateApi(handler);
                var api = new KlingApi(http, s_endpoint, new Credential(key), _clock);
                RequestBody body = round % 2 == 0 ? RequestBody.FromBytes(s_poll) : new FakeBody(10, 5, new BodyChangedException(leak));

                RedactionTests.AssertHidden(key, Everything(await api.SendAsync(body, CancellationToken.None)));
            }
        }
    }

    private static string Everything(ApiReply reply) => string.Join('\n',
    [
        reply.Fault ?? "",
        .. reply.Items.SelectMany(i => new[] { i.Status ?? "", i.TaskType ?? "" }),
        .. reply.Errors.SelectMany(e => new[] { e.Code, e.Message, e.Parameter ?? "", e.Allowed ?? "", e.ToString() }),
    ]);
}

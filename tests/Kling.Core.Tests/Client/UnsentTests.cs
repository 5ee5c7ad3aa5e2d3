using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Kling.Client;
using Kling.Core.Tests.Support;
using Kling.Requests;
using Kling.Wire;

namespace Kling.Core.Tests.Client;

/// <summary>
/// What proves that a request never left. The same fault is proof before the body was asked for and none afterwards: a lost
/// network says "unreachable" also while a paid task's acknowledgement is awaited.
/// </summary>
public sealed class UnsentTests
{
    private static readonly Uri s_endpoint = new(KlingEndpoint.DefaultAddress);
    private static readonly byte[] s_poll = Encoding.UTF8.GetBytes("""[{"taskType":"getResponse"}]""");

    public static TheoryData<string> Faults => [.. s_faults.Keys];

    private static readonly Dictionary<string, Func<Exception>> s_faults = new()
    {
        ["name not found"] = () => Socket(SocketError.HostNotFound),
        ["refused"] = () => Socket(SocketError.ConnectionRefused),
        ["network unreachable"] = () => Socket(SocketError.NetworkUnreachable),
        ["host unreachable"] = () => Socket(SocketError.HostUnreachable),
        ["try again"] = () => Socket(SocketError.TryAgain),
        ["reset"] = () => Socket(SocketError.ConnectionReset),
        ["timed out"] = () => Socket(SocketError.TimedOut),
        ["aborted"] = () => Socket(SocketError.ConnectionAborted),
        ["certificate"] = () => new HttpRequestException("x", new AuthenticationException("certificate")),
        ["cut"] = () => new HttpRequestException("x", new IOException("cut")),
        ["proxy"] = () => new HttpRequestException("The proxy tunnel request failed with status code '407'."),
        ["defect"] = () => new InvalidOperationException("x"),
    };

    private readonly FakeClock _clock = new();

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task SendAsync_FaultBeforeTheBodyWasAskedFor_IsUnsent(string fault)
    {
        ApiReply reply = await SendAsync(new NoConnection(_ => Task.FromException<HttpResponseMessage>(s_faults[fault]())));

        Assert.Equal(ApiOutcome.Unsent, reply.Outcome);
        Assert.Null(reply.HttpStatus);
        Assert.False(reply.BodyChanged);
        Assert.Contains("No connection to the service", reply.Fault, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task SendAsync_TheSameFaultAfterTheBody_IsAmbiguous(string fault)
    {
        ApiReply reply = await SendAsync(FakeHandler.Throwing(s_faults[fault]));

        Assert.Equal(ApiOutcome.Ambiguous, reply.Outcome);
        Assert.Null(reply.HttpStatus);
        Assert.NotEmpty(reply.Fault!);
    }

    [Fact]
    public async Task SendAsync_NoConnectionInTime_IsUnsent()
    {
        ApiReply reply = await SendAsync(new NoConnection(Forever), timeout: TimeSpan.FromMilliseconds(50));

        Assert.Equal(ApiOutcome.Unsent, reply.Outcome);
        Assert.Contains("No connection to the service within", reply.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendAsync_RealStack_ConnectingTakesTooLong_IsUnsent()
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                await Task.Delay(Timeout.Infinite, token);
                return Stream.Null;
            },
        };

        ApiReply reply = await SendAsync(handler, timeout: TimeSpan.FromMilliseconds(50));

        Assert.Equal(ApiOutcome.Unsent, reply.Outcome);
    }

    [Fact]
    public async Task SendAsync_RealStack_NobodyListens_IsUnsent()
    {
        ApiReply reply = await SendAsync(HttpClientFactory.CreateHandler(), RawServer.NobodyThere());

        Assert.Equal(ApiOutcome.Unsent, reply.Outcome);
        Assert.False(reply.BodyChanged);
        Assert.Contains("No connection", reply.Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("")]
    public async Task SendAsync_RealStack_NoTls_IsUnsent(string answer)
    {
        using var server = RawServer.Sending(answer);

        ApiReply reply = await SendAsync(HttpClientFactory.CreateHandler(), new Uri($"https://127.0.0.1:{server.Port}/v1"));

        Assert.Equal(ApiOutcome.Unsent, reply.Outcome);
        Assert.DoesNotContain("getResponse", await server.Received, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("407 Proxy Authentication Required")]
    [InlineData("502 Bad Gateway")]
    [InlineData("403 Forbidden")]
    public async Task SendAsync_RealStack_ProxyRefuses_IsUnsent(string status)
    {
        using var proxy = RawServer.Sending($"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
        HttpClientHandler handler = HttpClientFactory.CreateHandler();
        handler.Proxy = new WebProxy($"http://127.0.0.1:{proxy.Port}");

        ApiReply reply = await SendAsync(handler);

        Assert.Equal(ApiOutcome.Unsent, reply.Outcome);
        Assert.StartsWith("CONNECT api.runware.ai:443 ", await proxy.Received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendAsync_RealStack_ConnectionKeptFromBeforeIsClosed_IsNotCalledUnsent()
    {
        // The first request leaves a connection in the pool; the service takes the second one in and closes without a word.
        using var server = RawServer.Sending("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"data\":[]}", readsAnother: true);
        using HttpClient http = HttpClientFactory.CreateApi();
        var api = new KlingApi(http, server.Endpoint, new Credential("key-4f7c1d9a8b2e6035"), _clock);
        Assert.Equal(ApiOutcome.Envelope, (await api.SendAsync(RequestBody.FromBytes(s_poll), default)).Outcome);

        ApiReply reply = await api.SendAsync(RequestBody.FromBytes(s_poll), default);

        Assert.Equal(ApiOutcome.Ambiguous, reply.Outcome);
    }

    [Fact]
    public async Task SendAsync_BodyChangedOnTheWay_IsUnsent()
    {
        using var server = RawServer.Sending("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"data\":[]}");

        ApiReply reply = await SendAsync(server.Endpoint, new FakeBody(100_000, 50_000, new BodyChangedException("a.jpg changed")));

        Assert.Equal(ApiOutcome.Unsent, reply.Outcome);
        Assert.True(reply.BodyChanged);
        Assert.Contains("a.jpg changed", reply.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendAsync_BodyThatIsNotItsLength_IsUnsent()
    {
        foreach (FakeBody body in new[] { new FakeBody(10_000, 9_999), new FakeBody(10_000, 10_001) })
        {
            using var server = RawServer.Sending("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"data\":[]}");

            ApiReply reply = await SendAsync(server.Endpoint, body);

            Assert.Equal(ApiOutcome.Unsent, reply.Outcome);
            Assert.True(reply.BodyChanged);
        }
    }

    [Fact]
    public async Task SendAsync_SourceFails_IsUnsentButWorthARetry()
    {
        ApiReply reply = await SendAsync(FakeHandler.Replying(200, "{}"), new FakeBody(10_000, 5_000, new IOException("disk gone")));

        Assert.Equal(ApiOutcome.Unsent, reply.Outcome);
        Assert.False(reply.BodyChanged);
        Assert.Contains("disk gone", reply.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendAsync_ChangeNoticedAfterTheLastByte_IsAmbiguous()
    {
        ApiReply reply = await SendAsync(FakeHandler.Replying(200, "{}"), new FakeBody(10_000, 10_000, new BodyChangedException("late")));

        Assert.Equal(ApiOutcome.Ambiguous, reply.Outcome);
    }

    private static HttpRequestException Socket(SocketError error) => new("x", new SocketException((int)error));

    private static async Task<HttpResponseMessage> Forever(CancellationToken token)
    {
        await Task.Delay(Timeout.Infinite, token);
        return new HttpResponseMessage();
    }

    private Task<ApiReply> SendAsync(Uri endpoint, RequestBody body) => SendAsync(HttpClientFactory.CreateHandler(), endpoint, body);

    private Task<ApiReply> SendAsync(HttpMessageHandler handler, RequestBody body) => SendAsync(handler, null, body);

    private async Task<ApiReply> SendAsync(HttpMessageHandler handler, Uri? endpoint = null, RequestBody? body = null, TimeSpan? timeout = null)
    {
        using HttpClient http = HttpClientFactory.CreateApi(handler);
        return await new KlingApi(http, endpoint ?? s_endpoint, new Credential("key-4f7c1d9a8b2e6035"), _clock, timeout)
            .SendAsync(body ?? RequestBody.FromBytes(s_poll), default);
    }

    /// <summary>A network that fails before it asks for the request's body.</summary>
    private sealed class NoConnection(Func<CancellationToken, Task<HttpResponseMessage>> fails) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => fails(cancellationToken);
    }
}

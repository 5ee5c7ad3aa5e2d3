using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kling.Core.Tests.Support;
using Kling.Sandbox;

namespace Kling.Core.Tests.Sandbox;

public sealed class SandboxServerTests : IDisposable
{
    private readonly FakeClock _clock = new();
    private readonly SandboxServer _server;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };

    public SandboxServerTests()
    {
        _server = new SandboxServer(new SandboxOptions { Clock = _clock, GenerationDelay = SandboxBench.Delay });
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _server.ApiKey);
    }

    public void Dispose()
    {
        _http.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task Server_SubmitsPollsAndServesTheVideo()
    {
        Assert.Equal("127.0.0.1", _server.Endpoint.Host);
        Assert.Equal("/v1", _server.Endpoint.AbsolutePath);
        Uri address = await FinishedVideoAsync();
        using HttpResponseMessage reply = await _http.GetAsync(address);
        byte[] bytes = await reply.Content.ReadAsByteArrayAsync();
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal(bytes.Length, reply.Content.Headers.ContentLength);
        Assert.Equal("video/mp4", reply.Content.Headers.ContentType!.MediaType);
        Assert.Equal("ftyp", Encoding.ASCII.GetString(bytes, 4, 4));
        Assert.Contains("bytes", reply.Headers.AcceptRanges);
        Assert.Equal(0.1848m, _server.Engine.TotalBilled);

        using var part = new HttpRequestMessage(HttpMethod.Get, address);
        part.Headers.Range = new RangeHeaderValue(1000, null);
        part.Headers.IfRange = new RangeConditionHeaderValue(reply.Headers.ETag!);
        using HttpResponseMessage rest = await _http.SendAsync(part);
        Assert.Equal(HttpStatusCode.PartialContent, rest.StatusCode);
        Assert.Equal(bytes[1000..], await rest.Content.ReadAsByteArrayAsync());

        using var head = new HttpRequestMessage(HttpMethod.Head, address);
        using HttpResponseMessage announced = await _http.SendAsync(head);
        Assert.Equal(bytes.Length, announced.Content.Headers.ContentLength);
        Assert.Equal(reply.Headers.ETag, announced.Headers.ETag);
    }

    [Fact]
    public async Task Server_TakesChunkedBodies_AndExpectContinue()
    {
        foreach ((bool chunked, bool expect) in new[] { (true, false), (false, true), (true, true) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _server.Endpoint) { Content = Body(SandboxBench.Task(Guid.NewGuid())) };
            request.Headers.TransferEncodingChunked = chunked;
            request.Headers.ExpectContinue = expect;
            using HttpResponseMessage reply = await _http.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        }

        Assert.Equal(3, _server.Engine.TaskCount);
    }

    [Fact]
    public async Task Server_SendsContinue_BeforeTheBodyIsRead()
    {
        using TcpClient client = await ConnectAsync();
        string head = $"POST /v1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {_server.ApiKey}\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n";
        await WriteAsync(client, head + "Content-Length: 21\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 100 ", await ReadSomeAsync(client), StringComparison.Ordinal);
        await WriteAsync(client, "[{\"taskType\":\"ping\"}]");
        Assert.StartsWith("HTTP/1.1 200 OK", await ReadSomeAsync(client), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_ReadsChunksWhateverTheirBoundaries_AndPipelinedRequests()
    {
        using TcpClient client = await ConnectAsync();
        string head = $"POST /v1 HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {_server.ApiKey}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
        string one = head + "1;x=y\r\n[\r\nA\r\n{\"taskType\r\na\r\n\":\"ping\"}]\r\n0\r\nTrailer: t\r\n\r\n";
        await WriteAsync(client, one + one.Replace("chunked\r\n", "chunked\r\nConnection: close\r\n", StringComparison.Ordinal));
        string all = await ReadToEndAsync(client);
        Assert.Equal(2, all.Split("\"pong\":true").Length - 1);
    }

    [Theory]
    [InlineData("NONSENSE\r\n\r\n", "400")]
    [InlineData("POST /v1 HTTP/1.1\r\nno colon\r\n\r\n", "400")]
    [InlineData("POST /v1 HTTP/1.1\r\nContent-Length: x\r\n\r\n", "400")]
    [InlineData("POST /v1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400")]
    [InlineData("POST /v1 HTTP/1.1\r\nContent-Length: 67108865\r\n\r\n", "413")]
    [InlineData("POST /v1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4000001\r\n", "413")]
    public async Task Server_RefusesWhatIsNotHttp(string request, string status)
    {
        using TcpClient client = await ConnectAsync();
        await WriteAsync(client, request);
        Assert.StartsWith("HTTP/1.1 " + status, await ReadSomeAsync(client), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host: 127.0.0.1:PORT", "200")]
    [InlineData("Host: localhost", "200")]
    [InlineData("Host: LocalHost:1", "200")]
    [InlineData("Host: evil.example:PORT", "421")]
    [InlineData("Host: 127.0.0.1.evil.example", "421")]
    [InlineData("Host: localhost.evil.example:PORT", "421")]
    [InlineData("Host: 192.168.0.1:PORT", "421")]
    [InlineData("Host: 127.0.0.1, evil.example", "421")]
    [InlineData("Host: evil.example\r\nHost: localhost", "421")]
    [InlineData("Host:", "421")]
    [InlineData("X: localhost", "421")]
    public async Task Server_AnswersForItsOwnHostOnly(string host, string status)
    {
        using TcpClient client = await ConnectAsync();
        await WriteAsync(client, $"POST /v1 HTTP/1.1\r\n{host.Replace("PORT", $"{_server.Endpoint.Port}", StringComparison.Ordinal)}\r\nAuthorization: Bearer {_server.ApiKey}\r\nContent-Type: application/json\r\nContent-Length: 21\r\n\r\n[{{\"taskType\":\"ping\"}}]");
        Assert.StartsWith("HTTP/1.1 " + status, await ReadSomeAsync(client), StringComparison.Ordinal);
        Assert.Equal(status == "200" ? 1 : 0, _server.Engine.RequestCount);
    }

    [Fact]
    public void Server_HasAKeyOfItsOwnForEachStart()
    {
        using var other = new SandboxServer();
        Assert.NotEqual(_server.ApiKey, other.ApiKey);
        Assert.Matches("^sandbox-[0-9a-f]{16}$", other.ApiKey);
    }

    [Theory]
    [InlineData("")]
    [InlineData("POST /v1 HTTP/1.1\r\nHost: localhost\r\n")]
    [InlineData("POST /v1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n[")]
    public async Task Server_ClosesAnIdleConnection(string sent)
    {
        // Its limit is over before the client has sent anything.
        using var server = new SandboxServer(new SandboxOptions { IdleLimit = TimeSpan.FromMilliseconds(1) });
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Endpoint.Port);
        Exception? broken = await Record.ExceptionAsync(async () =>
        {
            await WriteAsync(client, sent);
            Assert.Equal("", await ReadToEndAsync(client));
        });
        Assert.True(broken is null or IOException, $"{broken}");
    }

    [Fact]
    public async Task Server_RefusesAnEndlessHead()
    {
        using TcpClient client = await ConnectAsync();
        await WriteAsync(client, "POST /v1 HTTP/1.1\r\nA: " + new string('a', 70_000));
        Assert.StartsWith("HTTP/1.1 431", await ReadSomeAsync(client), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Reset", 0)]
    [InlineData("LostAckBeforeAccept", 0)]
    [InlineData("LostAckAfterAccept", 1)]
    public async Task Server_BreaksTheConnection_ForReal(string fault, int accepted)
    {
        _server.Engine.AddFault(SandboxFault.Parse(fault));
        Guid id = Guid.NewGuid();
        await Assert.ThrowsAsync<HttpRequestException>(() => _http.PostAsync(_server.Endpoint, Body(SandboxBench.Task(id))));
        Assert.Equal(accepted, _server.Engine.AcceptedCount(id));
    }

    [Fact]
    public async Task Server_ResetIsARealReset()
    {
        _server.Engine.AddFault(new SandboxFault(SandboxFaultKind.Reset));
        using TcpClient client = await ConnectAsync();
        await WriteAsync(client, $"POST /v1 HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {_server.ApiKey}\r\nContent-Type: application/json\r\nContent-Length: 21\r\n\r\n[{{\"taskType\":\"ping\"}}]");
        IOException broken = await Assert.ThrowsAsync<IOException>(() => ReadSomeAsync(client));
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(broken.InnerException).SocketErrorCode);
    }

    [Theory]
    [InlineData("TruncatedDownload")]
    [InlineData("Reset:Download")]
    public async Task Server_CutsADownloadInTheMiddle(string fault)
    {
        Uri address = await FinishedVideoAsync();
        int length = (await _http.GetByteArrayAsync(address)).Length;
        _server.Engine.AddFault(SandboxFault.Parse(fault));
        using HttpResponseMessage reply = await _http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(length, reply.Content.Headers.ContentLength);
        using var got = new MemoryStream();
        Exception? broken = await Record.ExceptionAsync(() => reply.Content.CopyToAsync(got));
        Assert.IsType<IOException>(broken is HttpRequestException outer ? outer.InnerException : broken, exactMatch: false);
        Assert.True(got.Length < length);
    }

    [Fact]
    public async Task Server_Stall_LastsUntilTheClientGivesUp()
    {
        _server.Engine.AddFault(new SandboxFault(SandboxFaultKind.Stall));
        using var patience = new CancellationTokenSource();
        Task<HttpResponseMessage> waiting = _http.PostAsync(_server.Endpoint, Body(SandboxBench.Look(Guid.NewGuid())), patience.Token);
        while (_server.Engine.Log.Count == 0)
        {
            await Task.Yield();
        }

        Assert.False(waiting.IsCompleted);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Server_AnswersManyConnectionsAtOnce()
    {
        Guid[] ids = [.. Enumerable.Range(0, 40).Select(_ => Guid.NewGuid())];
        HttpResponseMessage[] replies = await Task.WhenAll(ids.Select(id => _http.PostAsync(_server.Endpoint, Body(SandboxBench.Task(id)))));
        Assert.All(replies, reply => Assert.Equal(HttpStatusCode.OK, reply.StatusCode));
        Assert.All(ids, id => Assert.Equal(1, _server.Engine.AcceptedCount(id)));
    }

    [Fact]
    public async Task Dispose_EndsStalledConnections_AndReleasesThePort()
    {
        var server = new SandboxServer(new SandboxOptions { ApiKey = _server.ApiKey, Faults = [new SandboxFault(SandboxFaultKind.Stall)] });
        Task<HttpResponseMessage> waiting = _http.PostAsync(server.Endpoint, Body(SandboxBench.Look(Guid.NewGuid())));
        while (server.Engine.Log.Count == 0)
        {
            await Task.Yield();
        }

        server.Dispose();
        server.Dispose();
        await Assert.ThrowsAsync<HttpRequestException>(() => waiting);
        using var again = new SandboxServer(new SandboxOptions { Port = server.Endpoint.Port, ApiKey = _server.ApiKey });
        Assert.Equal(server.Endpoint, again.Endpoint);
        using HttpResponseMessage reply = await _http.PostAsync(again.Endpoint, Body(new JsonObject { ["taskType"] = "ping" }));
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
    }

    [Fact]
    public async Task Server_CallsWebhooksAndUploads_OnLoopbackOnly()
    {
        // The listener that is called is a second sandbox: its log tells what arrived.
        using var called = new SandboxServer(new SandboxOptions { Clock = _clock });
        using var server = new SandboxServer(new SandboxOptions { Clock = _clock, GenerationDelay = TimeSpan.Zero, ApiKey = _server.ApiKey, DeliveryPorts = [called.Endpoint.Port, 80] });
        JsonObject task = SandboxBench.Task(Guid.NewGuid());
        task["webhookURL"] = new Uri(called.Endpoint, "/hook?token=t").AbsoluteUri;
        task["uploadEndpoint"] = new Uri(called.Endpoint, "/put").AbsoluteUri;
        JsonObject abroad = SandboxBench.Task(Guid.NewGuid());
        abroad["webhookURL"] = "http://192.0.2.1/hook";
        using HttpResponseMessage reply = await _http.PostAsync(server.Endpoint, Body(task, abroad));
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (called.Engine.Log.Select(entry => entry.Path).Distinct().Count() < 2)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        Assert.Equal(["/hook POST", "/put PUT"], called.Engine.Log.Select(entry => $"{entry.Path} {entry.Method}").Distinct().Order());
        SandboxLogEntry[] outgoing = [.. server.Engine.Log.Where(entry => entry.Path == "(outgoing)")];
        Assert.Equal(2, outgoing.Count(entry => entry.Summary.StartsWith("sent", StringComparison.Ordinal)));
        Assert.Equal(1, outgoing.Count(entry => entry.Summary.StartsWith("not sent", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Server_CallsNoPortThatWasNotNamed()
    {
        // A connection would wait in the listener's queue, so what is pending at the end was called.
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;
        using var named = new SandboxServer(new SandboxOptions { Clock = _clock });
        using var server = new SandboxServer(new SandboxOptions { Clock = _clock, GenerationDelay = TimeSpan.Zero, ApiKey = _server.ApiKey, DeliveryPorts = [named.Endpoint.Port] });
        JsonObject hostile = SandboxBench.Task(Guid.NewGuid());
        hostile["webhookURL"] = $"http://127.0.0.1:{port}/shutdown";
        hostile["uploadEndpoint"] = $"http://localhost:{port}/index";
        JsonObject honest = SandboxBench.Task(Guid.NewGuid());
        honest["webhookURL"] = new Uri(named.Endpoint, "/hook").AbsoluteUri;
        using HttpResponseMessage reply = await _http.PostAsync(server.Endpoint, Body(hostile, honest));
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (named.Engine.Log.Count == 0)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        Assert.False(other.Pending());
        Assert.Equal(2, server.Engine.Log.Count(entry => entry.Summary == $"not sent: port {port} is no DeliveryPort of Start-KlingSandbox"));
    }

    private static StringContent Body(params JsonNode[] tasks) => new(new JsonArray(tasks).ToJsonString(), Encoding.UTF8, "application/json");

    private async Task<Uri> FinishedVideoAsync()
    {
        Guid id = Guid.NewGuid();
        using HttpResponseMessage accepted = await _http.PostAsync(_server.Endpoint, Body(SandboxBench.Task(id)));
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
        _clock.Advance(SandboxBench.Delay);
        using HttpResponseMessage look = await _http.PostAsync(_server.Endpoint, Body(SandboxBench.Look(id)));
        using JsonDocument reply = JsonDocument.Parse(await look.Content.ReadAsStringAsync());
        return new Uri(reply.RootElement.GetProperty("data")[0].GetProperty("videoURL").GetString()!);
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient { ReceiveTimeout = 30_000 };
        await client.ConnectAsync(IPAddress.Loopback, _server.Endpoint.Port);
        return client;
    }

    private static async Task WriteAsync(TcpClient client, string text) => await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));

    private static async Task<string> ReadSomeAsync(TcpClient client)
    {
        byte[] buffer = new byte[4096];
        int read = await client.GetStream().ReadAsync(buffer);
        return Encoding.ASCII.GetString(buffer, 0, read);
    }

    private static async Task<string> ReadToEndAsync(TcpClient client)
    {
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadToEndAsync();
    }
}

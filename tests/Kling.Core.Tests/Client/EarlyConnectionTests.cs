using System.Net;
using System.Net.Sockets;
using Kling.Client;
using Kling.Requests;
using Kling.Support;

namespace Kling.Core.Tests.Client;

public class EarlyConnectionTests
{
    [Fact]
    public async Task OpenAsync_TheFirstRequestGoesOverThatConnection_AndNothingBefore()
    {
        using var server = RawServer.Sending("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"data\":[]}");
        using HttpClient http = HttpClientFactory.CreateApi();

        await EarlyConnection.OpenAsync(http, server.Endpoint);
        var api = new KlingApi(http, server.Endpoint, new Credential("a-key-for-the-tests"), SystemClock.Instance);
        await api.SendAsync(RequestBody.FromBytes("[]"u8.ToArray()), default);

        // The server takes one connection only, and shows the first message on it.
        Assert.EndsWith("\r\n\r\n[]", await server.Received);
    }

    [Fact]
    public async Task OpenAsync_NobodyThere_IsForTheRequestToSay()
    {
        using HttpClient http = HttpClientFactory.CreateApi();

        await EarlyConnection.OpenAsync(http, RawServer.NobodyThere());
    }

    [Fact]
    public async Task OpenAsync_WithAConnectionAtHand_SendsNothingEither()
    {
        using var server = RawServer.Sending("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"data\":[]}", readsAnother: true);
        using HttpClient http = HttpClientFactory.CreateApi();
        var api = new KlingApi(http, server.Endpoint, new Credential("a-key-for-the-tests"), SystemClock.Instance);
        await api.SendAsync(RequestBody.FromBytes("[]"u8.ToArray()), default);

        await EarlyConnection.OpenAsync(http, server.Endpoint);

        Assert.Equal("", await server.Received);
    }
}

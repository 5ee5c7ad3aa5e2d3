using System.Net;
using System.Net.Sockets;
using Kling.Sandbox.Replies;

namespace Kling.Core.Tests.EndToEnd;

/// <summary>
/// The network between one process and the service. It may refuse the connection, and the process may be stopped or die
/// before the service sees a request or after it has answered. The calls of a dead process never return.
/// </summary>
internal sealed class MoneyWire(MoneyWorld world, MoneyProcess process) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (process.IsTroubled && world.OneIn(25))
        {
            throw new HttpRequestException("refused", new SocketException((int)SocketError.ConnectionRefused));
        }

        byte[] body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        if (world.OneIn(3))
        {
            await Task.Yield();
        }

        await process.StepAsync();
        cancellationToken.ThrowIfCancellationRequested();
        SandboxReply? reply = process.WhileAlive(() => world.Service.Handle(new SandboxRequest
        {
            Headers = new Dictionary<string, string>
            {
                ["Content-Type"] = request.Content.Headers.ContentType!.ToString(),
                ["Authorization"] = request.Headers.GetValues("Authorization").Single(),
            },
            Body = body,
        }));
        world.CheckSpending();
        await process.StepAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return reply is { Status: not 0, BodyTail: SandboxBodyTail.Complete }
            ? Response(reply)
            : throw new HttpRequestException("The connection was closed.", new IOException("closed"));
    }

    private static HttpResponseMessage Response(SandboxReply reply)
    {
        var response = new HttpResponseMessage((HttpStatusCode)reply.Status) { Content = new ByteArrayContent(reply.Body) };
        foreach ((string name, string value) in reply.Headers)
        {
            _ = response.Headers.TryAddWithoutValidation(name, value) || response.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return response;
    }
}

using System.Net;

namespace Kling.Core.Tests.Client;

/// <summary>A network of one answer: it reads the request as a server would, then does what the test says.</summary>
internal sealed class FakeHandler(Func<HttpRequestMessage, byte[], CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
{
    public int Calls { get; private set; }

    public HttpRequestMessage? Request { get; private set; }

    public byte[] Body { get; private set; } = [];

    public static FakeHandler Replying(int status, string body, params (string Name, string Value)[] headers) =>
        new((_, _, _) =>
        {
            var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body) };
            foreach ((string name, string value) in headers)
            {
                response.Headers.TryAddWithoutValidation(name, value);
            }

            return Task.FromResult(response);
        });

    public static FakeHandler Throwing(Func<Exception> fault) => new((_, _, _) => Task.FromException<HttpResponseMessage>(fault()));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Calls++;
        Request = request;
        Body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        return await answer(request, Body, cancellationToken);
    }
}

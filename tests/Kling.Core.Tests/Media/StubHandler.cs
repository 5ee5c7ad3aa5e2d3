using System.Net.Http;

namespace Kling.Core.Tests.Media;

/// <summary>Answers requests as a test says and remembers them.</summary>
internal sealed class StubHandler(Func<HttpRequestMessage, int, HttpResponseMessage> answer) : HttpMessageHandler
{
    public List<HttpRequestMessage> Requests { get; } = [];

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Add(request);
        HttpResponseMessage response = answer(request, Requests.Count);
        return Task.FromResult(response);
    }
}

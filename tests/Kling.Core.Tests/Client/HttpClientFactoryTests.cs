using System.Net;
using Kling.Client;
using Kling.Support;

namespace Kling.Core.Tests.Client;

public class HttpClientFactoryTests
{
    [Fact]
    public void CreateApi_LeavesTimeoutsToTheCalls()
    {
        using HttpClient http = HttpClientFactory.CreateApi();

        Assert.Equal(Timeout.InfiniteTimeSpan, http.Timeout);
    }

    [Fact]
    public void CreateHandler_KeepsTheKeyAtItsAddress()
    {
        using HttpClientHandler handler = HttpClientFactory.CreateHandler();

        Assert.False(handler.AllowAutoRedirect);
        Assert.False(handler.UseCookies);
        Assert.True(handler.AutomaticDecompression.HasFlag(DecompressionMethods.GZip));
    }

    [Theory]
    [InlineData("http://127.0.0.1:5000/v1", true)]
    [InlineData("http://localhost:5000/v1", true)]
    [InlineData("http://[::1]/v1", true)]
    [InlineData("https://api.runware.ai/v1", false)]
    public void Proxy_NeverCarriesLoopback(string address, bool direct)
    {
        var proxy = new LoopbackDirectProxy(new WebProxy("http://proxy.example:3128"));

        Assert.Equal(direct, proxy.IsBypassed(new Uri(address)));
        Assert.Equal(direct ? null : new Uri("http://proxy.example:3128"), proxy.GetProxy(new Uri(address)));
    }
}

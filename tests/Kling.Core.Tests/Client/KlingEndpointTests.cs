using Kling.Client;

namespace Kling.Core.Tests.Client;

public class KlingEndpointTests
{
    [Theory]
    [InlineData(KlingEndpoint.DefaultAddress, "https://api.runware.ai/v1")]
    [InlineData(" HTTPS://API.Runware.AI/v1/ ", "https://api.runware.ai/v1")]
    [InlineData("https://proxy.example:8443/runware", "https://proxy.example:8443/runware")]
    [InlineData("http://localhost:5000/v1", "http://localhost:5000/v1")]
    [InlineData("http://127.0.0.1:5000", "http://127.0.0.1:5000/")]
    [InlineData("http://[::1]:5000/v1", "http://[::1]:5000/v1")]
    public void Parse_Allowed(string text, string expected) => Assert.Equal(expected, KlingEndpoint.Parse(text).AbsoluteUri);

    [Theory]
    [InlineData("", "is not an absolute address")]
    [InlineData("api.runware.ai/v1", "is not an absolute address")]
    [InlineData("localhost:5000", "is not an absolute address")]
    [InlineData("/v1", "is not an absolute address")]
    [InlineData("http://api.runware.ai/v1", "would send the key unencrypted")]
    [InlineData("http://localhost.evil.example/v1", "would send the key unencrypted")]
    [InlineData("http://127.0.0.1.evil.example/v1", "would send the key unencrypted")]
    [InlineData("ftp://localhost/v1", "is not an https address")]
    [InlineData("file:///etc/passwd", "is not an https address")]
    [InlineData("wss://ws-api.runware.ai/v1", "is not an https address")]
    [InlineData("https://user:hunter2hunter2@api.runware.ai/v1", "has a user name")]
    [InlineData("https://api.runware.ai/v1?token=hunter2hunter2", "has a query or a fragment")]
    [InlineData("https://api.runware.ai/v1#hunter2hunter2", "has a query or a fragment")]
    [InlineData("https://api.runware.ai/v1?", "has a query or a fragment")]
    [InlineData("hunter2hunter2", "is not an absolute address")]
    [InlineData("https://us er:hunter2hunter2@api.runware.ai/v1", "")]
    public void Parse_Refused_SaysGivenAndAllowedWithoutSecrets(string text, string why)
    {
        string message = Assert.Throws<ArgumentException>(() => KlingEndpoint.Parse(text)).Message;

        Assert.StartsWith("Endpoint: '", message, StringComparison.Ordinal);
        Assert.Contains(why, message, StringComparison.Ordinal);
        Assert.Contains("Allowed: an absolute https address", message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
    }
}

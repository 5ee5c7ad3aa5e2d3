using Kling.Support;

namespace Kling.Core.Tests.Support;

public class AddressTextTests
{
    [Theory]
    [InlineData("https://bucket.test/v.mp4", "https://bucket.test/v.mp4")]
    [InlineData("https://me:hunter2@bucket.test/v.mp4", "https://bucket.test/v.mp4")]
    [InlineData("https://me:hunter2@bucket.test:8443", "https://bucket.test:8443")]
    [InlineData("https://me:hu@nter2@bucket.test/a@b", "https://bucket.test/a@b")]
    [InlineData("me:hunter2@bucket.test/v", "bucket.test/v")]
    [InlineData("https:/me:hunter2@bucket.test/v", "https:/bucket.test/v")]
    [InlineData("//me:hunter2@bucket.test/v", "//bucket.test/v")]
    [InlineData("https://bucket.test/v?", "https://bucket.test/v")]
    [InlineData("http://[::1", "http://[::1")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void Shown_DropsUserInfo(string? address, string expected) => Assert.Equal(expected, AddressText.Shown(address));

    [Theory]
    [InlineData("https://b.test/v?X-Amz-Signature=abc&X-Amz-Exp=1", "https://b.test/v?[query: 31 characters, sha256 ")]
    [InlineData("https://b.test/v#fragment", "https://b.test/v?[query: 8 characters, sha256 ")]
    [InlineData("https://b.test?a#b", "https://b.test?[query: 3 characters, sha256 ")]
    [InlineData("::: ?bad", "::: ?[query: 3 characters, sha256 ")]
    public void Shown_ReplacesQueryAndFragment(string address, string start)
    {
        string shown = AddressText.Shown(address);
        Assert.StartsWith(start, shown);
        Assert.True(AddressText.IsMasked(shown));
        Assert.Equal(shown, AddressText.Shown(shown));
    }

    [Fact]
    public void Shown_TellsTwoQueriesApart_AndKnowsTheSameAgain()
    {
        Assert.NotEqual(AddressText.Shown("https://b.test/v?a=1"), AddressText.Shown("https://b.test/v?a=2"));
        Assert.Equal(AddressText.Shown("https://b.test/v?a=1"), AddressText.Shown("https://b.test/v?a=1"));
        Assert.EndsWith("sha256 ca978112ca1b]", AddressText.Shown("https://b.test/v?a"));
    }

    [Fact]
    public void RealQuery_ThatContainsAMask_IsStillMasked()
    {
        string shown = AddressText.Shown("https://b.test/v?key=topsecret&x=?[query: 3 characters, sha256 0123456789ab]");
        Assert.DoesNotContain("topsecret", shown);
    }

    [Fact]
    public void InlineShown_IsLengthAndHash()
    {
        string shown = AddressText.InlineShown("data:image/png;base64,AAAA");
        Assert.Matches("^\\[data: 26 characters, sha256 [0-9a-f]{12}\\]$", shown);
        Assert.True(AddressText.IsMasked(shown));
        Assert.Equal(shown, AddressText.InlineShown(shown));
    }

    [Theory]
    [InlineData("https://b.test/v?a=1")]
    [InlineData("[data: x characters, sha256 0123456789ab]")]
    [InlineData("[query: 3 characters, sha256 0123456789ab] and more")]
    [InlineData("")]
    [InlineData(null)]
    public void IsMasked_IsExact(string? text) => Assert.False(AddressText.IsMasked(text));

    [Fact]
    public void Shown_NeverThrows_NeverShowsEightCharactersOfASecret()
    {
        var random = new Random(20250529);
        const string Noise = "ab:/\\?#@[]% \t\u0000\ud800é";
        for (int run = 0; run < 5000; run++)
        {
            string start = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => Noise[random.Next(Noise.Length)]));
            Assert.DoesNotContain("SECRETSE", AddressText.Shown($"{start}?SECRETSECRET"));
            Assert.DoesNotContain("SECRETSE", AddressText.Shown($"https://{start.Replace("/", "").Replace("\\", "").Replace("?", "").Replace("#", "")}SECRETSECRET@host/p"));
        }
    }
}

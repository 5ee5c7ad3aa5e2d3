using Kling.Journal;
using Kling.Models;
using Kling.Support;

namespace Kling.Core.Tests.Support;

public class MaskingTests
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
    public void Address_DropsUserInfo(string? address, string expected) => Assert.Equal(expected, Masking.Address(address));

    [Theory]
    [InlineData("https://b.test/v?X-Amz-Signature=abc&X-Amz-Exp=1", "https://b.test/v?[query: 31 characters, sha256 ")]
    [InlineData("https://b.test/v#fragment", "https://b.test/v?[query: 8 characters, sha256 ")]
    [InlineData("https://b.test?a#b", "https://b.test?[query: 3 characters, sha256 ")]
    [InlineData("::: ?bad", "::: ?[query: 3 characters, sha256 ")]
    public void Address_ReplacesQueryAndFragment(string address, string start)
    {
        string shown = Masking.Address(address);
        Assert.StartsWith(start, shown);
        Assert.True(Masking.IsMasked(shown));
        Assert.Equal(shown, Masking.Address(shown));
    }

    [Fact]
    public void Address_TellsTwoQueriesApart_AndKnowsTheSameAgain()
    {
        Assert.NotEqual(Masking.Address("https://b.test/v?a=1"), Masking.Address("https://b.test/v?a=2"));
        Assert.Equal(Masking.Address("https://b.test/v?a=1"), Masking.Address("https://b.test/v?a=1"));
        Assert.EndsWith("sha256 ca978112ca1b]", Masking.Address("https://b.test/v?a"));
    }

    [Fact]
    public void RealQuery_ThatContainsAMask_IsStillMasked()
    {
        string shown = Masking.Address("https://b.test/v?key=topsecret&x=?[query: 3 characters, sha256 0123456789ab]");
        Assert.DoesNotContain("topsecret", shown);
    }

    [Fact]
    public void InlineData_IsLengthAndHash()
    {
        string shown = Masking.InlineData("data:image/png;base64,AAAA");
        Assert.Matches("^\\[data: 26 characters, sha256 [0-9a-f]{12}\\]$", shown);
        Assert.True(Masking.IsMasked(shown));
        Assert.Equal(shown, Masking.InlineData(shown));
    }

    [Theory]
    [InlineData("https://b.test/v?a=1")]
    [InlineData("[data: x characters, sha256 0123456789ab]")]
    [InlineData("[query: 3 characters, sha256 0123456789ab] and more")]
    [InlineData("https://b.test/v?(3 characters, sha256:0123456789abcdef)&key=topsecret")]
    [InlineData("/shots/harbour (3 characters).png")]
    [InlineData("")]
    [InlineData(null)]
    public void IsMasked_IsExact(string? text) => Assert.False(Masking.IsMasked(text));

    /// <summary>The first version wrote three forms into journals, sidecars and messages. All of them stay what they are.</summary>
    [Theory]
    [InlineData("https://b.test/v?[query: 31 characters, sha256 0123456789ab]")]
    [InlineData("[data: 26 characters, sha256 0123456789ab]")]
    [InlineData("https://b.test/v?[31 characters, sha256 01234567]")]
    [InlineData("https://b.test/v#[31 characters, sha256 01234567]")]
    [InlineData("data:image/png;base64,[12 characters, sha256 01234567]")]
    [InlineData("[400 characters, sha256 01234567]")]
    [InlineData("https://b.test/v?(31 characters, sha256:0123456789abcdef)")]
    [InlineData("https://b.test/v#(31 characters, sha256:0123456789abcdef)")]
    [InlineData("data:image/png;base64,(12 characters, sha256:0123456789abcdef)")]
    [InlineData("data:(12 characters, sha256:0123456789abcdef)")]
    [InlineData("(400 characters, sha256:0123456789abcdef)")]
    public void EveryFormOfTheFirstVersion_IsMasked(string text)
    {
        Assert.True(Masking.IsMasked(text));
        Assert.Equal(text, Masking.Address(text));
        Assert.Equal(text, Masking.InlineData(text));
        Assert.Equal(text, Masking.Clean(text));
        Assert.Equal($"\"could not fetch '{text}'.\"", Masking.Clean($"\"could not fetch '{text}'.\""));
    }

    [Theory]
    [InlineData("https://b.test/v?[query: 31 characters, sha256 0123456789ab]&key=topsecret")]
    [InlineData("https://b.test/v?(31 characters, sha256:0123456789abcdef)topsecret")]
    [InlineData("data:image/png;base64,[12 characters, sha256 01234567]topsecret")]
    public void Clean_WhatFollowsAMask_IsMasked(string text) => Assert.DoesNotContain("topsecret", Masking.Clean(text));

    [Theory]
    [InlineData("https://b.test/v?key=1#x")]
    [InlineData("data:image/png;base64,iVBORw0KGgo=")]
    public void OneSecret_LooksTheSameEverywhere(string secret)
    {
        string shown = secret.StartsWith("data:") ? Masking.InlineData(secret) : Masking.Address(secret);
        Assert.Equal(shown, new RequestImage(secret.StartsWith("data:") ? ImageKind.DataUri : ImageKind.Url, secret).Shown);
        Assert.Equal($"no {shown} here", Redactor.WithoutKey.Clean($"no {secret} here"));
        Assert.Equal(shown, JournalWriter.WithoutSecrets(secret, isImage: true));
        Assert.Equal($"no {shown} here", JournalWriter.WithoutSecrets($"no {secret} here"));
    }

    [Fact]
    public void Address_NeverThrows_NeverShowsEightCharactersOfASecret()
    {
        var random = new Random(20250529);
        const string Noise = "ab:/\\?#@[]% \t\u0000\ud800é";
        for (int run = 0; run < 5000; run++)
        {
            string start = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => Noise[random.Next(Noise.Length)]));
            Assert.DoesNotContain("SECRETSE", Masking.Address($"{start}?SECRETSECRET"));
            Assert.DoesNotContain("SECRETSE", Masking.Address($"https://{start.Replace("/", "").Replace("\\", "").Replace("?", "").Replace("#", "")}SECRETSECRET@host/p"));
        }
    }
}

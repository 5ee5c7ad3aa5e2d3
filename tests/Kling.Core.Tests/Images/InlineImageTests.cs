using System.Security.Cryptography;
using Kling.Images;
using Kling.Models;

namespace Kling.Core.Tests.Images;

public class InlineImageTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void GoodImage_ComesWithHashAndSize(int extra)
    {
        byte[] bytes = Pictures.Png(extra: 60 + extra);
        string data = Convert.ToBase64String(bytes);
        foreach ((ImageKind kind, string text) in new[] { (ImageKind.Base64, data), (ImageKind.DataUri, "data:image/png;base64," + data) })
        {
            RequestImage image = InlineImage.Load(kind, text);
            Assert.Equal((kind, text), (image.Kind, image.Value));
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), image.Sha256);
            Assert.Equal(bytes.Length, image.Bytes);
            Assert.Equal(("PNG", 640, 480), (image.Format, image.Width, image.Height));
        }
    }

    [Fact]
    public void LineBreaks_AreDropped()
    {
        string data = Convert.ToBase64String(Pictures.Png(extra: 300));
        string wrapped = " " + string.Join("\r\n", data.Chunk(76).Select(line => new string(line))) + "\n";
        Assert.Equal(data, InlineImage.Load(ImageKind.Base64, wrapped).Value);
        Assert.Equal("data:image/png;base64," + data, InlineImage.Load(ImageKind.DataUri, "data:image/png;base64," + wrapped).Value);
    }

    [Theory]
    [InlineData(ImageKind.Base64, "not base64!")]
    [InlineData(ImageKind.Base64, "iVBORw0KGgoAAAANSUhEUgAAAoAAAAHg=")]
    [InlineData(ImageKind.Base64, "cGxhaW4gdGV4dA==")]
    [InlineData(ImageKind.Base64, "")]
    [InlineData(ImageKind.DataUri, "data:image/png;base64")]
    [InlineData(ImageKind.DataUri, "data:image/png;base64,")]
    [InlineData(ImageKind.DataUri, "data:image/png,%89PNG%0D%0A")]
    [InlineData(ImageKind.DataUri, "data:text/plain;base64,iVBORw0KGgo=")]
    [InlineData(ImageKind.DataUri, "data:image/\"png;base64\n,iVBORw0KGgo=")]
    public void WhatIsNoImage_IsRefused_WithoutShowingIt(ImageKind kind, string text)
    {
        ImageException failure = Assert.Throws<ImageException>(() => InlineImage.Load(kind, text));
        Assert.Contains($"[data: {text.Length} characters, sha256 ", failure.Message);
        Assert.Contains("allowed: ", failure.Message);
        Assert.DoesNotContain("iVBORw0K", failure.Message);
    }
}

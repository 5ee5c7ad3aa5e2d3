using System.Security.Cryptography;
using System.Text;
using Kling.Images;
using Kling.Models;

namespace Kling.Core.Tests.Images;

public class ImageFileTests : TempFolder
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData((256 * 1024) - Pictures.SmallestPng)]
    [InlineData((256 * 1024) - Pictures.SmallestPng + 1)]
    [InlineData((512 * 1024) + 1)]
    public void Image_ComesWithHashAndSize(int extra)
    {
        byte[] bytes = Pictures.Png(extra: extra);
        RequestImage image = ImageFile.Load(Write("harbor [1].png", bytes));
        Assert.Equal(ImageKind.File, image.Kind);
        Assert.Equal(Path.Combine(Folder, "harbor [1].png"), image.Value);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), image.Sha256);
        Assert.Equal(bytes.Length, image.Bytes);
        Assert.Equal(("PNG", 640, 480), (image.Format, image.Width, image.Height));
    }

    [Fact]
    public void Format_IsThatOfTheBytes_NotOfTheName() => Assert.Equal("GIF", ImageFile.Load(Write("a.jpg", Pictures.Gif(640, 480))).Format);

    [Fact]
    public void TextNamedJpg_IsRefused() => AssertRefused(Write("a.jpg", Encoding.ASCII.GetBytes("this is no image")), "not an image");

    [Fact]
    public void EmptyFile_IsRefused() => AssertRefused(Write("a.png", []), "is empty");

    [Fact]
    public void MissingFile_IsRefused() => AssertRefused(Path.Combine(Folder, "no.png"), "does not exist");

    [Fact]
    public void MissingFolder_IsRefused() => AssertRefused(Path.Combine(Folder, "no", "no.png"), "does not exist");

    [Fact]
    public void AFolder_IsRefused() => AssertRefused(Folder, "is a folder");

    [Theory]
    [InlineData("")]
    [InlineData("a\0b.png")]
    public void ImpossiblePath_IsRefused(string path) => Assert.Throws<ImageException>(() => ImageFile.Load(path));

    [Fact]
    public void FileHeldByAnother_IsRefused()
    {
        string path = Write("a.png", Pictures.Png());
        using var held = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        AssertRefused(path, "cannot be read");
    }

    [Fact]
    public void CutFile_IsRefused_AndSaysSo() =>
        AssertRefused(Write("a.png", Pictures.Png()[..40]), "is a PNG image that is cut off: it ends after 40 bytes, before it is complete");

    [Fact]
    public void ForeignFile_IsNamed() =>
        AssertRefused(Write("a.jpg", Encoding.ASCII.GetBytes("%PDF-1.7\n%")), "is a PDF document and not an image of a known kind");

    private static void AssertRefused(string path, string fault)
    {
        ImageException failure = Assert.Throws<ImageException>(() => ImageFile.Load(path));
        Assert.Contains(path, failure.Message);
        Assert.Contains(fault, failure.Message);
        Assert.Contains("allowed: a readable PNG, JPEG, WebP, GIF or BMP file", failure.Message);
    }
}

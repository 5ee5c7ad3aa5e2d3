using Kling.Images;
using Kling.Models;

namespace Kling.Core.Tests.Images;

/// <summary>Images that other programs wrote; all are 40 by 30 pixels as stored.</summary>
public class ImageFixtureTests
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Fixtures", "images");

    public static TheoryData<string, string, int, int, bool> Fixtures() => new()
    {
        { "rgb.png", "PNG", 40, 30, false },
        { "rgba.png", "PNG", 40, 30, true },
        { "gray.png", "PNG", 40, 30, false },
        { "gray16.png", "PNG", 40, 30, false },
        { "palette-transparent.png", "PNG", 40, 30, true },
        { "baseline.jpg", "JPEG", 40, 30, false },
        { "progressive.jpg", "JPEG", 40, 30, false },
        { "cmyk.jpg", "JPEG", 40, 30, false },
        { "restarts.jpg", "JPEG", 40, 30, false },
        { "orientation-3.jpg", "JPEG", 40, 30, false },
        { "orientation-6.jpg", "JPEG", 30, 40, false },
        { "lossy.webp", "WebP", 40, 30, false },
        { "lossless.webp", "WebP", 40, 30, false },
        { "lossy-alpha.webp", "WebP", 40, 30, true },
        { "lossless-alpha.webp", "WebP", 40, 30, true },
        { "extended.webp", "WebP", 30, 40, false },
        { "animated.webp", "WebP", 40, 30, true },
        { "still.gif", "GIF", 40, 30, false },
        { "transparent.gif", "GIF", 40, 30, true },
        { "animated.gif", "GIF", 40, 30, false },
        { "rgb.bmp", "BMP", 40, 30, false },
        { "palette.bmp", "BMP", 40, 30, false },
        { "bits.bmp", "BMP", 40, 30, false },
        { "rgba.bmp", "BMP", 40, 30, false },
    };

    [Fact]
    public void EveryFixture_HasItsAnswer() => Assert.Equal(
        Directory.GetFiles(s_folder).Select(Path.GetFileName).Order(), Fixtures().Select(row => (string?)row[0]).Order());

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Answers_AreRight_AlsoWithBytesBehindTheEnd(string name, string format, int width, int height, bool alpha)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(s_folder, name));
        foreach (byte[] whole in new[] { bytes, [.. bytes, 0, 0xff, 0xd9, 1, 2, 3] })
        {
            Assert.True(ImageReader.TryRead(new MemoryStream(whole), out ImageInfo? info, out string? fault), fault);
            ImageTraits traits = name == "cmyk.jpg" ? ImageTraits.Cmyk : name == "animated.webp" ? ImageTraits.Animated : ImageTraits.None;
            Assert.Equal(new ImageInfo(format, width, height, alpha, traits), info);
        }
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void CutAnywhere_IsRefused(string name, string format, int width, int height, bool alpha)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(s_folder, name));

        // All pixels of a JPEG may be there without its end mark (ForgivenImageTests).
        int whole = format == "JPEG" && name != "progressive.jpg" ? bytes.Length - 2 : bytes.Length;
        for (int length = 0; length < whole; length++)
        {
            Assert.False(ImageReader.TryRead(new MemoryStream(bytes[..length]), out _, out string? fault), $"{name} cut at {length}: {format} {width} {height} {alpha}");
            Assert.True(length < 20 || fault!.Contains("cut off", StringComparison.Ordinal), $"{length}: {fault}");
        }
    }

    [Theory]
    [InlineData("gray.png")]
    [InlineData("rgba.png")]
    public void ChangedPng_AnyByte_IsRefused(string name)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(s_folder, name));
        for (int at = 0; at < bytes.Length; at++)
        {
            byte[] changed = [.. bytes];
            changed[at] ^= 0x04;
            Assert.False(ImageReader.TryRead(new MemoryStream(changed), out _, out _), $"changed at {at}");
        }
    }
}

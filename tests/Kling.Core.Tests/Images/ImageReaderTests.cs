using System.Text;
using Kling.Images;

namespace Kling.Core.Tests.Images;

public class ImageReaderTests
{
    public static TheoryData<string, byte[], int, int> Images() => new()
    {
        { "PNG", Pictures.Png(640, 480), 640, 480 },
        { "GIF", Pictures.Gif(640, 480), 640, 480 },
        { "BMP", Pictures.Bmp(640, 480), 640, 480 },
        { "BMP", Pictures.Bmp(640, -480), 640, 480 },
        { "BMP", Pictures.OldBmp(640, 480), 640, 480 },
        { "WebP", Pictures.Vp8X(640, 480), 640, 480 },
        { "WebP", Pictures.Vp8L(640, 480), 640, 480 },
        { "WebP", Pictures.Vp8(640, 480), 640, 480 },
        { "JPEG", Pictures.Jpeg(640, 480), 640, 480 },
        { "JPEG", Pictures.Jpeg(640, 480, orientation: 1), 640, 480 },
        { "JPEG", Pictures.Jpeg(640, 480, orientation: 6), 480, 640 },
        { "JPEG", Pictures.Jpeg(640, 480, orientation: 8, little: false), 480, 640 },
        { "JPEG", Pictures.Jpeg(640, 480, orientation: 3, little: false), 640, 480 },
    };

    [Theory]
    [MemberData(nameof(Images))]
    public void FormatAndSize_AreReadFromTheBytes(string format, byte[] bytes, int width, int height)
    {
        ImageInfo info = Read(bytes);
        Assert.Equal((format, width, height), (info.Format, info.Width, info.Height));
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void EveryPrefix_IsRefused(string format, byte[] bytes, int width, int height)
    {
        Assert.Equal((width, height), (Read(bytes).Width, Read(bytes).Height));
        for (int length = 0; length < bytes.Length; length += length < 200 ? 1 : 97)
        {
            string fault = Fault(bytes[..length]);
            Assert.True(length < 20 || fault.Contains($"is a {format} image that is cut off: it ends after {length} bytes", StringComparison.Ordinal), $"{length}: {fault}");
        }
    }

    [Theory]
    [InlineData("BMW is a maker of cars, and this is a text.", "is not an image, whatever its name says")]
    [InlineData("  <svg xmlns='http://www.w3.org/2000/svg'/>", "is an SVG drawing and not an image of a known kind")]
    [InlineData("\r\n<!DOCTYPE HTML><html>", "is an HTML page")]
    [InlineData("RIFF....WAVEfmt ", "is a WAV sound")]
    [InlineData("....ftypheic", "is a HEIC image")]
    [InlineData("....ftypavif", "is an AVIF image")]
    [InlineData("....ftypisom", "is an MP4 or MOV video")]
    [InlineData("II*\0", "is a TIFF image")]
    [InlineData("8BPS", "is a Photoshop document")]
    [InlineData("PK\u0003\u0004", "is a ZIP archive")]
    [InlineData("version https://git-lfs.github.com/spec/v1", "is a Git LFS pointer")]
    [InlineData("{\"errors\":[]}", "is a JSON text")]
    [InlineData("GIF90a", "is not an image")]
    [InlineData("%PDF-1.7", "is a PDF document")]
    [InlineData("", "is empty")]
    public void OtherThings_AreNamed(string text, string fault) => Assert.Contains(fault, Fault(Encoding.Latin1.GetBytes(text)), StringComparison.Ordinal);

    public static TheoryData<byte[], string> Broken() => new()
    {
        { Pictures.Png(0, 480), "has no size" },
        { Pictures.Png(640, -1), "has no size" },
        { Pictures.Bmp(640, 0), "has no size" },
        { Pictures.Bmp(-640, 480), "has no size" },
        { Pictures.Gif(0, 0), "has no size" },
        { Pictures.Jpeg(640, 0), "has no size" },
        { Pictures.Vp8(0, 480), "has no size" },
        { Changed(Pictures.Png(), 16), "the checksum of a part of it (IHDR) is wrong" },
        { Changed(Pictures.Png(), 41), "the checksum of a part of it (IDAT) is wrong" },
        { WithoutPixels(), "it has no pixels (IDAT)" },
        { [.. Pictures.Gif(3, 4)[..13], 0x3b], "it has no pixels" },
        { [0xff, 0xd8, 0xff, 0xd9], "it has no pixels" },
        { [.. "RIFF"u8, 4, 0, 0, 0, .. "WEBP"u8], "it has no pixels" },
        { Swapped(Pictures.Vp8X(640, 480), 24, 1), "its canvas and its image differ in size" },
        { Swapped(Pictures.Bmp(640, 480), 26, 2), "names a kind of pixels that does not exist" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void WhatCannotBe_IsDamaged(byte[] bytes, string what)
    {
        string fault = Fault(bytes);
        Assert.StartsWith("is a damaged ", fault, StringComparison.Ordinal);
        Assert.Contains(what, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void LongMetadata_StandsBeforeTheSize_AndIsPassed()
    {
        byte[] whole = Pictures.Jpeg(640, 480, orientation: 6);
        byte[] profile = [0xff, 0xe2, 0xff, 0xff, .. new byte[0xfffd]];
        byte[] padded = [.. whole[..2], .. Enumerable.Repeat(profile, 20).SelectMany(bytes => bytes), .. whole[2..]];
        Assert.Equal((480, 640), (Read(padded).Width, Read(padded).Height));
    }

    [Fact]
    public void ImmenseSizes_DoNotOverflow()
    {
        byte[] bytes = Pictures.Bmp(640, 480);
        BitConverter.GetBytes(int.MaxValue).CopyTo(bytes, 18);
        BitConverter.GetBytes(int.MaxValue).CopyTo(bytes, 22);
        bytes[28] = 32;
        Assert.Contains("cut off", Fault(bytes), StringComparison.Ordinal);
    }

    private static byte[] WithoutPixels()
    {
        byte[] whole = Pictures.Png();
        return [.. whole[..33], .. whole[47..]];
    }

    private static byte[] Changed(byte[] bytes, int at) => Swapped(bytes, at, (byte)(bytes[at] ^ 1));

    private static byte[] Swapped(byte[] bytes, int at, byte value)
    {
        bytes[at] = value;
        return bytes;
    }

    private static ImageInfo Read(byte[] bytes)
    {
        Assert.True(ImageReader.TryRead(new MemoryStream(bytes), out ImageInfo? info, out string? fault), fault);
        return info!;
    }

    private static string Fault(byte[] bytes)
    {
        Assert.False(ImageReader.TryRead(new MemoryStream(bytes), out ImageInfo? info, out string? fault), $"{info}");
        return fault!;
    }
}

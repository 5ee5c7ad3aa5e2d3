using Kling.Images;
using Kling.Models;

namespace Kling.Core.Tests.Images;

/// <summary>Files that break the rules of their format and are shown by decoders all the same, and what files say about themselves beside their size.</summary>
public class ForgivenImageTests
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Fixtures", "images");

    public static TheoryData<string> Sequential() => new("baseline.jpg", "cmyk.jpg", "restarts.jpg", "orientation-3.jpg", "orientation-6.jpg");

    [Theory]
    [MemberData(nameof(Sequential))]
    public void Jpeg_WithoutItsEndMark_IsIrregular(string name) => AssertIrregular(name, Bytes(name)[..^2]);

    [Theory]
    [MemberData(nameof(Sequential))]
    public void Jpeg_WithOtherBytesInsteadOfItsEndMark_IsIrregular(string name)
    {
        // Some bytes end the pixels, others hide the end mark, as the trailer of a panorama does.
        foreach (byte[] trailer in new byte[][] { [0xff, 0x30, 1, 2, 3], [0xff, 0xc9, 0x13, 0x88, 1, 2, 3], [0xff, 0xe4, 0, 1], [.. "SEFT"u8] })
        {
            AssertIrregular(name, [.. Bytes(name)[..^2], .. trailer]);
        }
    }

    [Theory]
    [MemberData(nameof(Sequential))]
    public void Jpeg_WithAnyBytesBeforeItsEndMark_IsAccepted(string name)
    {
        var random = new Random(20261128);
        byte[] bytes = Bytes(name);
        for (int i = 0; i < 200; i++)
        {
            var junk = new byte[random.Next(1, 4000)];
            random.NextBytes(junk);
            ImageInfo whole = Read(bytes);
            Assert.Equal(whole, Read([.. bytes[..^2], .. junk, 0xff, 0xd9]) with { Traits = whole.Traits });
        }
    }

    [Theory]
    [MemberData(nameof(Sequential))]
    [InlineData("progressive.jpg")]
    public void Jpeg_WithBytesBetweenItsSegments_IsIrregular(string name)
    {
        byte[] bytes = Bytes(name);
        int second = 4 + ((bytes[4] << 8) | bytes[5]);
        AssertIrregular(name, [.. bytes[..second], 0, 1, 2, 0xff, 0x00, 0xff, 0x42, .. bytes[second..]]);
    }

    [Fact]
    public void Jpeg_Progressive_NeedsItsEndMark() =>
        Assert.False(ImageReader.TryRead(new MemoryStream(Bytes("progressive.jpg")[..^2]), out _, out _));

    [Theory]
    [InlineData(1, 640, 480)]
    [InlineData(6, 480, 640)]
    [InlineData(8, 480, 640)]
    [InlineData(99, 640, 480)]
    public void Orientation_OfPngAndWebP_IsRead(int orientation, int width, int height)
    {
        byte[] jpeg = Pictures.Jpeg(640, 480, orientation);

        // The same data as in the segment of a JPEG, without its name.
        byte[] exif = jpeg[12..(4 + jpeg[5])];
        byte[] png = Pictures.Png(640, 480);
        Assert.Equal((width, height), Size([.. png[..33], .. Pictures.Chunk("eXIf", exif), .. png[33..]]));
        Assert.Equal((width, height), Size([.. png[..^12], .. Pictures.Chunk("eXIf", exif), .. png[^12..]]));
        byte[] webp = [.. Pictures.Vp8X(640, 480), .. "EXIF"u8, .. BitConverter.GetBytes(exif.Length), .. exif, .. new byte[exif.Length % 2]];
        webp[20] |= 0x08;
        BitConverter.GetBytes(webp.Length - 8).CopyTo(webp, 4);
        Assert.Equal((width, height), Size(webp));
    }

    [Fact]
    public void Orientation_ThatCannotBeRead_IsIgnored()
    {
        byte[] png = Pictures.Png(640, 480);
        foreach (byte[] exif in new byte[][] { [], [1], [.. "MM"u8], [.. "II"u8, 42, 0, 255, 255, 255, 255], [.. "Exif"u8, 0, 0] })
        {
            Assert.Equal((640, 480), Size([.. png[..33], .. Pictures.Chunk("eXIf", exif), .. png[33..]]));
        }
    }

    [Fact]
    public void Png_WithAnAnimation_IsAnimated()
    {
        byte[] png = Pictures.Png(640, 480);
        Assert.Equal(ImageTraits.Animated, Read([.. png[..33], .. Pictures.Chunk("acTL", new byte[8]), .. png[33..]]).Traits);
        Assert.Equal(ImageTraits.None, Read(png).Traits);
    }

    [Theory]
    [InlineData("data:application/octet-stream;base64,", "data:image/jpeg;base64,")]
    [InlineData("data:;base64,", "data:image/jpeg;base64,")]
    [InlineData("data:image/png;base64,", "data:image/png;base64,")]
    public void DataUri_IsTakenByItsContent(string prefix, string sent)
    {
        string data = Convert.ToBase64String(Bytes("baseline.jpg"));
        RequestImage image = InlineImage.Load(ImageKind.DataUri, prefix + data);
        Assert.Equal(sent + data, image.Value);
        Assert.Equal("JPEG", image.Format);
    }

    [Theory]
    [InlineData("data:application/octet-stream,abc")]
    [InlineData("data:text/plain;base64,QUJD")]
    public void DataUri_WithoutAnImage_IsRefused(string text) => Assert.Throws<ImageException>(() => InlineImage.Load(ImageKind.DataUri, text));

    private static void AssertIrregular(string name, byte[] bytes)
    {
        ImageInfo whole = Read(Bytes(name));
        Assert.Equal(whole with { Traits = whole.Traits | ImageTraits.Irregular }, Read(bytes));
    }

    private static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(s_folder, name));

    private static (int Width, int Height) Size(byte[] bytes) => (Read(bytes).Width, Read(bytes).Height);

    private static ImageInfo Read(byte[] bytes)
    {
        Assert.True(ImageReader.TryRead(new MemoryStream(bytes), out ImageInfo? info, out string? fault), fault);
        return info!;
    }
}

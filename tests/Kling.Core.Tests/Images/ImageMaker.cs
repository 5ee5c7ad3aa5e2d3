using SkiaSharp;

namespace Kling.Core.Tests.Images;

/// <summary>Makes images of any size and content that decoders can read, one after the other out of a seed: some with Skia's encoders, others by hand.</summary>
internal sealed class ImageMaker(int seed)
{
    private const int LongestSide = 150;
    private readonly Random _random = new(seed);

    /// <summary>The Exif data of the last image; empty where it has none.</summary>
    internal byte[] Exif { get; private set; } = [];

    /// <summary>The next image of a kind.</summary>
    internal byte[] Next(string kind)
    {
        (int width, int height) = (Side(), Side());
        Exif = _random.Next(4) == 0 ? [] : MakeExif();
        switch (kind)
        {
            case "JPEG":
                return WithExif(Encode(width, height, SKEncodedImageFormat.Jpeg));
            case "progressive JPEG":
                return WithExif(Progressive(width, height));
            case "PNG":
                byte[] png = Encode(width, height, SKEncodedImageFormat.Png);
                return Exif.Length == 0 ? png : [.. png[..33], .. Pictures.Chunk("eXIf", Exif), .. png[33..]];
            case "lossy WebP":
                return WebP(width, height, SKWebpEncoderCompression.Lossy);
            case "lossless WebP":
                return WebP(width, height, SKWebpEncoderCompression.Lossless);
            case "GIF":
                Exif = [];
                return Gif(width, height);
            case "BMP":
                Exif = [];
                return Bmp(width, height);
            default:
                throw new ArgumentException(kind, nameof(kind));
        }
    }

    /// <summary>The same Exif data in a JPEG of this size.</summary>
    internal byte[] ExifInJpeg(int width, int height) => WithExif(Encode(width, height, SKEncodedImageFormat.Jpeg));

    private int Side() => _random.Next(5) == 0 ? _random.Next(1, 4) : _random.Next(1, LongestSide);

    private byte[] Encode(int width, int height, SKEncodedImageFormat format)
    {
        using SKBitmap bitmap = Noise(width, height, format == SKEncodedImageFormat.Png && _random.Next(2) == 0);
        using SKData data = bitmap.Encode(format, _random.Next(20, 100));
        return data.ToArray();
    }

    private SKBitmap Noise(int width, int height, bool alpha)
    {
        var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, alpha ? SKAlphaType.Unpremul : SKAlphaType.Opaque);
        var colours = new SKColor[width * height];
        for (int i = 0; i < colours.Length; i++)
        {
            colours[i] = new SKColor((uint)_random.Next()).WithAlpha(alpha ? (byte)_random.Next(256) : byte.MaxValue);
        }

        bitmap.Pixels = colours;
        return bitmap;
    }

    // Of either byte order, with tags around the orientation, which may be one that does not exist.
    private byte[] MakeExif()
    {
        bool little = _random.Next(2) == 0;
        byte[] Short(int value) => little ? Little(value, 2) : Big(value, 2);
        byte[] Long(int value) => little ? Little(value, 4) : Big(value, 4);
        byte[] Tag(int tag, int value) => [.. Short(tag), .. Short(3), .. Long(1), .. Short(value), 0, 0];
        int gap = 2 * _random.Next(3);
        byte[][] tags = [Tag(0x0100, 99), Tag(0x0112, _random.Next(10)), Tag(0x0128, 2)];
        tags = [.. tags.Skip(_random.Next(2)).Take(_random.Next(2, 4))];
        return [.. little ? "II"u8 : "MM"u8, .. Short(42), .. Long(8 + gap), .. new byte[gap], .. Short(tags.Length), .. tags.SelectMany(tag => tag), .. Long(0)];
    }

    private byte[] WithExif(byte[] jpeg)
    {
        // Before or behind the JFIF header, where there is one.
        bool isBehind = jpeg[3] == 0xe0 && _random.Next(2) == 0;
        int at = isBehind ? 4 + (jpeg[4] << 8) + jpeg[5] : 2;
        return Exif.Length == 0 ? jpeg : [.. jpeg[..at], 0xff, 0xe1, .. Big(Exif.Length + 8, 2), .. "Exif"u8, 0, 0, .. Exif, .. jpeg[at..]];
    }

    // One gray component: a scan of the average of each block, and a scan that leaves the rest of each at nothing.
    private byte[] Progressive(int width, int height)
    {
        int blocks = ((width + 7) / 8) * ((height + 7) / 8);
        var averages = new BitWriter(stuffs: true);
        int last = 0;
        for (int i = 0; i < blocks; i++)
        {
            int next = _random.Next(-60, 60);
            int difference = next - last;
            int bits = difference == 0 ? 0 : (int)Math.Log2(Math.Abs(difference)) + 1;
            averages.Write(bits, 4);
            averages.Write(difference < 0 ? difference + (1 << bits) - 1 : difference, bits);
            last = next;
        }

        var rest = new BitWriter(stuffs: true);
        for (int i = 0; i < blocks; i++)
        {
            rest.Write(0, 1);
        }

        return
        [
            0xff, 0xd8, 0xff, 0xdb, 0, 67, 0, .. Enumerable.Repeat((byte)16, 64),
            0xff, 0xc2, 0, 11, 8, .. Big(height, 2), .. Big(width, 2), 1, 1, 0x11, 0,
            0xff, 0xc4, 0, 27, 0x00, 0, 0, 0, 8, .. new byte[12], 0, 1, 2, 3, 4, 5, 6, 7,
            0xff, 0xda, 0, 8, 1, 1, 0x00, 0, 0, 0, .. averages.End(1),
            0xff, 0xc4, 0, 20, 0x10, 1, .. new byte[15], 0,
            0xff, 0xda, 0, 8, 1, 1, 0x00, 1, 63, 0, .. rest.End(1),
            0xff, 0xd9,
        ];
    }

    private byte[] WebP(int width, int height, SKWebpEncoderCompression compression)
    {
        bool alpha = _random.Next(2) == 0;
        using SKBitmap bitmap = Noise(width, height, alpha);
        using SKPixmap pixels = bitmap.PeekPixels();
        using SKData data = pixels.Encode(new SKWebpEncoderOptions(compression, _random.Next(20, 100)));
        byte[] bytes = data.ToArray();
        if (Exif.Length == 0)
        {
            return bytes;
        }

        // What has Exif data has a header that says so.
        byte[] chunks = bytes[12..];
        if (chunks.AsSpan(0, 4).SequenceEqual("VP8X"u8))
        {
            chunks[8] |= 0x08;
        }
        else
        {
            chunks = [.. "VP8X"u8, 10, 0, 0, 0, (byte)(alpha ? 0x18 : 0x08), 0, 0, 0, .. Little(width - 1, 3), .. Little(height - 1, 3), .. chunks];
        }

        byte[] all = [.. chunks, .. "EXIF"u8, .. Little(Exif.Length, 4), .. Exif, .. new byte[Exif.Length % 2]];
        return [.. "RIFF"u8, .. Little(all.Length + 4, 4), .. "WEBP"u8, .. all];
    }

    // A table of all 256 colours, begun anew before codes would get longer.
    private byte[] Gif(int width, int height)
    {
        const int clear = 256;
        var codes = new BitWriter(stuffs: false);
        for (int i = 0; i < width * height; i++)
        {
            if (i % 250 == 0)
            {
                codes.Write(clear, 9);
            }

            codes.Write(_random.Next(256), 9);
        }

        codes.Write(clear + 1, 9);
        byte[] data = codes.End(0);
        IEnumerable<byte> parts = data.Chunk(255).SelectMany(part => (byte[])[(byte)part.Length, .. part]);
        var palette = new byte[3 * 256];
        _random.NextBytes(palette);
        byte[] control = _random.Next(2) == 0 ? [] : [0x21, 0xf9, 4, (byte)_random.Next(2), 0, 0, 7, 0];
        return [.. "GIF89a"u8, .. Little(width, 2), .. Little(height, 2), 0xf7, 0, 0, .. palette, .. control,
            0x2c, 0, 0, 0, 0, .. Little(width, 2), .. Little(height, 2), (byte)(_random.Next(2) << 6), 8, .. parts, 0, 0x3b];
    }

    private byte[] Bmp(int width, int height)
    {
        int[] depths = [1, 4, 8, 24, 32];
        int depth = depths[_random.Next(depths.Length)];
        bool isOld = depth != 32 && _random.Next(4) == 0;
        bool isFromTop = !isOld && _random.Next(2) == 0;
        var palette = new byte[depth > 8 ? 0 : (isOld ? 3 : 4) << depth];
        _random.NextBytes(palette);
        var rows = new byte[((width * depth) + 31) / 32 * 4 * height];
        _random.NextBytes(rows);
        byte[] header = isOld
            ? [.. Little(12, 4), .. Little(width, 2), .. Little(height, 2), 1, 0, (byte)depth, 0]
            : [.. Little(40, 4), .. Little(width, 4), .. Little(isFromTop ? -height : height, 4), 1, 0, (byte)depth, 0, .. new byte[24]];
        int start = 14 + header.Length + palette.Length;
        return [.. "BM"u8, .. Little(start + rows.Length, 4), 0, 0, 0, 0, .. Little(start, 4), .. header, .. palette, .. rows];
    }

    private static byte[] Little(int value, int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(value >> (8 * i)))];

    private static byte[] Big(int value, int count) => [.. Little(value, count).Reverse()];

    /// <summary>Writes bits: of a JPEG from the highest on, with a zero behind each byte of ones; of a GIF from the lowest on.</summary>
    private sealed class BitWriter(bool stuffs)
    {
        private readonly List<byte> _bytes = [];
        private int _bits;
        private int _count;

        internal void Write(int value, int count)
        {
            for (int i = 0; i < count; i++)
            {
                int bit = (value >> (stuffs ? count - 1 - i : i)) & 1;
                _bits |= bit << (stuffs ? 7 - _count : _count);
                if (++_count == 8)
                {
                    _bytes.Add((byte)_bits);
                    if (stuffs && _bits == 0xff)
                    {
                        _bytes.Add(0);
                    }

                    (_bits, _count) = (0, 0);
                }
            }
        }

        /// <summary>Fills the last byte.</summary>
        internal byte[] End(int bit)
        {
            while (_count > 0)
            {
                Write(bit, 1);
            }

            return [.. _bytes];
        }
    }
}

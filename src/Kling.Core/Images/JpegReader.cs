namespace Kling.Images;

/// <summary>
/// Walks the segments and scans of a JPEG (ITU-T T.81) to its end mark. Decoders show some files that the standard does not allow: bytes
/// between two segments are passed over, and where the end mark is missing or hidden, it is enough that all pixels are there.
/// </summary>
internal sealed class JpegReader
{
    internal const int EndOfImage = 0xd9;
    internal const int StartOfScan = 0xda;
    private const int App1 = 0xe1;
    private const int CmykComponents = 4;
    private readonly ImageBytes _bytes;
    private (int Width, int Height)? _size;
    private int? _orientation;
    private ImageTraits _traits;

    private JpegReader(ImageBytes bytes) => _bytes = bytes;

    internal static ImageInfo Read(ImageBytes bytes)
    {
        var reader = new JpegReader(bytes);
        try
        {
            reader.Walk();
        }
        catch (ImageFaultException)
        {
            if (reader._size is null || !JpegPixels.AreComplete(bytes))
            {
                throw;
            }

            reader._traits |= ImageTraits.Irregular;
        }

        (int width, int height) = reader._size!.Value;
        return ExifOrientation.Turn(new ImageInfo(bytes.Format, width, height, HasAlpha: false, reader._traits), reader._orientation);
    }

    /// <summary>The next marker; fill bytes may stand before it.</summary>
    /// <param name="bytes">The image.</param>
    /// <param name="isAtOnce">Whether it is here, and not behind bytes that belong to nothing.</param>
    internal static int Marker(ImageBytes bytes, out bool isAtOnce)
    {
        isAtOnce = true;
        while (true)
        {
            if (bytes.Byte() == 0xff)
            {
                int code = bytes.Byte();
                while (code == 0xff)
                {
                    code = bytes.Byte();
                }

                // The codes 02 to BF are reserved.
                if (code is 0x01 or >= 0xc0)
                {
                    return code;
                }
            }

            isAtOnce = false;
        }
    }

    /// <summary>Whether nothing belongs to a marker but itself.</summary>
    internal static bool StandsAlone(int marker) => marker is 0x01 or (>= 0xd0 and <= 0xd8);

    private void Walk()
    {
        _bytes.Skip(2);
        bool isScanned = false;
        for (int marker = Marker(); marker != EndOfImage;)
        {
            if (StandsAlone(marker))
            {
                marker = Marker();
                continue;
            }

            int length = _bytes.Big16();
            if (length < 2)
            {
                throw _bytes.Damaged("a part of it (segment) is shorter than can be");
            }

            long end = _bytes.Position + length - 2;
            if (IsFrame(marker))
            {
                ReadFrame(length);
            }
            else if (marker == App1)
            {
                _orientation ??= ExifOrientation.Read(_bytes, length - 2);
            }

            _bytes.Seek(end);
            if (marker == StartOfScan)
            {
                isScanned = _size is not null ? true : throw _bytes.Damaged("its pixels come before its size");
                marker = EndOfScan();
            }
            else
            {
                marker = Marker();
            }
        }

        if (!isScanned)
        {
            throw _bytes.Damaged("it has no pixels");
        }
    }

    private int Marker()
    {
        int marker = Marker(_bytes, out bool isAtOnce);
        _traits |= isAtOnce ? ImageTraits.None : ImageTraits.Irregular;
        return marker;
    }

    /// <summary>Frame headers are C0 to CF but for the tables among them (C4, C8, CC).</summary>
    private static bool IsFrame(int marker) => marker is >= 0xc0 and <= 0xcf and not (0xc4 or 0xc8 or 0xcc);

    private void ReadFrame(int length)
    {
        _bytes.Skip(1);
        int height = _bytes.Big16();
        int width = _bytes.Big16();
        int components = _bytes.Byte();
        if (width == 0 || height == 0 || components == 0 || length != 8 + (3 * components))
        {
            throw _bytes.Damaged("it has no size");
        }

        _size ??= (width, height);
        _traits |= components == CmykComponents ? ImageTraits.Cmyk : ImageTraits.None;
    }

    /// <summary>Goes over the compressed pixels to the marker behind them; FF00 is a pixel's FF, D0 to D7 only separate.</summary>
    private int EndOfScan()
    {
        while (true)
        {
            if (_bytes.Byte() != 0xff)
            {
                continue;
            }

            int code = _bytes.Byte();
            while (code == 0xff)
            {
                code = _bytes.Byte();
            }

            if (code is not (0 or (>= 0xd0 and <= 0xd7)))
            {
                return code;
            }
        }
    }
}

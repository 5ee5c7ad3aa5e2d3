namespace Kling.Images;

/// <summary>
/// Walks the segments and scans of a JPEG (ITU-T T.81) to its end mark. The size is that of the frame, turned where the Exif
/// orientation says so.
/// </summary>
internal static class JpegReader
{
    private const int EndOfImage = 0xd9;
    private const int StartOfScan = 0xda;
    private const int App1 = 0xe1;
    private const int FirstTurned = 5;
    private const int LastTurned = 8;

    internal static ImageInfo Read(ImageBytes bytes)
    {
        bytes.Skip(2);
        (int Width, int Height)? size = null;
        int? orientation = null;
        bool scanned = false;
        for (int marker = Marker(bytes); marker != EndOfImage;)
        {
            if (marker is 0x01 or (>= 0xd0 and <= 0xd8))
            {
                marker = Marker(bytes);
                continue;
            }

            int length = bytes.Big16();
            if (length < 2)
            {
                throw bytes.Damaged("a part of it (segment) is shorter than can be");
            }

            long end = bytes.Position + length - 2;
            if (IsFrame(marker))
            {
                size ??= Frame(bytes, length);
            }
            else if (marker == App1 && orientation is null && length > 16)
            {
                orientation = JpegOrientation.Read(bytes, length - 2);
            }

            bytes.Seek(end);
            if (marker == StartOfScan)
            {
                scanned = size is not null ? true : throw bytes.Damaged("its pixels come before its size");
                marker = EndOfScan(bytes);
            }
            else
            {
                marker = Marker(bytes);
            }
        }

        if (!scanned)
        {
            throw bytes.Damaged("it has no pixels");
        }

        (int width, int height) = size!.Value;
        return orientation is >= FirstTurned and <= LastTurned
            ? new ImageInfo(bytes.Format, height, width, HasAlpha: false)
            : new ImageInfo(bytes.Format, width, height, HasAlpha: false);
    }

    /// <summary>Frame headers are C0 to CF but for the tables among them (C4, C8, CC).</summary>
    private static bool IsFrame(int marker) => marker is >= 0xc0 and <= 0xcf and not (0xc4 or 0xc8 or 0xcc);

    private static (int Width, int Height) Frame(ImageBytes bytes, int length)
    {
        bytes.Skip(1);
        int height = bytes.Big16();
        int width = bytes.Big16();
        int components = bytes.Byte();
        return width > 0 && height > 0 && components > 0 && length == 8 + (3 * components)
            ? (width, height)
            : throw bytes.Damaged("it has no size");
    }

    /// <summary>The next marker, which must be here; fill bytes may stand before it.</summary>
    private static int Marker(ImageBytes bytes)
    {
        if (bytes.Byte() != 0xff)
        {
            throw bytes.Damaged("a part of it (segment) does not begin where it should");
        }

        int code = bytes.Byte();
        while (code == 0xff)
        {
            code = bytes.Byte();
        }

        return code != 0 ? code : throw bytes.Damaged("a part of it (segment) does not begin where it should");
    }

    /// <summary>Goes over the compressed pixels to the marker behind them; FF00 is a pixel's FF, D0 to D7 only separate.</summary>
    private static int EndOfScan(ImageBytes bytes)
    {
        while (true)
        {
            if (bytes.Byte() != 0xff)
            {
                continue;
            }

            int code = bytes.Byte();
            while (code == 0xff)
            {
                code = bytes.Byte();
            }

            if (code is not (0 or (>= 0xd0 and <= 0xd7)))
            {
                return code;
            }
        }
    }
}

/// <summary>How a JPEG is to be turned: tag 0x0112 of the first directory in its Exif segment (CIPA DC-008, Exif).</summary>
internal static class JpegOrientation
{
    // The directory is at the front; the thumbnail after it is not needed.
    private const int MostBytes = 64 * 1024;

    /// <summary>The orientation, from 1; null where the segment names none that can be read. A broken one is no fault: viewers ignore it.</summary>
    /// <param name="bytes">At the segment's first byte.</param>
    /// <param name="length">How many bytes the segment has.</param>
    internal static int? Read(ImageBytes bytes, int length)
    {
        var segment = new byte[Math.Min(length, MostBytes)];
        for (int i = 0; i < segment.Length; i++)
        {
            segment[i] = (byte)bytes.Byte();
        }

        var reader = new ByteReader(segment, segment.Length);
        return reader.Has(0, "Exif\0\0") ? Directory(reader, 6) : null;
    }

    private static int? Directory(ByteReader bytes, long tiff)
    {
        bool little = bytes.Has(tiff, "II");
        if (!little && !bytes.Has(tiff, "MM"))
        {
            return null;
        }

        int? Short(long index) => little ? bytes.Little16(index) : bytes.Big16(index);
        long? offset = little ? bytes.Little32(tiff + 4) : bytes.Big32(tiff + 4);
        if (offset is not long directory || Short(tiff + directory) is not int count)
        {
            return null;
        }

        for (int i = 0; i < count; i++)
        {
            long entry = tiff + directory + 2 + (12L * i);
            if (entry + 12 > bytes.Length)
            {
                return null;
            }

            if (Short(entry) == 0x0112)
            {
                return Short(entry + 8);
            }
        }

        return null;
    }
}

namespace Kling.Media;

/// <summary>The size of a JPEG as it is shown: that of its frame header, turned where its Exif orientation says so.</summary>
internal static class JpegSize
{
    private const int FirstTurned = 5;
    private const int LastTurned = 8;

    internal static (int? Width, int? Height) Read(ByteReader bytes)
    {
        int? orientation = null;
        long position = 2;

        // Each step moves forward by at least one byte, so the walk ends.
        while (bytes.At(position) is int start)
        {
            if (start != 0xff)
            {
                return (null, null);
            }

            int? marker = bytes.At(position + 1);
            if (marker is 0xff)
            {
                position++;
                continue;
            }

            if (marker is 0x01 or (>= 0xd0 and <= 0xd8))
            {
                position += 2;
                continue;
            }

            if (marker is null or 0xd9 or 0xda or 0x00 || bytes.Big16(position + 2) is not (>= 2 and int length))
            {
                return (null, null);
            }

            if (IsFrame(marker.Value))
            {
                (int? width, int? height) = (bytes.Big16(position + 7), bytes.Big16(position + 5));
                return orientation is >= FirstTurned and <= LastTurned ? (height, width) : (width, height);
            }

            if (marker == 0xe1 && bytes.Has(position + 4, "Exif\0\0"))
            {
                orientation ??= Orientation(bytes, position + 10, position + 2 + length);
            }

            position += 2 + length;
        }

        return (null, null);
    }

    /// <summary>Frame headers are C0 to CF but for the tables among them (C4, C8, CC).</summary>
    private static bool IsFrame(int marker) => marker is >= 0xc0 and <= 0xcf and not (0xc4 or 0xc8 or 0xcc);

    /// <summary>Tag 0x0112 of the first directory of the TIFF structure in an Exif segment.</summary>
    private static int? Orientation(ByteReader bytes, long tiff, long end)
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
            if (entry + 12 > end)
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

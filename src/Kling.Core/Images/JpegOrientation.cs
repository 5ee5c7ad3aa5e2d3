namespace Kling.Images;

/// <summary>How a JPEG is to be turned: tag 0x0112 of the first directory in its Exif segment (CIPA DC-008, Exif).</summary>
internal static class JpegOrientation
{
    // The directory of what matters here stands at the front; a thumbnail behind it need not be held.
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

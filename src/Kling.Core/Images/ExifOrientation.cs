namespace Kling.Images;

/// <summary>How an image is to be turned: tag 0x0112 of the first directory of its Exif data (CIPA DC-008, Exif).</summary>
internal static class ExifOrientation
{
    // The directory is at the front; the thumbnail after it is not needed.
    private const int MostBytes = 64 * 1024;
    private const string Name = "Exif\0\0";
    private const int FirstTurned = 5;
    private const int LastTurned = 8;

    /// <summary>The orientation, from 1; null where the data name none that can be read. Broken ones are no fault: viewers ignore them.</summary>
    /// <param name="bytes">At the first byte of the data.</param>
    /// <param name="length">How many bytes there are.</param>
    internal static int? Read(ImageBytes bytes, long length)
    {
        var data = new byte[Math.Min(length, MostBytes)];
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = (byte)bytes.Byte();
        }

        var reader = new ByteReader(data, data.Length);
        return Directory(reader, reader.Has(0, Name) ? Name.Length : 0);
    }

    /// <summary>The image as it is shown: an orientation that lays it on its side swaps width and height.</summary>
    internal static ImageInfo Turn(ImageInfo stored, int? orientation) =>
        orientation is >= FirstTurned and <= LastTurned ? stored with { Width = stored.Height, Height = stored.Width } : stored;

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

namespace Kling.Images;

/// <summary>Reads numbers out of bytes nobody vouches for: beyond the end there is null, never an exception.</summary>
internal readonly struct ByteReader(byte[] bytes, int length)
{
    internal int Length { get; } = Math.Max(0, Math.Min(length, bytes.Length));

    internal int? At(long index) => index >= 0 && index < Length ? bytes[index] : null;

    internal int? Big16(long index) => (At(index) << 8) | At(index + 1);

    internal int? Little16(long index) => (At(index + 1) << 8) | At(index);

    internal long? Big32(long index) => ((long?)Big16(index) << 16) | (long?)Big16(index + 2);

    internal long? Little32(long index) => ((long?)Little16(index + 2) << 16) | (long?)Little16(index);

    /// <summary>Whether these ASCII characters (or Latin-1 for bytes above 127) stand there.</summary>
    internal bool Has(long index, string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (At(index + i) != text[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The same, whatever the case of its letters.</summary>
    internal bool HasLetters(long index, string lowerCase)
    {
        for (int i = 0; i < lowerCase.Length; i++)
        {
            if (At(index + i) is not int value || char.ToLowerInvariant((char)value) != lowerCase[i])
            {
                return false;
            }
        }

        return true;
    }
}

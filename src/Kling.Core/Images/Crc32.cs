using System.Buffers.Binary;

namespace Kling.Images;

/// <summary>The checksum of PNG chunks (ISO 3309, polynomial EDB88320), eight bytes at a time.</summary>
internal static class Crc32
{
    internal const uint Start = uint.MaxValue;

    private const int Step = 8;

    private static readonly uint[] s_table = [.. Enumerable.Range(0, 256).Select(i => Enumerable.Range(0, 8).Aggregate((uint)i, (c, _) => (c & 1) == 0 ? c >> 1 : 0xEDB88320 ^ (c >> 1)))];

    // What a byte does to the checksum when 0 to 7 others follow it.
    private static readonly uint[][] s_tables = Tables();

    internal static uint Add(uint crc, int value) => s_table[(crc ^ (uint)value) & 0xff] ^ (crc >> 8);

    internal static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        uint[][] t = s_tables;
        while (bytes.Length >= Step)
        {
            uint low = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            uint high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = t[7][low & 0xff] ^ t[6][(low >> 8) & 0xff] ^ t[5][(low >> 16) & 0xff] ^ t[4][low >> 24]
                ^ t[3][high & 0xff] ^ t[2][(high >> 8) & 0xff] ^ t[1][(high >> 16) & 0xff] ^ t[0][high >> 24];
            bytes = bytes[Step..];
        }

        foreach (byte value in bytes)
        {
            crc = Add(crc, value);
        }

        return crc;
    }

    internal static uint End(uint crc) => ~crc;

    private static uint[][] Tables()
    {
        var tables = new uint[Step][];
        tables[0] = s_table;
        for (int i = 1; i < Step; i++)
        {
            tables[i] = [.. tables[i - 1].Select(value => Add(value, 0))];
        }

        return tables;
    }
}

namespace Kling.Media;

/// <summary>The checksum of PNG chunks (ISO 3309, polynomial EDB88320).</summary>
internal static class Crc32
{
    internal const uint Start = uint.MaxValue;

    private static readonly uint[] s_table = [.. Enumerable.Range(0, 256).Select(i => Enumerable.Range(0, 8).Aggregate((uint)i, (c, _) => (c & 1) == 0 ? c >> 1 : 0xEDB88320 ^ (c >> 1)))];

    internal static uint Add(uint crc, int value) => s_table[(crc ^ (uint)value) & 0xff] ^ (crc >> 8);

    internal static uint End(uint crc) => ~crc;
}

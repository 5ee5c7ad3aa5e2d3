using CsCheck;

namespace Kling.Core.Tests.Fuzz;

/// <summary>Bytes that were right once: cut off, overwritten, with something put in or taken out.</summary>
internal static class FuzzBytes
{
    private static readonly byte[] s_telling = [0, 1, 0x0a, 0x0d, 0x20, 0x22, 0x2c, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d, 0x7f, 0x80, 0xc0, 0xef, 0xfe, 0xff];

    private static readonly Gen<(int Kind, double At, byte Value, int Count)> s_damage = Gen.Select(
        Gen.Int[0, 4], Gen.Double[0, 1], Gen.Frequency((1, Gen.Byte), (2, Gen.OneOf(s_telling))), Gen.Int[1, 9]);

    /// <summary>The same bytes half of the time, else with one to four damages.</summary>
    internal static Gen<byte[]> Damaged(Gen<byte[]> whole) => Gen.Select(
        whole, Gen.Frequency((1, Gen.Const(Array.Empty<(int, double, byte, int)>())), (1, s_damage.Array[1, 4])), Apply);

    private static byte[] Apply(byte[] whole, (int Kind, double At, byte Value, int Count)[] damages)
    {
        List<byte> bytes = [.. whole];
        foreach ((int kind, double at, byte value, int count) in damages)
        {
            int place = (int)(at * bytes.Count);
            int length = Math.Min(count, bytes.Count - place);
            switch (kind)
            {
                case 0:
                    bytes.RemoveRange(place, bytes.Count - place);
                    break;
                case 1:
                    bytes.RemoveRange(place, length);
                    break;
                case 2:
                    bytes.InsertRange(place, Enumerable.Repeat(value, count));
                    break;
                case 3:
                    bytes.InsertRange(place, bytes.GetRange(place, length));
                    break;
                default:
                    if (place < bytes.Count)
                    {
                        bytes[place] = value;
                    }

                    break;
            }
        }

        return [.. bytes];
    }
}

using System.Text;
using Kling.Images;

namespace Kling.Core.Tests.Images;

public sealed class Crc32Tests
{
    [Fact]
    public void Add_TheStandardsCheckText_GivesTheStandardsValue()
        => Assert.Equal(0xCBF43926, Crc32.End(Crc32.Add(Crc32.Start, Encoding.ASCII.GetBytes("123456789"))));

    [Fact]
    public void Add_AnyPieces_AreTheSameAsByteByByte()
    {
        var random = new Random(7);
        byte[] bytes = new byte[300];
        random.NextBytes(bytes);
        for (int start = 0; start < 20; start++)
        {
            for (int end = start; end < bytes.Length; end += 1 + random.Next(12))
            {
                uint each = bytes[start..end].Aggregate(Crc32.Start, (crc, value) => Crc32.Add(crc, value));
                int cut = random.Next(start, end + 1);

                Assert.Equal(each, Crc32.Add(Crc32.Start, bytes.AsSpan(start, end - start)));
                Assert.Equal(each, Crc32.Add(Crc32.Add(Crc32.Start, bytes.AsSpan(start, cut - start)), bytes.AsSpan(cut, end - cut)));
            }
        }
    }
}

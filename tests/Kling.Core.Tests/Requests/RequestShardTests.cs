using Kling.Requests;
using Kling.Support;

namespace Kling.Core.Tests.Requests;

public class RequestShardTests
{
    [Theory]
    [InlineData("1/1", 1, 1)]
    [InlineData("3/10", 3, 10)]
    [InlineData(" 10/10 ", 10, 10)]
    [InlineData("10000/10000", 10000, 10000)]
    public void Parse_APart(string text, int number, int count) => Assert.Equal(new RequestShard(number, count), RequestShard.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("3")]
    [InlineData("0/10")]
    [InlineData("11/10")]
    [InlineData("-1/10")]
    [InlineData("+1/10")]
    [InlineData("1/0")]
    [InlineData("1/10001")]
    [InlineData("1/10/10")]
    [InlineData("1 /10")]
    [InlineData("1.0/10")]
    [InlineData("a/b")]
    [InlineData("99999999999/99999999999")]
    public void Parse_AnythingElse_IsNone(string text) => Assert.Null(RequestShard.Parse(text));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(10)]
    public void Holds_EveryRequest_InExactlyOneOfEqualParts(int count)
    {
        RequestShard[] parts = [.. Enumerable.Range(1, count).Select(number => new RequestShard(number, count))];
        string[] fingerprints = [.. Enumerable.Range(0, 2000).Select(i => Sha256Text.Of($"request {i}"))];
        int[] sizes = [.. parts.Select(part => fingerprints.Count(part.Holds))];
        Assert.All(fingerprints, fingerprint => Assert.Single(parts, part => part.Holds(fingerprint)));
        Assert.All(sizes, size => Assert.InRange(size, 2000 / count * 0.75, 2000 / count * 1.25));
    }

    [Fact]
    public void Holds_StaysTheSameForever()
    {
        Assert.True(new RequestShard(1, 16).Holds("0000000000000010" + new string('f', 48)));
        Assert.True(new RequestShard(6, 10).Holds("ffffffffffffffff" + new string('0', 48)));
    }
}

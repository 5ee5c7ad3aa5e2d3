using System.Text;
using System.Text.RegularExpressions;
using Kling.Core.Tests.Support;
using Kling.Files;
using Kling.Models;

namespace Kling.Core.Tests.Files;

public class FileNamesTests
{
    private static readonly Guid s_id = Guid.Parse("1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d");

    [Theory]
    [InlineData("/shots/harbor.jpg", "harbor-1a2b3c4d.mp4")]
    [InlineData("C:\\shots\\harbor.dawn.jpg", "harbor.dawn-1a2b3c4d.mp4")]
    [InlineData("https://images.test/a/quiet%20harbor.jpg?sig=secret#x", "quiet harbor-1a2b3c4d.mp4")]
    [InlineData("https://images.test/a/harbor.jpg?[query: 9 characters, sha256 0123456789ab]", "harbor-1a2b3c4d.mp4")]
    [InlineData("https://images.test", "kling-1a2b3c4d.mp4")]
    [InlineData("https://images.test/?a=/b.jpg", "kling-1a2b3c4d.mp4")]
    [InlineData("https://images.test/..%2F..%2Fetc%2Fpasswd", "passwd-1a2b3c4d.mp4")]
    [InlineData("aac49721-1964-481a-ae78-8a4e29b91402", "kling-1a2b3c4d.mp4")]
    [InlineData("[data: 9 characters, sha256 0123456789ab]", "kling-1a2b3c4d.mp4")]
    [InlineData("data:image/png;base64,AAAA/BBBB", "kling-1a2b3c4d.mp4")]
    [InlineData(null, "kling-1a2b3c4d.mp4")]
    [InlineData("..", "kling-1a2b3c4d.mp4")]
    [InlineData(".hidden", "hidden-1a2b3c4d.mp4")]
    [InlineData("-rf.jpg", "rf-1a2b3c4d.mp4")]
    [InlineData("con.tinued.jpg", "_con.tinued-1a2b3c4d.mp4")]
    [InlineData("con.jpg", "con-1a2b3c4d.mp4")]
    [InlineData("a<b>:c\"d|e?f*g.jpg", "a_b__c_d_e_f_g-1a2b3c4d.mp4")]
    [InlineData("trailing. . .jpg", "trailing-1a2b3c4d.mp4")]
    [InlineData("invoice\u202egpj.jpg", "invoicegpj-1a2b3c4d.mp4")]
    [InlineData("a\u0000b\nc.jpg", "a_b_c-1a2b3c4d.mp4")]
    public void Name_ComesFromTheImage(string? source, string expected) => Assert.Equal(expected, For(source));

    [Theory]
    [InlineData(null, 0, "a-1a2b3c4d.mp4")]
    [InlineData(1, 1, "a-1a2b3c4d.mp4")]
    [InlineData(4, 0, "a-1a2b3c4d.mp4")]
    [InlineData(4, 1, "a-1a2b3c4d-2.mp4")]
    [InlineData(4, 3, "a-1a2b3c4d-4.mp4")]
    public void Siblings_AreNumbered(int? count, int index, string expected) =>
        Assert.Equal(expected, FileNameTemplate.Default.For(new KlingTask { TaskId = s_id, NumberResults = count }, new KlingVideo(), index, "a.jpg"));

    [Theory]
    [InlineData(null, null, ".mp4")]
    [InlineData("WEBM", null, ".webm")]
    [InlineData("mov", "https://vm.test/v/1", ".mov")]
    [InlineData(null, "https://vm.test/v/1.WEBM?sig=a.mp4", ".webm")]
    [InlineData("MP4", "https://vm.test/v/1.mov", ".mov")]
    [InlineData("exe", "https://vm.test/v/1.exe", ".mp4")]
    public void Extension_IsThatOfTheVideo(string? format, string? url, string expected) =>
        Assert.EndsWith(expected, FileNameTemplate.Default.For(new KlingTask { TaskId = s_id, OutputFormat = format }, new KlingVideo { VideoUrl = url }, 0, "a.jpg"));

    [Fact]
    public void AnySource_GivesALegalName_AlwaysTheSame()
    {
        var random = new Random(11);
        string[] parts = ["con.", "LPT1.", "com¹.", "nul", ".", " ", "-", "/", "\\", ":", "*", "?", "é", "e\u0301", "夜", "\U0001F30A", "\ud800", "\u200b", "\u0007", "%", "%2F", "%00", "https://", "http://h/", "a", "x.jpg", "[1]"];
        for (int run = 0; run < TestDepth.Of(20_000); run++)
        {
            int count = random.Next(run % 10 == 0 ? 300 : 8);
            AssertLegal(string.Concat(Enumerable.Range(0, count).Select(_ => parts[random.Next(parts.Length)])));
        }

        AssertLegal(new string('a', 5000));
        AssertLegal(new string('夜', 5000));
        AssertLegal("con." + new string('a', 5000));
    }

    private static void AssertLegal(string source)
    {
        string name = FileNameTemplate.Default.For(new KlingTask { TaskId = s_id, NumberResults = 4 }, new KlingVideo(), 3, source);
        Assert.Equal(name, FileNameTemplate.Default.For(new KlingTask { TaskId = s_id, NumberResults = 4 }, new KlingVideo(), 3, source));
        Assert.InRange(name.Length, 1, FileNames.MaxLength);
        Assert.InRange(Encoding.UTF8.GetByteCount(name), 1, 200);
        Assert.DoesNotMatch("[<>:\"/\\\\|?*\u0000-\u001f\u200b\ufffd]", name);
        Assert.DoesNotMatch("^[ .-]|[ .]$", name);
        Assert.False(Regex.IsMatch(name, @"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]) *\.", RegexOptions.IgnoreCase), name);
        Assert.EndsWith("-1a2b3c4d-4.mp4", name);
        Assert.True(name.IsNormalized());
        new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(name);
    }

    private static string For(string? source) => FileNameTemplate.Default.For(new KlingTask { TaskId = s_id }, new KlingVideo(), 0, source);
}

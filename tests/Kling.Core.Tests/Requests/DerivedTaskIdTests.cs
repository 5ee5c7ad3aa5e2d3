using System.Security.Cryptography;
using System.Text;
using Kling.Core.Tests.Conventions;
using Kling.Models;
using Kling.Requests;

namespace Kling.Core.Tests.Requests;

/// <summary>Ids that other machines and programs make too: their form never changes, and docs/task-ids.md tells it.</summary>
public class DerivedTaskIdTests
{
    private const string Fingerprint = "4eaa8a4f53d91c6085e9dbee4c286391aa143e5e1a0f5692625bcd481f834f41";

    private static readonly string s_page = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docs", "task-ids.md")).ReplaceLineEndings("\n");

    [Fact]
    public void Id_StaysTheSameForever() =>
        Assert.Equal(Guid.Parse("6a536073-4301-4f9f-8d90-731193728005"), DerivedTaskId.Of("campaign-7", Fingerprint, 1, 1));

    [Fact]
    public void Fingerprint_OfTheExample_StaysTheSameForever()
    {
        string hello = Convert.ToHexStringLower(SHA256.HashData("hello"u8));
        var request = new VideoRequest { Prompt = "slow dolly in", Image = new RequestImage(ImageKind.File, "hello.png") { Sha256 = hello } };
        Assert.Equal(Fingerprint, RequestFingerprint.Of(request));
    }

    [Fact]
    public void Page_ItsExampleIsRight()
    {
        Assert.Equal(Fingerprint, Convert.ToHexStringLower(Hash(Block("version=1:1"))));
        byte[] id = Hash(Block("task-id=1:1"))[..16];
        id[6] = (byte)((id[6] & 0x0F) | 0x40);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        Assert.Contains($"The task's id is `{new Guid(id, bigEndian: true):D}`.", s_page, StringComparison.Ordinal);
        Assert.Equal(DerivedTaskId.Of("campaign-7", Fingerprint, 1, 1), new Guid(id, bigEndian: true));
    }

    [Fact]
    public void Id_IsAVersion4Uuid() => Assert.All(
        Enumerable.Range(1, 500), ordinal => Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", DerivedTaskId.Of("key", Fingerprint, ordinal, 1).ToString("D")));

    [Fact]
    public void Id_EveryPartCounts()
    {
        Guid[] ids =
        [
            DerivedTaskId.Of("a", "f", 1, 1), DerivedTaskId.Of("A", "f", 1, 1), DerivedTaskId.Of("a ", "f", 1, 1), DerivedTaskId.Of("a", "g", 1, 1),
            DerivedTaskId.Of("a", "f", 2, 1), DerivedTaskId.Of("a", "f", 1, 2), DerivedTaskId.Of("a", "f", 11, 1), DerivedTaskId.Of("a", "f", 1, 11),
        ];
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    // A block of the page's own text, from its first line on.
    private static string Block(string first)
    {
        int start = s_page.IndexOf("```text\n" + first, StringComparison.Ordinal) + "```text\n".Length;
        return s_page[start..s_page.IndexOf("```", start, StringComparison.Ordinal)];
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}

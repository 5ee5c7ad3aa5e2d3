using System.Security;
using System.Text;
using Kling.Client;
using Kling.Support;

namespace Kling.Core.Tests.Support;

public class RedactionTests
{
    private const string Printable = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=_-.*#~^|!$%&()[]{}<>,;:'\"";

    internal static string RandomKey(Random random, int length) =>
        new([.. Enumerable.Range(0, length).Select(_ => Printable[random.Next(Printable.Length)])]);

    internal static void AssertHidden(string key, string text)
    {
        for (int i = 0; i + 8 <= key.Length; i++)
        {
            Assert.DoesNotContain(key.Substring(i, 8), text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void Clean_HidesEveryPieceOfAnyKey()
    {
        var random = new Random(42);
        for (int round = 0; round < 400; round++)
        {
            string key = RandomKey(random, random.Next(8, 65));
            var text = new StringBuilder("start ");
            for (int piece = 0; piece < 4; piece++)
            {
                int from = random.Next(key.Length);
                string part = key.Substring(from, random.Next(key.Length - from + 1));
                text.Append(random.Next(2) == 0 ? part : part.ToUpperInvariant()).Append(random.Next(3) == 0 ? "" : RandomKey(random, random.Next(5)));
            }

            text.Append(key).Append(" end");
            Redactor redactor = new Credential(key).CreateRedactor();

            AssertHidden(key, redactor.HideKey(text.ToString()));
            AssertHidden(key, redactor.Clean(text.ToString()));
            Assert.StartsWith("start", redactor.Clean(text.ToString()), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void HideKey_MasksEveryPiece_AndNothingElse()
    {
        // Few letters, so that texts nearly hold the key, hold a part of it, or hold it several times.
        const string letters = "abcABC1-";
        var random = new Random(7);
        int masked = 0;
        for (int round = 0; round < TestDepth.Of(20_000); round++)
        {
            string key = Any(random.Next(1, 14));
            string text = random.Next(2) == 0 ? Any(random.Next(40)) : Any(random.Next(9)) + key[random.Next(key.Length)..] + key + Any(random.Next(9));
            string hidden = new Credential(key).CreateRedactor().HideKey(text);
            Assert.Equal(Expected(key, text), hidden);
            masked += hidden == text ? 0 : 1;
        }

        Assert.InRange(masked, 100, TestDepth.Of(20_000) - 100);
        string Any(int length) => new([.. Enumerable.Range(0, length).Select(_ => letters[random.Next(letters.Length)])]);

        static string Expected(string key, string text)
        {
            int length = Math.Min(8, key.Length);
            bool[] isHidden = new bool[text.Length];
            for (int at = 0; at + length <= text.Length; at++)
            {
                if (key.Contains(text.Substring(at, length), StringComparison.OrdinalIgnoreCase))
                {
                    Array.Fill(isHidden, true, at, length);
                }
            }

            return string.Concat(text.Select((c, at) => !isHidden[at] ? $"{c}" : at == 0 || !isHidden[at - 1] ? "***" : ""));
        }
    }

    [Fact]
    public void HideKey_AllocatesNothing_WhereThereIsNothingToHide()
    {
        var redactor = new Redactor("rw-0123456789abcdefghijklmnop");

        // Seven characters of it are in the key, wherever the search begins to look.
        string address = "https://vm.example.test/video/ws/0.5/vi/5f3a9c1e_0123456_0123456_7d2b-8e4f-9a6c1d3e5b70.mp4";
        Assert.Same(address, redactor.HideKey(address));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int call = 0; call < 100; call++)
        {
            redactor.HideKey(address);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData("12345678", "12345678", "***")]
    [InlineData("12345678", "a 1234567 b", "a 1234567 b")]
    [InlineData("123456789", "x12345678y23456789z", "x***y***z")]
    [InlineData("short", "a short key", "a *** key")]
    [InlineData("ababababab", "abababababababababab", "***")]
    public void HideKey_Masks(string key, string text, string expected) =>
        Assert.Equal(expected, new Credential(key).CreateRedactor().HideKey(text));

    [Theory]
    [InlineData("see https://hook.example/a/b?token=abc#frag now", "see https://hook.example/a/b?[query: 14 characters, sha256 ")]
    [InlineData("https://joe:secret@host.example/x", "https://host.example/x")]
    [InlineData("https://host.example/a@b", "https://host.example/a@b")]
    [InlineData("plain text, 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "plain text, 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("data:image/png;base64,iVBORw0KGgo= rest", "[data: 34 characters, sha256 ")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void Clean_MasksAddressesAndInlineData(string? text, string expected)
    {
        string clean = Redactor.WithoutKey.Clean(text);

        Assert.StartsWith(expected, clean, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", clean, StringComparison.Ordinal);
        Assert.DoesNotContain("token", clean, StringComparison.Ordinal);
        Assert.DoesNotContain("iVBOR", clean, StringComparison.Ordinal);
    }

    [Fact]
    public void Clean_MasksLongBase64_TheSameTextTheSameWay()
    {
        string image = Convert.ToBase64String(Enumerable.Range(0, 300).Select(i => (byte)i).ToArray());

        string clean = Redactor.WithoutKey.Clean($"before {image} after {image}");

        string[] words = clean.Split(" after ");
        Assert.Equal(words[0]["before ".Length..], words[1]);
        Assert.StartsWith("[data: 400 characters, sha256 ", words[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("hunter2hunter2\n")]
    [InlineData(" hunter2hunter2")]
    [InlineData("hunter2 hunter2")]
    [InlineData("hunter2hunter2\u007f")]
    [InlineData("hunter2hunter2é")]
    [InlineData("hunter2hunter2\u200b")]
    public void Credential_Unusable_IsRefusedWithoutBeingShown(string key)
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => new Credential(key));

        Assert.Contains("API key", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Credential_ShowsItselfToNobody()
    {
        using var secure = new SecureString();
        foreach (char c in "hunter2hunter2")
        {
            secure.AppendChar(c);
        }

        var credential = new Credential(secure);

        Assert.Equal("***", credential.ToString());
        Assert.Equal("***", credential.CreateRedactor().HideKey("hunter2hunter2"));
        Assert.Empty(typeof(Credential).GetProperties());
    }
}

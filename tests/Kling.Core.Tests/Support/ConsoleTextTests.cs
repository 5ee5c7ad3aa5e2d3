using System.Globalization;
using System.Reflection;
using Kling.Models;
using Kling.Support;

namespace Kling.Core.Tests.Support;

public class ConsoleTextTests
{
    [Fact]
    public void Of_WritesOutWhatATerminalMustNotGet()
    {
        IEnumerable<int> unsafes = [.. Enumerable.Range(0, 0x20), .. Enumerable.Range(0x7f, 0x21), 0x61c, 0x200e, 0x200f, .. Enumerable.Range(0x2028, 7), .. Enumerable.Range(0x2066, 4)];
        Assert.Equal(unsafes, Enumerable.Range(0, 0x10000).Where(c => ConsoleText.Of(((char)c).ToString()) != ((char)c).ToString()));
        Assert.All(unsafes, c => Assert.Equal(FormattableString.Invariant($"a\\u{c:x4}b"), ConsoleText.Of($"a{(char)c}b")));

        // What .NET itself calls a control character is among them.
        Assert.DoesNotContain(Enumerable.Range(0, 0x10000), c => char.GetUnicodeCategory((char)c) == UnicodeCategory.Control && !ConsoleText.IsUnsafe((char)c));
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("slow dolly in", "slow dolly in")]
    [InlineData("\u0434\u043e\u043c, \u5bb6, \ud83d\udc69\u200d\ud83d\ude80, e\u0301, \ud800", "\u0434\u043e\u043c, \u5bb6, \ud83d\udc69\u200d\ud83d\ude80, e\u0301, \ud800")]
    [InlineData("\u001b]0;title\u0007", "\\u001b]0;title\\u0007")]
    [InlineData("a\r\nb\tc", "a\\u000d\\u000ab\\u0009c")]
    [InlineData("\\u001b", "\\u001b")]
    public void Of_LeavesTheRest(string? text, string shown) => Assert.Equal(shown, ConsoleText.Of(text));

    [Theory]
    [InlineData("a\n\tb\u001b[2J", "a\n\tb\\u001b[2J")]
    [InlineData("a\r\nb\u2028", "a\\u000d\nb\\u2028")]
    public void Lines_KeepsLineEndsAndTabs(string text, string shown) => Assert.Equal(shown, ConsoleText.Lines(text));

    public static TheoryData<Type> Exceptions() =>
        [.. typeof(KlingTask).Assembly.GetExportedTypes().Where(type => typeof(Exception).IsAssignableFrom(type))];

    [Theory]
    [MemberData(nameof(Exceptions))]
    public void Message_OfEveryExceptionIsHarmless(Type type)
    {
        const string hostile = "a\u001b]0;t\u0007\u009b2J\u202eb";
        ConstructorInfo constructor = type.GetConstructors().Single();
        object?[] values = [.. constructor.GetParameters().Select(parameter => parameter.ParameterType switch
        {
            { } text when text == typeof(string) => hostile,
            { } task when task == typeof(KlingTask) => new KlingTask(),
            { IsValueType: true } value => Activator.CreateInstance(value),
            _ => (object?)null,
        })];
        var exception = (Exception)constructor.Invoke(values);
        Assert.DoesNotContain(exception.Message, c => ConsoleText.IsUnsafe(c));
        Assert.Contains("\\u001b]0;t", exception.Message, StringComparison.Ordinal);
    }
}

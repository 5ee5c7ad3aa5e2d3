namespace Kling.Core.Tests.Conventions;

/// <summary>Each rule is shown a text that breaks it: a rule that cannot fail protects nothing.</summary>
public class SourceRulesTests
{
    [Theory]
    [InlineData("namespace X; class B { }")]
    [InlineData("namespace X; class A { } class B { }")]
    [InlineData("namespace X; public sealed record A(int N); enum B { One }")]
    [InlineData("namespace X;")]
    public void TypePerFile_Finds(string text) => Assert.Single(SourceRules.TypePerFile(File("A.cs", text)));

    [Theory]
    [InlineData("namespace X; public sealed class A<T> : B where T : class { class Inner { } }")]
    [InlineData("namespace X; // class B { }\ninternal readonly record struct A(int N);")]
    [InlineData("namespace X; public delegate void A(int n);")]
    public void TypePerFile_LeavesAlone(string text) => Assert.Empty(SourceRules.TypePerFile(File("A.cs", text)));

    [Fact]
    public void TooLong_Finds()
    {
        Assert.Single(SourceRules.TooLong(File("A.cs", new string('\n', SourceRules.MaximalLines + 1))));
        Assert.Empty(SourceRules.TooLong(File("A.cs", new string('\n', SourceRules.MaximalLines))));
    }

    [Theory]
    [InlineData("// TO", "DO: later")]
    [InlineData("throw new NotImplemented", "Exception();")]
    public void BannedWords_Finds(string first, string second) => Assert.Single(SourceRules.BannedWords(File("A.cs", first + second)));

    [Theory]
    [InlineData("see /wo", "rk/shared")]
    [InlineData("https://api.NuGet", ".org/v3")]
    public void BannedPlaces_Finds(string first, string second) => Assert.Single(SourceRules.BannedPlaces(File("A.md", first + second)));

    [Theory]
    [InlineData("IAsyncEnumerable<int> A();")]
    [InlineData("await foreach (var x in y) { }")]
    [InlineData("await using var x = y;")]
    public void AsyncStreams_Finds(string text) => Assert.Single(SourceRules.AsyncStreams(File("A.cs", text)));

    [Theory]
    [InlineData("#pragma warning disable CA1")]
    [InlineData("<NoWarn>x</NoWarn>")]
    [InlineData("dotnet_diagnostic.CS1591.severity = none")]
    public void SilencedWarnings_Finds(string text) => Assert.NotEmpty(SourceRules.SilencedWarnings(File("A.cs", text)));

    [Theory]
    [InlineData("await A();")]
    [InlineData("await A().ConfigureAwait(true);")]
    [InlineData("F(await A(), await B().ConfigureAwait(false));")]
    [InlineData("await A(async () => await B().ConfigureAwait(false));")]
    [InlineData("x = (await A()).Length;")]
    public void UnconfiguredAwaits_Finds(string text) => Assert.Single(SourceRules.UnconfiguredAwaits(File("A.cs", text)));

    [Theory]
    [InlineData("await A(b, c)\n    .ConfigureAwait(false);")]
    [InlineData("await A<B, C>(x).ConfigureAwait(false);")]
    [InlineData("x = (await A().ConfigureAwait(false)).Length;")]
    [InlineData("// await A();\nvar s = \"await A();\";")]
    public void UnconfiguredAwaits_LeavesAlone(string text) => Assert.Empty(SourceRules.UnconfiguredAwaits(File("A.cs", text)));

    [Theory]
    [InlineData("a // b\nc", "a \nc")]
    [InlineData("a /* b\n */ c", "a \n c")]
    [InlineData("x = \"a \\\" // b\"; y", "x = \"\"; y")]
    [InlineData("x = @\"a \"\" // b\"; y", "x = \"\"; y")]
    [InlineData("x = '\"'; y // z", "x = ' '; y ")]
    [InlineData("x = \"\"\"a \" b // c\"\"\"; y", "x = \"\"; y")]
    [InlineData("x = \"\"; // y", "x = \"\"; ")]
    public void CodeOnly_DropsCommentsAndLiterals(string text, string expected) => Assert.Equal(expected, SourceText.CodeOnly(text));

    private static SourceFile File(string name, string text) => new("src/Kling.Core/Models/" + name, text);
}

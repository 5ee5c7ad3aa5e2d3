namespace Kling.Core.Tests.Conventions;

/// <summary>Each rule is shown a text that breaks it: a rule that cannot fail protects nothing.</summary>
public class SourceRulesTests
{
    [Theory]
    [InlineData("public class B\n{\n}")]
    [InlineData("public readonly record struct B(int N);")]
    [InlineData("public delegate void B(int n);")]
    public void PublicTypePerFile_Finds(string text) => Assert.Single(SourceRules.PublicTypePerFile(File("A.cs", text)));

    [Theory]
    [InlineData("internal class B;")]
    [InlineData("public sealed class A;\n\npublic enum B\n{\n}")]
    [InlineData("public sealed record A(int N);\n\ninternal enum B\n{\n}")]
    [InlineData("public static partial class A\n{\n    public enum Inner;\n}")]
    public void PublicTypePerFile_LeavesAlone(string text) => Assert.Empty(SourceRules.PublicTypePerFile(File("A.cs", text)));

    [Fact]
    public void PublicTypePerFile_FindsLongCompanions()
    {
        string Text(int lines) => $"public class A;\n\npublic class B\n{{{new string('\n', lines - 2)}}}\n";
        Assert.Single(SourceRules.PublicTypePerFile(File("A.cs", Text(SourceRules.MaximalCompanionLines + 1))));
        Assert.Empty(SourceRules.PublicTypePerFile(File("A.cs", Text(SourceRules.MaximalCompanionLines))));
    }

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
    [InlineData("#pragma warning disable CA1")]
    [InlineData("<NoWarn>x</NoWarn>")]
    [InlineData("dotnet_diagnostic.CS1591.severity = none")]
    public void SilencedWarnings_Finds(string text) => Assert.NotEmpty(SourceRules.SilencedWarnings(File("A.cs", text)));

    [Theory]
    [InlineData("""$"Get-Item '{path.Replace("'", "''")}'""")]
    [InlineData("""$"Get-Item -LiteralPath '{path}'""")]
    [InlineData("""$"Save-KlingVideo -OutDirectory {path}""")]
    [InlineData("""CodeGeneration.EscapeSingleQuotedStringContent(path)""")]
    public void RawCommands_Finds(string text) => Assert.NotEmpty(SourceRules.RawCommands(File("A.cs", text)));

    [Theory]
    [InlineData("""$"Get-Item -FileName '{{Source}}'""")]
    [InlineData("""$"Get-KlingTask -TaskId {task.TaskId:D}""")]
    [InlineData("""$"Image: '{path}' was given""")]
    public void RawCommands_LeavesAlone(string text) => Assert.Empty(SourceRules.RawCommands(File("A.cs", text)));

    private static SourceFile File(string name, string text) => new("src/Kling.Core/Models/" + name, text);
}

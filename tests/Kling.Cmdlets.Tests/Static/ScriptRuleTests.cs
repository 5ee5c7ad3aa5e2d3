using Kling.Cmdlets.Tests.Documents;
using Kling.Hosting;

namespace Kling.Cmdlets.Tests.Static;

/// <summary>The repository's scripts and snippets keep the rules of <see cref="ScriptRules"/>, which are not PSScriptAnalyzer itself.</summary>
public sealed class ScriptRuleTests
{
    public static TheoryData<string> Scripts() =>
    [
        .. new[] { "build.ps1" }.Concat(Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, "tests"), "*.ps1", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, "examples"), "*.ps1", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(RepositoryPaths.Root, path).Replace('\\', '/')))
            .Where(path => !path.Contains("/bin/", StringComparison.Ordinal) && !path.Contains("/obj/", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Script_keeps_the_rules(string path)
    {
        // The quickstart speaks to a person at a console; that is what Write-Host is for.
        string[] found = [.. ScriptRules.Violations(File.ReadAllText(Path.Combine(RepositoryPaths.Root, path)))
            .Where(one => path != "tests/Quickstart/quickstart.ps1" || !one.Contains("AvoidUsingWriteHost", StringComparison.Ordinal))];
        Assert.True(found.Length == 0, $"{path}:\n{string.Join("\n", found)}");
    }

    [Fact]
    public void Snippets_keep_the_rules() => Assert.Empty(DocumentReader.Documents.SelectMany(DocumentReader.Read)
        .SelectMany(block => ScriptRules.Violations(block.Code, whole: false).Select(found => $"{block.Document}:{block.Line}: {found}")));

    [Theory]
    [InlineData("gci | % { $_ }", "AvoidUsingCmdletAliases")]
    [InlineData("function Frobnicate-Thing { }", "UseApprovedVerbs")]
    [InlineData("$a = 1; $b = 2; $b", "UseDeclaredVarsMoreThanAssignments")]
    [InlineData("Write-Host hello", "AvoidUsingWriteHost")]
    [InlineData("Invoke-Expression $text", "AvoidUsingInvokeExpression")]
    [InlineData("Copy-Item a b c", "AvoidUsingPositionalParameters")]
    [InlineData("param([string] $Password) $Password", "AvoidUsingPlainTextForPassword")]
    [InlineData("ConvertTo-SecureString 'x' -AsPlainText -Force", "AvoidUsingConvertToSecureStringWithPlainText")]
    [InlineData("param([switch] $On = $true) $On", "AvoidDefaultValueSwitchParameter")]
    [InlineData("if ($x -eq $null) { }", "PossibleIncorrectComparisonWithNull")]
    [InlineData("try { Get-Item x } catch { }", "AvoidUsingEmptyCatchBlock")]
    [InlineData("$args = 1; $args", "AvoidAssignmentToAutomaticVariable")]
    [InlineData("Get-Item x ", "AvoidTrailingWhitespace")]
    [InlineData("$ErrorActionPreference = 'Stop'; $script:a = 1; $null = Get-Item x; [int] $n = 1; $n; Get-Item -Path a -Filter b; if ($null -eq $x) { }", "")]
    public void Rule_finds(string script, string rule)
    {
        string found = string.Join("\n", ScriptRules.Violations(script));
        Assert.True(rule.Length == 0 ? found.Length == 0 : found.Contains(rule, StringComparison.Ordinal), found);
    }
}

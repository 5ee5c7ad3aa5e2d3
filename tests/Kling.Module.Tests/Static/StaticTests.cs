using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;
using System.Text.RegularExpressions;
using Kling.Hosting;

namespace Kling.Module.Tests.Static;

/// <summary>The repository's PowerShell parses, and names only commands and parameters that the packaged module has.</summary>
[Collection(EngineCollection.Name)]
public sealed partial class StaticTests
{
    public StaticTests(ModuleUnderTest module) => Assert.NotNull(module);

    public static TheoryData<string> Names() => [.. ScriptSources.All().Select(source => source.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Script_parses(string name)
    {
        (_, ParseError[] errors) = ScriptSources.Parse(TextOf(name));
        Assert.True(errors.Length == 0, string.Join("\n", errors.Select(error => $"{name}: {error.Extent.StartLineNumber}: {error.Message}")));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Script_uses_what_the_module_has(string name)
    {
        string[] problems = [.. Problems(TextOf(name))];
        Assert.True(problems.Length == 0, $"{name}: {string.Join("\n", problems)}");
    }

    [Theory]
    [InlineData("Get-KlingModel; Get-Item x", "")]
    [InlineData("Get-KlingNonsense", "Get-KlingNonsense")]
    [InlineData("{ & { Get-KlingNonsense } }", "Get-KlingNonsense")]
    [InlineData("Get-KlingModel -Nonsense 1", "-Nonsense")]
    [InlineData("Get-KlingModel -ErrorAction Stop -Mod x", "")]
    public void Check_finds_what_is_wrong(string script, string problem)
    {
        string found = string.Join(" ", Problems(script));
        Assert.True(problem.Length == 0 ? found.Length == 0 : found.Contains(problem, StringComparison.Ordinal), found);
    }

    [Fact]
    public void Blocks_of_a_document_are_found()
    {
        (int line, string text) = Assert.Single(ScriptSources.Blocks(["a", "```powershell", "Get-Item x", "```", "```text", "no", "```"]));
        Assert.Equal((3, "Get-Item x"), (line, text.Trim()));
    }

    [Fact]
    public void Manifest_exports_every_cmdlet_and_nothing_else()
    {
        Hashtable manifest = Data(RepositoryPaths.SourceManifest);
        Type[] classes = ModuleCommands.All.Values.First().ImplementingType.Assembly.GetTypes();
        IEnumerable<string> declared = classes.Select(type => type.GetCustomAttribute<CmdletAttribute>()).OfType<CmdletAttribute>().Select(facts => $"{facts.VerbName}-{facts.NounName}");
        string[] exported = [.. Strings(manifest["CmdletsToExport"]).Order(StringComparer.Ordinal)];
        Assert.Equal(declared.Order(StringComparer.Ordinal), exported);
        Assert.Equal(exported, ModuleCommands.All.Keys.Order(StringComparer.Ordinal));
        Assert.All(new[] { "FunctionsToExport", "AliasesToExport", "VariablesToExport" }, kind => Assert.Empty(Strings(manifest[kind])));
    }

    [Fact]
    public void Texts_name_cmdlets_and_parameters_that_exist()
    {
        (string Name, string Text)[] texts = [.. ScriptSources.Topics(), .. ScriptSources.Pages()];
        Assert.True(ScriptSources.Topics().Count() > 10 && ScriptSources.Pages().Count() > 10);
        Assert.Empty(texts.SelectMany(text => Problems(text.Text, asWritten: true).Select(problem => $"{text.Name}: {problem}")));
    }

    [Theory]
    [InlineData("$x | New-KlingFilm", "New-KlingFilm is not")]
    [InlineData("Get-Help New-KlingFilm -Full", "New-KlingFilm is not")]
    [InlineData("| New-KlingFilm -Wait", "New-KlingFilm is not")]
    [InlineData("New-KlingVideo -Promt 'a'", "New-KlingVideo -Promt")]
    [InlineData("New-KlingVideo -Prom 'a'", "New-KlingVideo -Prom")]
    [InlineData("(Get-Thing -Foo) | New-KlingVideo -Image (Get-Item -Path x) -Nope", "New-KlingVideo -Nope")]
    public void Check_of_texts_finds_what_is_wrong(string code, string expected) => Assert.Contains(expected, Assert.Single(Problems(code, asWritten: true)), StringComparison.Ordinal);

    [Theory]
    [InlineData("if ((Get-KlingConnection).Mode -ne 'x') { }")]
    [InlineData("New-KlingVideo -Prompt 'a -Nope b' -Verbose # -Nope")]
    [InlineData("Get-Help New-KlingVideo -Full")]
    [InlineData("Get-KlingTask -TaskId 1 | Where-Object Cost -gt 1")]
    public void Check_of_texts_leaves_alone_what_is_right(string code) => Assert.Empty(Problems(code, asWritten: true));

    /// <summary>What a script names and the module does not have.</summary>
    /// <param name="text">The script.</param>
    /// <param name="asWritten">Whether short names and aliases of parameters are wrong, too: texts teach the full ones.</param>
    internal static IEnumerable<string> Problems(string text, bool asWritten = false)
    {
        (ScriptBlockAst tree, Token[] tokens) = ScriptSources.Tokens(text);

        // A cmdlet may be named where no command is, as in Get-Help New-KlingVideo, and in a piece of a script.
        foreach (Token token in tokens.Where(token => token.Kind is TokenKind.Generic or TokenKind.Identifier && KlingName().IsMatch(token.Text) && !ModuleCommands.All.ContainsKey(token.Text)))
        {
            yield return $"line {token.Extent.StartLineNumber}: {token.Text} is not exported.";
        }

        foreach (CommandAst command in tree.FindAll(node => node is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>())
        {
            if (command.GetCommandName() is not string name || !ModuleCommands.All.TryGetValue(name, out CmdletInfo? info))
            {
                continue;
            }

            foreach (CommandParameterAst parameter in command.CommandElements.OfType<CommandParameterAst>())
            {
                string? wrong = Problem(info, parameter.ParameterName, asWritten);
                if (wrong is not null)
                {
                    yield return $"line {parameter.Extent.StartLineNumber}: {name} -{parameter.ParameterName}: {wrong}";
                }
            }
        }
    }

    private static string? Problem(CmdletInfo cmdlet, string parameter, bool asWritten)
    {
        try
        {
            string name = cmdlet.ResolveParameter(parameter).Name;
            return asWritten && name != parameter ? $"its name is {name}" : null;
        }
        catch (ParameterBindingException failure)
        {
            return failure.Message;
        }
    }

    private static Hashtable Data(string manifest)
    {
        ScriptBlockAst tree = Parser.ParseFile(manifest, out _, out ParseError[] errors);
        Assert.Empty(errors);
        return (Hashtable)((HashtableAst)tree.Find(node => node is HashtableAst, searchNestedScriptBlocks: false)!).SafeGetValue();
    }

    private static IEnumerable<string> Strings(object? list) => ((IEnumerable)list!).Cast<object>().Select(name => name.ToString()!);

    private static string TextOf(string name) => ScriptSources.All().Single(source => source.Name == name).Text;

    [GeneratedRegex(@"^[A-Za-z]+-Kling\w*$", RegexOptions.IgnoreCase)]
    private static partial Regex KlingName();
}

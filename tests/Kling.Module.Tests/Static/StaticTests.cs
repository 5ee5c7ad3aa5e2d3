using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text.RegularExpressions;
using Kling.Hosting;

namespace Kling.Module.Tests.Static;

/// <summary>The repository's PowerShell parses, and names only commands and parameters that the packaged module has.</summary>
[Collection(EngineCollection.Name)]
public sealed partial class StaticTests
{
    private static readonly Lazy<Dictionary<string, CommandInfo>> s_commands = new(LoadCommands);

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
        string[] problems = [.. Problems(TextOf(name), s_commands.Value)];
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
        string found = string.Join(" ", Problems(script, s_commands.Value));
        Assert.True(problem.Length == 0 ? found.Length == 0 : found.Contains(problem, StringComparison.Ordinal), found);
    }

    [Fact]
    public void Blocks_of_a_document_are_found()
    {
        (int line, string text) = Assert.Single(ScriptSources.Blocks(["a", "```powershell", "Get-Item x", "```", "```text", "no", "```"]));
        Assert.Equal((3, "Get-Item x"), (line, text.Trim()));
    }

    [Fact]
    public void Manifest_exports_what_the_module_has() =>
        Assert.Equal(Exported(RepositoryPaths.SourceManifest), s_commands.Value.Keys.Order(StringComparer.OrdinalIgnoreCase));

    private static IEnumerable<string> Problems(string text, Dictionary<string, CommandInfo> commands)
    {
        foreach (CommandAst command in ScriptSources.Parse(text).Tree.FindAll(node => node is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>())
        {
            string? name = command.GetCommandName();
            if (name is null || !KlingName().IsMatch(name))
            {
                continue;
            }

            if (!commands.TryGetValue(name, out CommandInfo? info))
            {
                yield return $"line {command.Extent.StartLineNumber}: {name} is not exported.";
                continue;
            }

            foreach (CommandParameterAst parameter in command.CommandElements.OfType<CommandParameterAst>())
            {
                string? wrong = null;
                try
                {
                    info.ResolveParameter(parameter.ParameterName);
                }
                catch (ParameterBindingException failure)
                {
                    wrong = $"line {parameter.Extent.StartLineNumber}: {name} -{parameter.ParameterName}: {failure.Message}";
                }

                if (wrong is not null)
                {
                    yield return wrong;
                }
            }
        }
    }

    private static Dictionary<string, CommandInfo> LoadCommands()
    {
        using var engine = new EngineHost(new EngineOptions { ModulePath = RepositoryPaths.ModuleManifest });
        var commands = engine.Run("Get-Command -Module Kling").Check().OutputOf<CommandInfo>().ToDictionary(command => command.Name, StringComparer.OrdinalIgnoreCase);

        // Parameters are read while their runspace is open.
        foreach (CommandInfo command in commands.Values)
        {
            Assert.NotEmpty(command.Parameters);
        }

        return commands;
    }

    private static IEnumerable<string> Exported(string manifest)
    {
        ScriptBlockAst tree = Parser.ParseFile(manifest, out _, out ParseError[] errors);
        Assert.Empty(errors);
        var data = (Hashtable)((HashtableAst)tree.Find(node => node is HashtableAst, searchNestedScriptBlocks: false)!).SafeGetValue();
        return ((IEnumerable)data["CmdletsToExport"]!).Cast<object>().Select(name => name.ToString()!).Order(StringComparer.OrdinalIgnoreCase);
    }

    private static string TextOf(string name) => ScriptSources.All().Single(source => source.Name == name).Text;

    [GeneratedRegex("^[A-Za-z]+-Kling", RegexOptions.IgnoreCase)]
    private static partial Regex KlingName();
}

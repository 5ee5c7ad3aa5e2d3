using System.Management.Automation;
using System.Xml.Linq;
using Kling.Hosting;
using Kling.Module.Tests.Static;

namespace Kling.Module.Tests.Help;

/// <summary>The help describes every cmdlet and parameter as PowerShell knows them, and nothing else.</summary>
[Collection(EngineCollection.Name)]
public sealed class HelpTests
{
    private static readonly XNamespace s_command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace s_maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace s_dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    private static readonly Dictionary<string, XElement> s_help = XDocument.Load(Path.Combine(RepositoryPaths.Root, "src", "Kling", "en-US", "Kling.dll-Help.xml"))
        .Descendants(s_command + "command")
        .ToDictionary(command => command.Element(s_command + "details")!.Element(s_command + "name")!.Value);

    public HelpTests(ModuleUnderTest module) => Assert.NotNull(module);

    [Fact]
    public void Help_covers_every_cmdlet_and_nothing_else() =>
        Assert.Equal(ModuleCommands.All.Keys.Order(StringComparer.Ordinal), s_help.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Parameters_are_described_as_PowerShell_knows_them() =>
        Assert.Empty(ModuleCommands.All.Values.SelectMany(cmdlet => Differences(cmdlet.Name, ModuleCommands.Shown(cmdlet), s_help[cmdlet.Name])));

    [Fact]
    public void Syntax_names_every_parameter_and_nothing_else() => Assert.All(ModuleCommands.All.Values, cmdlet => Assert.Equal(
        ModuleCommands.Shown(cmdlet).Select(parameter => parameter.Name).Order(StringComparer.Ordinal),
        s_help[cmdlet.Name].Element(s_command + "syntax")!.Descendants(s_command + "parameter").Select(Name).Distinct().Order(StringComparer.Ordinal)));

    [Fact]
    public void Cmdlets_have_three_examples_that_name_what_exists() => Assert.All(s_help, entry =>
    {
        string[] examples = [.. entry.Value.Descendants(s_dev + "code").Select(code => code.Value)];
        Assert.True(examples.Length >= 3, entry.Key);
        Assert.Empty(examples.SelectMany(code => StaticTests.Problems(code, asWritten: true)));
        Assert.Contains(examples, code => code.Contains(entry.Key, StringComparison.Ordinal));
    });

    [Fact]
    public void Readme_explains_every_cmdlet_by_name()
    {
        string readme = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "README.md"));
        Assert.DoesNotContain(ModuleCommands.All.Keys, name => !readme.Contains(name, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Width of the video in pixels.", "1", "True (ByPropertyName)", "W", "Int32", true)]
    [InlineData("", "1", "True (ByPropertyName)", "W", "Int32", false)]
    [InlineData("Width of the video in pixels.", "named", "True (ByPropertyName)", "W", "Int32", false)]
    [InlineData("Width of the video in pixels.", "1", "True (ByValue, ByPropertyName)", "W", "Int32", false)]
    [InlineData("Width of the video in pixels.", "1", "false", "W", "Int32", false)]
    [InlineData("Width of the video in pixels.", "1", "True (ByPropertyName)", "none", "Int32", false)]
    [InlineData("Width of the video in pixels.", "1", "True (ByPropertyName)", "W", "String", false)]
    public void Differences_are_found(string description, string position, string pipe, string aliases, string type, bool isRight)
    {
        ParameterMetadata[] own = [new CmdletInfo("Get-Sample", typeof(SampleCommand)).Parameters["Width"]];
        var described = new XElement(s_command + "parameter", new XAttribute("position", position), new XAttribute("pipelineInput", pipe), new XAttribute("aliases", aliases),
            new XElement(s_maml + "name", "Width"), new XElement(s_maml + "description", description),
            new XElement(s_command + "parameterValue", type), new XElement(s_dev + "defaultValue", "None"));
        var all = new XElement(s_command + "command", new XElement(s_command + "parameters", described));
        var none = new XElement(s_command + "command", new XElement(s_command + "parameters"));

        Assert.Equal(isRight, !Differences("Get-Sample", own, all).Any());
        Assert.NotEmpty(Differences("Get-Sample", own, none));
        Assert.NotEmpty(Differences("Get-Sample", [], all));
    }

    private static IEnumerable<string> Differences(string cmdlet, IEnumerable<ParameterMetadata> parameters, XElement command)
    {
        var described = command.Element(s_command + "parameters")!.Elements(s_command + "parameter").ToDictionary(Name);
        ParameterMetadata[] own = [.. parameters];
        foreach (string name in described.Keys.Except(own.Select(parameter => parameter.Name)))
        {
            yield return $"{cmdlet} -{name}: no such parameter";
        }

        foreach (ParameterMetadata parameter in own)
        {
            string label = $"{cmdlet} -{parameter.Name}";
            if (!described.TryGetValue(parameter.Name, out XElement? help))
            {
                yield return $"{label}: not described";
                continue;
            }

            string pipe = (string)help.Attribute("pipelineInput")!;
            ParameterSetMetadata[] sets = [.. parameter.ParameterSets.Values];
            string position = string.Join(", ", sets.Select(set => set.Position).Where(place => place != int.MinValue).Distinct());
            (string What, bool Right)[] facts =
            [
                ("description", Text(help.Element(s_maml + "description")).Length > 20),
                ("position", (string?)help.Attribute("position") == (position.Length == 0 ? "named" : position)),
                ("by value", pipe.Contains("ByValue", StringComparison.Ordinal) == sets.Any(set => set.ValueFromPipeline)),
                ("by property name", pipe.Contains("ByPropertyName", StringComparison.Ordinal) == sets.Any(set => set.ValueFromPipelineByPropertyName)),
                ("aliases", (string?)help.Attribute("aliases") == (parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases))),
                ("type", help.Element(s_command + "parameterValue")!.Value == (Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType).Name),
                ("default", help.Element(s_dev + "defaultValue") is not null),
            ];
            foreach ((string what, _) in facts.Where(fact => !fact.Right))
            {
                yield return $"{label}: {what}";
            }
        }
    }

    private static string Name(XElement parameter) => parameter.Element(s_maml + "name")!.Value;

    private static string Text(XElement? element) => element?.Value.Trim() ?? "";

    [Cmdlet(VerbsCommon.Get, "Sample")]
    private sealed class SampleCommand : PSCmdlet
    {
        [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
        [Alias("W")]
        public int? Width { get; set; }
    }
}

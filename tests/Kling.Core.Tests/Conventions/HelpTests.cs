using System.Text.RegularExpressions;
using System.Xml.Linq;
using Kling.Requests;

namespace Kling.Core.Tests.Conventions;

/// <summary>Help and texts describe every cmdlet and parameter of the sources, and name nothing else.</summary>
public class HelpTests
{
    private static readonly XNamespace s_command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace s_maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace s_dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    private static readonly IReadOnlyList<CmdletSource> s_cmdlets = CmdletSources.Read(RepositoryFiles.Sources("src/Kling/Cmdlets"));
    private static readonly Dictionary<string, XElement> s_help = XDocument.Parse(RepositoryFiles.Read("src/Kling/en-US/Kling.dll-Help.xml"))
        .Descendants(s_command + "command")
        .ToDictionary(command => command.Element(s_command + "details")!.Element(s_command + "name")!.Value);

    [Fact]
    public void Help_CoversEveryCmdletAndNothingElse() =>
        Assert.Equal(s_cmdlets.Select(cmdlet => cmdlet.Name).Order(StringComparer.Ordinal), s_help.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Cmdlets_HaveSynopsisDescriptionInputsAndOutputs() => Assert.All(s_help, entry =>
    {
        XElement command = entry.Value;
        Assert.True(Text(command.Element(s_command + "details")!.Element(s_maml + "description")).Length > 15, entry.Key);
        Assert.True(Text(command.Element(s_maml + "description")).Length > 50, entry.Key);
        Assert.NotEmpty(command.Descendants(s_command + "inputType"));
        Assert.NotEmpty(command.Descendants(s_command + "returnValue"));
    });

    [Fact]
    public void Parameters_AreDescribedAsTheSourcesDeclareThem() => Assert.Empty(s_cmdlets.SelectMany(cmdlet => Differences(cmdlet, s_help[cmdlet.Name])));

    [Theory]
    [InlineData("New-KlingVideo")]
    [InlineData("Measure-KlingCost")]
    [InlineData("Test-KlingRequest")]
    public void RequestParameters_TellWireNameLimitsAndDefaultOfTheModelsTable(string cmdlet)
    {
        var described = s_help[cmdlet].Element(s_command + "parameters")!.Elements(s_command + "parameter").ToDictionary(Name);
        ParameterSpec[] rows = [.. ModelSpec.Kling21Standard.Parameters.Where(row => row.IsParameter && row.Name != "TaskId")];
        Assert.True(rows.Length > 12);
        Assert.All(rows, row =>
        {
            string standard = Text(described[row.Name].Element(s_dev + "defaultValue"));
            string text = $"{Text(described[row.Name].Element(s_maml + "description"))} Default: {standard}";
            Assert.Contains($"Wire name: {row.WireName}.", text, StringComparison.Ordinal);
            string[] limits = [.. row.AllowedValues, .. new[] { row.Type == ParameterType.Array ? null : row.Min, row.Type == ParameterType.Array ? null : row.Max, row.Step }.OfType<decimal>().Select(NumberText.Minimal)];
            Assert.All(limits, limit => Assert.True(text.Replace("$", "", StringComparison.Ordinal).Contains(limit, StringComparison.OrdinalIgnoreCase) || row.Name is "Width" or "Height", $"{row.Name}: {limit}"));

            // The one default that the cmdlets change: without it the service would not say what it billed.
            if (row.DefaultText is string value && row.Name != "IncludeCost")
            {
                Assert.Equal(value, standard, ignoreCase: true);
            }
        });
    }

    [Fact]
    public void Syntax_NamesEveryParameterAndNothingElse() => Assert.All(s_cmdlets, cmdlet => Assert.Equal(
        cmdlet.Parameters.Select(p => p.Name).Order(StringComparer.Ordinal),
        s_help[cmdlet.Name].Element(s_command + "syntax")!.Descendants(s_command + "parameter").Select(Name).Distinct().Order(StringComparer.Ordinal)));

    [Fact]
    public void Cmdlets_HaveThreeExamplesThatNameWhatExists() => Assert.All(s_help, entry =>
    {
        string[] examples = [.. entry.Value.Descendants(s_dev + "code").Select(code => code.Value)];
        Assert.True(examples.Length >= 3, entry.Key);
        Assert.Empty(examples.SelectMany(code => Snippets.Unknown(code, s_cmdlets)));
        Assert.Contains(examples, code => code.Contains(entry.Key, StringComparison.Ordinal));
    });

    [Fact]
    public void Links_NameCmdletsAndTopicsThatExist() => Assert.DoesNotContain(s_help.Values.Descendants(s_maml + "linkText").Select(link => link.Value),
        link => !s_help.ContainsKey(link) && !File.Exists(Path.Combine(RepositoryFiles.Root, $"src/Kling/en-US/{link}.help.txt")));

    [Fact]
    public void Texts_NameCmdletsAndParametersThatExist()
    {
        string[] topics = [.. RepositoryFiles.Texts("src/Kling/en-US").Where(file => file.Name.EndsWith(".help.txt", StringComparison.Ordinal)).SelectMany(file => IndentedCode(file.Text))];
        string[] pages = [.. RepositoryFiles.Texts().Where(file => file.Name.EndsWith(".md", StringComparison.Ordinal)).SelectMany(file => MarkdownCode(file.Text))];
        Assert.True(topics.Length > 10 && pages.Length > 10);
        Assert.Empty(topics.Concat(pages).SelectMany(code => Snippets.Unknown(code, s_cmdlets)));
    }

    [Fact]
    public void Readme_ExplainsEveryCmdletByName() =>
        Assert.DoesNotContain(s_cmdlets, cmdlet => !RepositoryFiles.Read("README.md").Contains(cmdlet.Name, StringComparison.Ordinal));

    [Fact]
    public void Topics_FitTheirWindow() => Assert.All(RepositoryFiles.Texts("src/Kling/en-US").Where(file => file.Name.EndsWith(".txt", StringComparison.Ordinal)),
        file => Assert.All(file.Text.Split('\n'), line => Assert.True(line.Length <= 100, line)));

    [Fact]
    public void Project_PublishesTheHelp() => Assert.Contains("en-US/*.xml;en-US/*.txt", RepositoryFiles.Read("src/Kling/Kling.csproj"));

    [Fact]
    public void Differences_FindsEach()
    {
        var parameter = new ParameterSource("Width", "int", ["W"], 1, false, true, false);
        XElement described = Parameter("Width", "Width of the video in pixels.", "1", "True (ByPropertyName)", "W", "Int32");
        Assert.Empty(Differences(Cmdlet(parameter), Command(described)));
        Assert.NotEmpty(Differences(Cmdlet(parameter), Command()));
        Assert.NotEmpty(Differences(Cmdlet(), Command(described)));
        Assert.NotEmpty(Differences(Cmdlet(parameter), Command(Parameter("Width", "", "1", "True (ByPropertyName)", "W", "Int32"))));
        Assert.NotEmpty(Differences(Cmdlet(parameter), Command(Parameter("Width", "Width of the video in pixels.", "named", "True (ByPropertyName)", "W", "Int32"))));
        Assert.NotEmpty(Differences(Cmdlet(parameter), Command(Parameter("Width", "Width of the video in pixels.", "1", "false", "W", "Int32"))));
        Assert.NotEmpty(Differences(Cmdlet(parameter), Command(Parameter("Width", "Width of the video in pixels.", "1", "True (ByPropertyName)", "none", "Int32"))));
        Assert.NotEmpty(Differences(Cmdlet(parameter), Command(Parameter("Width", "Width of the video in pixels.", "1", "True (ByPropertyName)", "W", "String"))));
    }

    [Theory]
    [InlineData("$x | New-KlingFilm", "New-KlingFilm")]
    [InlineData("New-KlingVideo -Promt 'a'", "New-KlingVideo -Promt")]
    [InlineData("(Get-Thing -Foo) | New-KlingVideo -Image (Get-Item -Path x) -Nope", "New-KlingVideo -Nope")]
    public void Unknown_Finds(string code, string expected) => Assert.Equal([expected], Snippets.Unknown(code, s_cmdlets));

    [Theory]
    [InlineData("if ((Get-KlingConnection).Mode -ne 'x') { }")]
    [InlineData("New-KlingVideo -Prompt 'a -Nope b' -Verbose # -Nope")]
    [InlineData("Get-Help New-KlingVideo -Full")]
    [InlineData("Get-KlingTask -TaskId 1 | Where-Object Cost -gt 1")]
    public void Unknown_LeavesAlone(string code) => Assert.Empty(Snippets.Unknown(code, s_cmdlets));

    private static IEnumerable<string> Differences(CmdletSource cmdlet, XElement command)
    {
        var described = command.Element(s_command + "parameters")!.Elements(s_command + "parameter").ToDictionary(Name);
        foreach (string name in described.Keys.Except(cmdlet.Parameters.Select(p => p.Name)))
        {
            yield return $"{cmdlet.Name} -{name}: no such parameter";
        }

        foreach (ParameterSource parameter in cmdlet.Parameters)
        {
            string label = $"{cmdlet.Name} -{parameter.Name}";
            if (!described.TryGetValue(parameter.Name, out XElement? help))
            {
                yield return $"{label}: not described";
                continue;
            }

            string pipe = (string)help.Attribute("pipelineInput")!;
            (string What, bool Right)[] facts =
            [
                ("description", Text(help.Element(s_maml + "description")).Length > 20),
                ("position", (string?)help.Attribute("position") == (parameter.Position?.ToString() ?? "named")),
                ("by value", pipe.Contains("ByValue", StringComparison.Ordinal) == parameter.ByValue),
                ("by property name", pipe.Contains("ByPropertyName", StringComparison.Ordinal) == parameter.ByName),
                ("aliases", (string?)help.Attribute("aliases") == (parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases))),
                ("type", help.Element(s_command + "parameterValue")!.Value.Equals(FullType(parameter.Type), StringComparison.Ordinal)),
                ("default", help.Element(s_dev + "defaultValue") is not null),
            ];
            foreach ((string what, _) in facts.Where(fact => !fact.Right))
            {
                yield return $"{label}: {what}";
            }
        }
    }

    private static string FullType(string type) => type switch
    {
        "int" => "Int32",
        "bool" => "Boolean",
        "decimal" => "Decimal",
        "decimal[]" => "Decimal[]",
        "string" => "String",
        "string[]" => "String[]",
        _ => type,
    };

    private static string Name(XElement parameter) => parameter.Element(s_maml + "name")!.Value;

    private static string Text(XElement? element) => element?.Value.Trim() ?? "";

    private static IEnumerable<string> IndentedCode(string text) => text.Split('\n').Where(line => line.StartsWith("        ", StringComparison.Ordinal));

    private static IEnumerable<string> MarkdownCode(string text) =>
        Regex.Matches(text, @"```powershell\n(?<code>.*?)```|(?<!`)`(?<code>[^`\n]+)`(?!`)", RegexOptions.Singleline).Select(match => match.Groups["code"].Value);

    private static CmdletSource Cmdlet(params ParameterSource[] parameters) => new("New-Thing", "C", parameters);

    private static XElement Command(params XElement[] parameters) => new(s_command + "command", new XElement(s_command + "parameters", parameters));

    private static XElement Parameter(string name, string description, string position, string pipe, string aliases, string type) =>
        new(s_command + "parameter", new XAttribute("position", position), new XAttribute("pipelineInput", pipe), new XAttribute("aliases", aliases),
            new XElement(s_maml + "name", name), new XElement(s_maml + "description", description),
            new XElement(s_command + "parameterValue", type), new XElement(s_dev + "defaultValue", "None"));
}

using System.Xml.Linq;
using Kling.Requests;
using Kling.Support;

namespace Kling.Core.Tests.Conventions;

/// <summary>The help has what every cmdlet's help must have, and tells the model's table. The module's tests compare it with the cmdlets.</summary>
public class HelpTests
{
    private static readonly XNamespace s_command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace s_maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace s_dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    private static readonly Dictionary<string, XElement> s_help = XDocument.Parse(RepositoryFiles.Read("src/Kling/en-US/Kling.dll-Help.xml"))
        .Descendants(s_command + "command")
        .ToDictionary(command => command.Element(s_command + "details")!.Element(s_command + "name")!.Value);

    [Fact]
    public void Cmdlets_HaveSynopsisDescriptionInputsAndOutputs() => Assert.All(s_help, entry =>
    {
        XElement command = entry.Value;
        Assert.True(Text(command.Element(s_command + "details")!.Element(s_maml + "description")).Length > 15, entry.Key);
        Assert.True(Text(command.Element(s_maml + "description")).Length > 50, entry.Key);
        Assert.NotEmpty(command.Descendants(s_command + "inputType"));
        Assert.NotEmpty(command.Descendants(s_command + "returnValue"));
    });

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
    public void Syntax_TellsTheTypeOfEveryParameter_AsToolsThatReadHelpNeed() => Assert.All(s_help.Values.Descendants(s_command + "syntaxItem").Elements(s_command + "parameter"), parameter =>
    {
        string? value = parameter.Element(s_command + "parameterValue")?.Value;
        Assert.True(value is not null || Text(parameter.Element(s_dev + "type")?.Element(s_maml + "name")) == "SwitchParameter", $"{parameter.Parent!.Element(s_maml + "name")!.Value} -{Name(parameter)}");
    });

    [Fact]
    public void Links_NameCmdletsAndTopicsThatExist() => Assert.DoesNotContain(s_help.Values.Descendants(s_maml + "linkText").Select(link => link.Value),
        link => !s_help.ContainsKey(link) && !File.Exists(Path.Combine(RepositoryFiles.Root, $"src/Kling/en-US/{link}.help.txt")));

    [Fact]
    public void Topics_FitTheirWindow() => Assert.All(RepositoryFiles.Texts("src/Kling/en-US").Where(file => file.Name.EndsWith(".txt", StringComparison.Ordinal)),
        file => Assert.All(file.Text.Split('\n'), line => Assert.True(line.Length <= 100, line)));

    [Fact]
    public void Project_PublishesTheHelp() => Assert.Contains("en-US/*.xml;en-US/*.txt", RepositoryFiles.Read("src/Kling/Kling.csproj"));

    private static string Name(XElement parameter) => parameter.Element(s_maml + "name")!.Value;

    private static string Text(XElement? element) => element?.Value.Trim() ?? "";
}

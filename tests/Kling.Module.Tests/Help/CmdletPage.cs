using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Kling.Hosting;

namespace Kling.Module.Tests.Help;

/// <summary>Makes the page of a cmdlet in docs/cmdlets out of its help, so that the two cannot say different things.</summary>
internal static partial class CmdletPage
{
    private static readonly XNamespace s_command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace s_maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace s_dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    /// <summary>The folder of the pages.</summary>
    internal static string Folder { get; } = Path.Combine(RepositoryPaths.Root, "docs", "cmdlets");

    /// <summary>By cmdlet, its page's text.</summary>
    internal static IReadOnlyDictionary<string, string> All { get; } = XDocument.Load(Path.Combine(RepositoryPaths.Root, "src", "Kling", "en-US", "Kling.dll-Help.xml"))
        .Descendants(s_command + "command").ToDictionary(command => command.Element(s_command + "details")!.Element(s_command + "name")!.Value, Of);

    /// <summary>The page of one command's help.</summary>
    internal static string Of(XElement command)
    {
        XElement details = command.Element(s_command + "details")!;
        string name = details.Element(s_command + "name")!.Value;
        var page = new StringBuilder();
        page.Append($"<!-- Made from src/Kling/en-US/Kling.dll-Help.xml; change it there. -->\n\n# {name}\n\n{Paragraphs(details.Element(s_maml + "description"))}");
        page.Append("## Syntax\n\n```text\n").AppendJoin("\n\n", command.Descendants(s_command + "syntaxItem").Select(Syntax)).Append("\n```\n\n");
        page.Append("## Description\n\n").Append(Paragraphs(command.Element(s_maml + "description")));
        page.Append("## Examples\n\n");
        foreach (XElement example in command.Descendants(s_command + "example"))
        {
            page.Append($"### {Dashes().Replace(example.Element(s_maml + "title")!.Value, "")}\n\n```powershell\n{example.Element(s_dev + "code")!.Value.Trim()}\n```\n\n")
                .Append(Paragraphs(example.Element(s_dev + "remarks")));
        }

        page.Append("## Parameters\n\n");
        foreach (XElement parameter in command.Element(s_command + "parameters")!.Elements(s_command + "parameter"))
        {
            page.Append($"### -{Name(parameter)}\n\n{Paragraphs(parameter.Element(s_maml + "description"))}{Facts(parameter)}\n\n");
        }

        page.Append("## Input\n\n").AppendJoin("", command.Descendants(s_command + "inputType").Select(TypeLine));
        page.Append("## Output\n\n").AppendJoin("", command.Descendants(s_command + "returnValue").Select(TypeLine));
        page.Append("## See also\n\n").AppendJoin(" · ", command.Descendants(s_maml + "linkText").Select(link => Link(link.Value)));
        return page.Append('\n').ToString();
    }

    private static string Syntax(XElement item) => string.Join(" ",
        item.Elements(s_command + "parameter").Select(Written).Prepend(item.Element(s_maml + "name")!.Value)) + " [<CommonParameters>]";

    private static string Written(XElement parameter)
    {
        string name = "-" + Name(parameter);
        string? value = parameter.Element(s_command + "parameterValue")?.Value;
        bool isOptional = (string?)parameter.Attribute("required") != "true";
        name = (string?)parameter.Attribute("position") != "named" && value is not null ? $"[{name}]" : name;
        string whole = value is null ? name : $"{name} <{value}>";
        return isOptional ? $"[{whole}]" : whole;
    }

    private static string Facts(XElement parameter)
    {
        string aliases = (string?)parameter.Attribute("aliases") ?? "none";
        string position = (string?)parameter.Attribute("position") ?? "named";
        string pipe = (string?)parameter.Attribute("pipelineInput") ?? "false";
        string standard = parameter.Element(s_dev + "defaultValue")?.Value ?? "None";
        string[] facts =
        [
            $"Type: `{parameter.Element(s_dev + "type")!.Element(s_maml + "name")!.Value}`",
            (string?)parameter.Attribute("required") == "true" ? "required" : "",
            standard is "None" or "" ? "" : $"default: `{standard}`",
            position == "named" ? "" : $"position: {position}",
            pipe.StartsWith("True", StringComparison.OrdinalIgnoreCase) ? $"from the pipeline: {pipe[(pipe.IndexOf('(', StringComparison.Ordinal) + 1)..^1]}" : "",
            aliases == "none" ? "" : $"aliases: {aliases}",
        ];
        return string.Join(" · ", facts.Where(fact => fact.Length > 0));
    }

    private static string TypeLine(XElement type) =>
        $"`{type.Element(s_dev + "type")!.Element(s_maml + "name")!.Value}`: {Paragraphs(type.Element(s_maml + "description"))}";

    private static string Link(string target) => target.StartsWith("about_", StringComparison.Ordinal) ? $"[{target}](../../src/Kling/en-US/{target}.help.txt)" : $"[{target}]({target}.md)";

    private static string Name(XElement parameter) => parameter.Element(s_maml + "name")!.Value;

    // The texts are plain; what Markdown would take for markup is escaped.
    private static string Paragraphs(XElement? text) => text is null ? "" : string.Concat(
        text.Elements(s_maml + "para").Select(para => para.Value.Trim()).Where(para => para.Length > 0).Select(para => Special().Replace(para, @"\$0") + "\n\n"));

    [GeneratedRegex("^-+ | -+$")]
    private static partial Regex Dashes();

    [GeneratedRegex(@"[\\`*_<>|\[\]]")]
    private static partial Regex Special();
}

using System.Xml.Linq;
using Kling.Hosting;

namespace Kling.Module.Tests.Help;

/// <summary>One example of a cmdlet's help.</summary>
/// <param name="Cmdlet">The cmdlet.</param>
/// <param name="Number">Its place, from 1.</param>
/// <param name="Code">What the help says to type.</param>
internal sealed record HelpExample(string Cmdlet, int Number, string Code)
{
    private static readonly XNamespace s_command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace s_dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    /// <summary>The name a test shows, for example <c>New-KlingVideo 2</c>.</summary>
    internal string Name => FormattableString.Invariant($"{Cmdlet} {Number}");

    /// <summary>All examples of the help in the sources.</summary>
    internal static IReadOnlyList<HelpExample> All { get; } =
    [
        .. from command in XDocument.Load(Path.Combine(RepositoryPaths.Root, "src", "Kling", "en-US", "Kling.dll-Help.xml")).Descendants(s_command + "command")
           let name = command.Element(s_command + "details")!.Element(s_command + "name")!.Value
           from example in command.Descendants(s_command + "example").Select((element, index) => (Code: element.Element(s_dev + "code")!.Value, Number: index + 1))
           select new HelpExample(name, example.Number, example.Code),
    ];
}

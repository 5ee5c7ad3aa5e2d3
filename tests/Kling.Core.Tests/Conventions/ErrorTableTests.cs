using System.Text.RegularExpressions;

namespace Kling.Core.Tests.Conventions;

/// <summary>The error table of docs/ARCHITECTURE.md lists exactly the ids that the sources can write.</summary>
public class ErrorTableTests
{
    [Fact]
    public void Table_ListsEveryErrorId()
    {
        string table = RepositoryFiles.Read("docs/ARCHITECTURE.md");
        string errors = table[table.IndexOf("\n## Errors", StringComparison.Ordinal)..table.IndexOf("\n## Secrets", StringComparison.Ordinal)];
        Assert.Equal(
            Ids(RepositoryFiles.Sources("src/Kling")).Order(StringComparer.Ordinal),
            Regex.Matches(errors, @"^\| `(\w+)` \|", RegexOptions.Multiline).Select(row => row.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Ids_FindsEachWayToNameOne()
    {
        var file = new SourceFile("A.cs", "internal const string First = \"First\"; x => (\"Second\", ErrorCategory.A), y =>\n (\"Third\",\n ErrorCategory.B); new ErrorRecord(new X($\"a, {b}\"),\n \"Fourth\", ErrorCategory.C, z)");
        Assert.Equal(["First", "Second", "Third", "Fourth"], Ids([file]));
    }

    internal static IEnumerable<string> Ids(IEnumerable<SourceFile> files) => files
        .Where(file => file.Text.Contains("ErrorCategory.", StringComparison.Ordinal))
        .SelectMany(file => Regex.Matches(file.Text, @"const string \w+ = ""(\w+)""|""([A-Z]\w+)"",\s*ErrorCategory\.\w+").Select(id => id.Groups[1].Value + id.Groups[2].Value))
        .Distinct();
}

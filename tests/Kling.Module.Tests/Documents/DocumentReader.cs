using System.Text.RegularExpressions;
using Kling.Hosting;

namespace Kling.Module.Tests.Documents;

/// <summary>
/// Reads the PowerShell out of the documents. A comment above a block says how it is tested: <c>session</c> begins a fresh one,
/// <c>error: Id</c> names the error it is about, <c>parsed only: reason</c> keeps it from being run. A block marked as text that
/// follows is what it shows.
/// </summary>
internal static partial class DocumentReader
{
    /// <summary>The documents, as paths from the repository's root. The pages of docs/cmdlets are the help, whose examples have their own tests.</summary>
    internal static IReadOnlyList<string> Documents { get; } =
    [
        .. new[] { "README.md", "CONTRIBUTING.md", "CHANGELOG.md" }
            .Concat(Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, "docs"), "*.md", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(RepositoryPaths.Root, path).Replace('\\', '/')).Where(path => !path.StartsWith("docs/cmdlets/", StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The blocks of a document in the repository.</summary>
    internal static IReadOnlyList<DocumentBlock> Read(string document) => Read(document, File.ReadAllLines(Path.Combine(RepositoryPaths.Root, document)));

    /// <summary>The blocks of a document.</summary>
    internal static IReadOnlyList<DocumentBlock> Read(string document, IReadOnlyList<string> lines)
    {
        var blocks = new List<DocumentBlock>();
        var comments = new List<string>();
        for (int i = 0; i < lines.Count; i++)
        {
            string line = lines[i].Trim();
            if (Comment().Match(line) is { Success: true } comment)
            {
                comments.Add(comment.Groups[1].Value);
            }
            else if (line.StartsWith("```", StringComparison.Ordinal))
            {
                int end = End(lines, i);
                string code = string.Join("\n", lines.Skip(i + 1).Take(end - i - 1));
                if (line is "```powershell" or "```yaml")
                {
                    (string? output, int first, int length) = OutputAfter(lines, end);
                    blocks.Add(new DocumentBlock(document, blocks.Count + 1, i + 2, line == "```yaml" ? StepsOf(code) : code)
                    {
                        BeginsSession = comments.Contains("session"),
                        ParsedOnly = Directive(comments, "parsed only: "),
                        Error = Directive(comments, "error: "),
                        Output = output,
                        OutputLines = (first, length),
                    });
                }

                comments.Clear();
                i = end;
            }
            else if (line.Length > 0)
            {
                comments.Clear();
            }
        }

        return blocks;
    }

    private static int End(IReadOnlyList<string> lines, int start)
    {
        for (int i = start + 1; i < lines.Count; i++)
        {
            if (lines[i].Trim() == "```")
            {
                return i;
            }
        }

        throw new FormatException($"The block of line {start + 1} does not end.");
    }

    private static (string? Text, int First, int Length) OutputAfter(IReadOnlyList<string> lines, int end)
    {
        int next = end + 1;
        while (next < lines.Count && lines[next].Trim().Length == 0)
        {
            next++;
        }

        if (next >= lines.Count || lines[next].Trim() != "```text")
        {
            return (null, 0, 0);
        }

        int length = End(lines, next) - next - 1;
        return (string.Join("\n", lines.Skip(next + 1).Take(length)), next + 1, length);
    }

    // What a workflow's steps run is PowerShell; the rest of the file is its host's.
    private static string StepsOf(string yaml)
    {
        var steps = new List<string>();
        int key = -1;
        foreach (string line in yaml.Split('\n'))
        {
            int indent = line.Length - line.TrimStart().Length;
            if (key >= 0 && indent > key)
            {
                steps.Add(line.Trim());
            }
            else
            {
                key = line.TrimEnd().EndsWith("run: |", StringComparison.Ordinal) ? line.IndexOf("run: |", StringComparison.Ordinal) : -1;
            }
        }

        return string.Join("\n", steps);
    }

    private static string? Directive(List<string> comments, string name) =>
        comments.Find(comment => comment.StartsWith(name, StringComparison.Ordinal))?[name.Length..];

    [GeneratedRegex("^<!-- (.*?) -->$")]
    private static partial Regex Comment();
}

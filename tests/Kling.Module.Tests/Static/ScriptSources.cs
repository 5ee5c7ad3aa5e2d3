using System.Management.Automation.Language;
using System.Text;
using Kling.Hosting;

namespace Kling.Module.Tests.Static;

/// <summary>The PowerShell that the repository carries: scripts, Pester files, and the blocks in its documents.</summary>
internal static class ScriptSources
{
    /// <summary>Name and text of each. A block of a document stands on its own lines, so that positions are the document's.</summary>
    internal static IEnumerable<(string Name, string Text)> All()
    {
        IEnumerable<string> scripts = Directory.EnumerateFiles(RepositoryPaths.PesterFiles, "*.ps1", SearchOption.AllDirectories)
            .Append(Path.Combine(RepositoryPaths.Root, "tests", "Quickstart", "quickstart.ps1"))
            .Append(Path.Combine(RepositoryPaths.Root, "build.ps1"))
            .Where(File.Exists);
        foreach (string path in scripts.Order(StringComparer.Ordinal))
        {
            yield return (Path.GetRelativePath(RepositoryPaths.Root, path), File.ReadAllText(path));
        }

        string readme = Path.Combine(RepositoryPaths.Root, "README.md");
        if (File.Exists(readme))
        {
            foreach ((int line, string text) in Blocks(File.ReadAllLines(readme)))
            {
                yield return ($"README.md line {line}", text);
            }
        }
    }

    /// <summary>Parses a script.</summary>
    internal static (ScriptBlockAst Tree, ParseError[] Errors) Parse(string text)
    {
        ScriptBlockAst tree = Parser.ParseInput(text, out _, out ParseError[] errors);
        return (tree, errors);
    }

    /// <summary>The ```powershell blocks of a document.</summary>
    internal static IEnumerable<(int Line, string Text)> Blocks(string[] lines)
    {
        StringBuilder? block = null;
        int start = 0;
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (block is null && line is "```powershell" or "```pwsh" or "```ps1")
            {
                (block, start) = (new StringBuilder(), i + 2);
            }
            else if (block is not null && line.StartsWith("```", StringComparison.Ordinal))
            {
                yield return (start, block.ToString());
                block = null;
            }
            else
            {
                block?.AppendLine(lines[i]);
            }
        }
    }
}

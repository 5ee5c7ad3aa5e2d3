using System.Management.Automation.Language;
using System.Text;
using System.Text.RegularExpressions;
using Kling.Hosting;

namespace Kling.Module.Tests.Static;

/// <summary>The PowerShell that the repository carries: scripts, Pester files, and the blocks in its documents.</summary>
internal static partial class ScriptSources
{
    /// <summary>Name and text of each. A block of a document stands on its own lines, so that positions are the document's.</summary>
    internal static IEnumerable<(string Name, string Text)> All()
    {
        IEnumerable<string> scripts = Directory.EnumerateFiles(RepositoryPaths.PesterFiles, "*.ps1", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, "examples"), "*.ps1"))
            .Append(Path.Combine(RepositoryPaths.Root, "tests", "Quickstart", "quickstart.ps1"))
            .Concat(Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, "scripts"), "*.ps1", SearchOption.AllDirectories))
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

    /// <summary>The lines of code in the help topics.</summary>
    internal static IEnumerable<(string Name, string Text)> Topics() =>
        from path in Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, "src", "Kling", "en-US"), "*.help.txt")
        from line in File.ReadLines(path)
        where line.StartsWith("        ", StringComparison.Ordinal)
        select (Path.GetFileName(path), line);

    /// <summary>The code in the repository's pages, in blocks and in sentences.</summary>
    internal static IEnumerable<(string Name, string Text)> Pages() =>
        from folder in new[] { "", "docs", "examples", "src", "tests" }
        from path in Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, folder), "*.md", folder.Length == 0 ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories)
        where !path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj")
        from Match code in PageCode().Matches(File.ReadAllText(path))
        select (Path.GetRelativePath(RepositoryPaths.Root, path), code.Groups["code"].Value);

    /// <summary>The tree and the tokens of a script, or of a piece of one.</summary>
    internal static (ScriptBlockAst Tree, Token[] Tokens) Tokens(string text)
    {
        ScriptBlockAst tree = Parser.ParseInput(text, out Token[] tokens, out _);
        return (tree, tokens);
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

    [GeneratedRegex(@"```powershell\n(?<code>.*?)```|(?<!`)`(?<code>[^`\n]+)`(?!`)", RegexOptions.Singleline)]
    private static partial Regex PageCode();
}

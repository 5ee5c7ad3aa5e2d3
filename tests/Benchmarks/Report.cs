using Kling.Hosting;

namespace Kling.Benchmarks;

/// <summary>What the commands measured, as Markdown: shown line by line, and kept for out/benchmarks.</summary>
internal sealed class Report
{
    private readonly List<string> _lines = [];

    /// <summary>Starts a section with its table's head.</summary>
    internal void Table(string title, params string[] columns)
    {
        if (_lines.Count > 0)
        {
            Line("");
        }

        Line("### " + title);
        Line("");
        Line($"| {string.Join(" | ", columns)} |");
        Line($"| {string.Join(" | ", columns.Select(_ => "---"))} |");
    }

    internal void Row(params object[] cells) => Line(FormattableString.Invariant($"| {string.Join(" | ", cells.Select(cell => FormattableString.Invariant($"{cell}")))} |"));

    internal void Line(string line)
    {
        _lines.Add(line);
        Console.WriteLine(line);
    }

    /// <summary>Writes everything so far to out/benchmarks.</summary>
    internal void Save(string name)
    {
        string folder = Path.Combine(RepositoryPaths.Root, "out", "benchmarks");
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, name + ".md");
        File.WriteAllLines(path, _lines);
        Console.Error.WriteLine($"Written to {Path.GetRelativePath(RepositoryPaths.Root, path)}.");
    }
}

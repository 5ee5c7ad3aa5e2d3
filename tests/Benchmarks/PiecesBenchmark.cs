using Kling.Hosting;

namespace Kling.Benchmarks;

/// <summary>The engine's hot pieces one by one, measured by BenchmarkDotNet in a program that references the engine; this one must not.</summary>
internal static class PiecesBenchmark
{
    internal static void Run(Report report, string? quick)
    {
        string[] lines = [.. OtherProgram.Lines(quick is null ? ["exec", RepositoryPaths.Built("Benchmarks/Pieces", "Kling.Pieces.dll")] : ["exec", RepositoryPaths.Built("Benchmarks/Pieces", "Kling.Pieces.dll"), quick])];
        string[] rows = [.. lines.Where(line => line.StartsWith('|'))];
        report.Table("Pieces of the engine", [.. rows[0].Trim('|').Split('|').Select(cell => cell.Trim())]);
        foreach (string row in rows.Skip(2))
        {
            report.Line(row);
        }
    }
}

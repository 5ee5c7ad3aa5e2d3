using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Kling.Hosting;

namespace Kling.Benchmarks;

/// <summary>How long the journal takes with many tasks: the newest twenty, one by its id, and the whole index as -Resume loads it.</summary>
internal static partial class JournalBenchmark
{
    private const string Prompt = "a slow dolly in, ";

    internal static void Run(Report report, string? tasks)
    {
        int count = int.Parse(tasks ?? "100000", CultureInfo.InvariantCulture);
        string home = Directory.CreateTempSubdirectory("kling-journal-").FullName;
        Environment.SetEnvironmentVariable("KLING_HOME", home);
        try
        {
            using var engine = new EngineHost(new EngineOptions { ModulePath = RepositoryPaths.ModuleManifest });
            string image = Directory.GetFiles(Path.Combine(RepositoryPaths.Root, "examples", "images"), "*.png")[0];
            string prompt = string.Concat(Enumerable.Repeat(Prompt, 600 / Prompt.Length + 1))[..600];
            engine.Run($"$WarningPreference = 'SilentlyContinue'; $null = Start-KlingSandbox -GenerationSeconds 0; $null = Connect-Kling -Sandbox; $null = New-KlingVideo '{image}' -Prompt '{prompt}' -OutDirectory '{home}/clips'").Check();
            string file = Path.Combine(home, "sandbox-tasks.jsonl");
            Multiply(file, count);

            report.Table("Reading a long journal", "Tasks", "Journal MB", "Newest 20 s", "Again s", "One by id s", "Index for -Resume s");
            double[] seconds =
            [
                Time(engine, "$last = @(Get-KlingTask -Last 20 -Local); if ($last.Count -ne 20) { throw 'not 20' }"),
                Time(engine, "$last = @(Get-KlingTask -Last 20 -Local)"),
                Time(engine, "$null = Get-KlingTask -TaskId $last[0].TaskId -Local"),
                Time(engine, $"$null = New-KlingVideo '{image}' -Prompt 'never bought' -Resume -WhatIf"),
            ];
            report.Line(FormattableString.Invariant(
                $"| {count} | {new FileInfo(file).Length / 1048576.0:0} | {seconds[0]:0.00} | {seconds[1]:0.00} | {seconds[2]:0.00} | {seconds[3]:0.00} |"));
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    /// <summary>Writes the one real task's lines again and again, each time under another id.</summary>
    private static void Multiply(string file, int count)
    {
        string[] lines = File.ReadAllLines(file);
        string id = IdPattern().Match(lines[0]).Value;
        using StreamWriter writer = File.AppendText(file);
        for (int i = 1; i < count; i++)
        {
            string other = Guid.NewGuid().ToString("D");
            foreach (string line in lines)
            {
                writer.WriteLine(line.Replace(id, other, StringComparison.Ordinal));
            }
        }
    }

    private static double Time(EngineHost engine, string script)
    {
        var watch = Stopwatch.StartNew();
        engine.Run(script).Check();
        return watch.Elapsed.TotalSeconds;
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex IdPattern();
}

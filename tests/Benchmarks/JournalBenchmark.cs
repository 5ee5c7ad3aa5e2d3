using System.Globalization;
using System.Text.Json;
using Kling.Hosting;

namespace Kling.Benchmarks;

/// <summary>
/// How long a journal of many tasks takes, each command in a process of its own: the newest twenty, one by its id and by the start of it, and a
/// -Resume of ten rows of which five are bought already. The first of them reads the whole journal, and keeps beside it where its tasks are. For the
/// others, nearly as much was appended since as every reader reads by itself.
/// </summary>
internal static class JournalBenchmark
{
    private const int Rows = 10;
    private const int Bought = 5;
    private const int AppendedBytes = 15 * 1024 * 1024;

    internal static void Run(Report report, string? tasks)
    {
        int count = int.Parse(tasks ?? "1000000", CultureInfo.InvariantCulture);
        string home = Directory.CreateTempSubdirectory("kling-journal-").FullName;
        try
        {
            using var sandbox = new Child("serve", "0", "0");
            string endpoint = sandbox.ReadLine();
            string rows = WriteRows(home);
            Reading(endpoint, home, $"Import-Csv '{rows}' | Select-Object -First {Bought} | New-KlingVideo -Resume -OutDirectory '{home}/clips' -Force");
            string file = Path.Combine(home, "sandbox-tasks.jsonl");
            var journal = new SampleJournal(file, count);
            string id = journal.SomeId;
            journal.Write(count - Math.Min(count / 10, AppendedBytes / journal.BytesOfTask));

            report.Table("Reading a long journal", "Tasks", "Journal MB", "Command, each in a new process", "Seconds", "Again", "Memory before MB", "Peak MB");
            foreach ((string name, string script, int found) in new[]
            {
                ("one task by its id, first time", $"Get-KlingTask -TaskId {id} -Local", 1),
                ("newest 20", "Get-KlingTask -Last 20 -Local", 20),
                ("one task by its id", $"Get-KlingTask -TaskId {id} -Local", 1),
                ("one task by the start of its id", $"Get-KlingTask -TaskId {id[..13]} -Local", 1),
                ("`-Resume` of 10 rows, 5 bought", $"Import-Csv '{rows}' | New-KlingVideo -Resume -Force", Rows),
                ("the same with `-MaxCostPerDay`", $"Import-Csv '{rows}' | New-KlingVideo -Resume -MaxCostPerDay 100000 -Force", Rows),
            })
            {
                JournalReport reading = Reading(endpoint, home, script);
                if (reading.Found != found)
                {
                    throw new InvalidOperationException($"{name}: {reading.Found} tasks");
                }

                journal.Write(count);
                report.Line(FormattableString.Invariant(
                    $"| {count} | {new FileInfo(file).Length / 1048576.0:0} | {name} | {reading.Seconds:0.00} | {reading.Again:0.00} | {reading.IdleMemory / 1048576.0:0} | {reading.PeakMemory / 1048576.0:0} |"));
            }

            int charges = JsonSerializer.Deserialize<Ledger>(sandbox.Ask())!.Tasks;
            if (charges != Rows)
            {
                throw new InvalidOperationException($"{charges} tasks were bought for {Rows} rows");
            }

            foreach (FileInfo beside in new DirectoryInfo(home).EnumerateFiles("*.index"))
            {
                report.Line(FormattableString.Invariant($"\nThe file beside the journal has {beside.Length / 1048576.0:0} MB."));
            }
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static JournalReport Reading(string endpoint, string home, string script)
    {
        using var child = new Child("read", endpoint, home, script);
        return JsonSerializer.Deserialize<JournalReport>(child.ReadLine())!;
    }

    private static string WriteRows(string home)
    {
        string image = Directory.GetFiles(Path.Combine(RepositoryPaths.Root, "examples", "images"), "*.png")[0];
        string prompt = string.Join(", ", Enumerable.Repeat("a slow dolly in", 15));
        string file = Path.Combine(home, "rows.csv");
        File.WriteAllLines(file, Enumerable.Range(1, Rows).Select(number => FormattableString.Invariant($"{image},\"{prompt}, shot {number}\"")).Prepend("LiteralPath,Prompt"));
        return file;
    }
}

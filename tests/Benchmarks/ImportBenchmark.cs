using System.Globalization;
using Kling.Hosting;

namespace Kling.Benchmarks;

/// <summary>Importing the module beside an empty one, and from the first call to the first byte on the wire.</summary>
internal static class ImportBenchmark
{
    private const int FreshProcesses = 9;
    private const string Imports = "60";

    internal static void Run(Report report)
    {
        string rig = RepositoryPaths.Built("Rigs/ImportRig", "ImportRig.dll");
        string empty = RepositoryPaths.Built("Rigs/EmptyModule", "EmptyModule.psd1", "net8.0");
        string kling = RepositoryPaths.ModuleManifest;
        report.Table("Import beside an empty binary module", "Process", "Kling ms", "Empty module ms", "Ratio");
        var cold = new List<(double Kling, double Empty)>();
        for (int i = 0; i < FreshProcesses; i++)
        {
            cold.Add((Milliseconds([rig, "cold", kling]), Milliseconds([rig, "cold", empty])));
        }

        Write(report, "cold: the first import of a fresh process (median of 9)", Median(cold.Select(pair => pair.Kling)), Median(cold.Select(pair => pair.Empty)));
        var warm = new List<(double Kling, double Empty)>();
        for (int i = 0; i < 3; i++)
        {
            warm.Add((Milliseconds([rig, "warm", kling, Imports]), Milliseconds([rig, "warm", empty, Imports])));
        }

        Write(report, "warm: a fresh runspace of a process that imported it before (median of 60, best of 3)", warm.Min(pair => pair.Kling), warm.Min(pair => pair.Empty));
        FirstCall(report, rig, kling);
    }

    private static void FirstCall(Report report, string rig, string kling)
    {
        report.Table("From the first call to the first byte on the wire, in a fresh process (median of 9)", "Call", "ms");
        report.Row("New-KlingVideo with the address of an image", Rounded(FirstByte.Median(rig, kling, FirstByte.Cmdlet, FreshProcesses)));
        report.Row("the same bytes sent by a bare HttpClient in a script", Rounded(FirstByte.Median(rig, kling, FirstByte.Bare, FreshProcesses)));
    }

    private static void Write(Report report, string state, double kling, double empty) =>
        report.Row(state, Rounded(kling), Rounded(empty), (kling / empty).ToString("0.00", CultureInfo.InvariantCulture));

    private static double Milliseconds(string[] arguments) => double.Parse(
        OtherProgram.Lines(["exec", .. arguments]).First(line => line.StartsWith("milliseconds=", StringComparison.Ordinal))["milliseconds=".Length..], CultureInfo.InvariantCulture);

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static string Rounded(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}

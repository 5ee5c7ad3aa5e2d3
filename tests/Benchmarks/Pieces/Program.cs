using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Kling.Pieces;

// Measures the engine's hot pieces one by one and writes one Markdown table to standard output; what BenchmarkDotNet says on the way goes
// to standard error. "quick" as the only argument runs each just often enough to see that it works.
bool quick = args is ["quick"];
Job job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance);
IConfig config = ManualConfig.CreateEmpty()
    .AddJob(quick ? job.WithStrategy(BenchmarkDotNet.Engines.RunStrategy.ColdStart).WithIterationCount(1) : job.WithWarmupCount(4).WithIterationCount(12))
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddColumnProvider(DefaultColumnProviders.Instance)
    .AddLogger(new ErrorLogger())
    .WithOptions(ConfigOptions.DisableLogFile)
    .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "kling-pieces"));

Type[] pieces = [typeof(RequestPieces), typeof(EnvelopePieces), typeof(ImagePieces), typeof(JournalPieces), typeof(PollPieces)];
Console.WriteLine("| Piece | Time | Spread | Allocated |");
Console.WriteLine("| --- | --- | --- | --- |");
bool failed = false;
foreach (Type type in pieces)
{
    foreach (BenchmarkReport report in BenchmarkRunner.Run(type, config).Reports)
    {
        failed |= report.ResultStatistics is null;
        Console.WriteLine(Row(report));
    }
}

return failed ? 1 : 0;

static string Row(BenchmarkReport report)
{
    string name = report.BenchmarkCase.Descriptor.WorkloadMethodDisplayInfo.Trim('\'');
    return report.ResultStatistics is { } times
        ? FormattableString.Invariant($"| {name} | {Time(times.Mean)} | ±{100 * times.StandardDeviation / times.Mean:0} % | {Bytes(report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0)} |")
        : $"| {name} | failed | | |";
}

static string Time(double nanoseconds) => nanoseconds switch
{
    < 1e3 => $"{nanoseconds.ToString("0", CultureInfo.InvariantCulture)} ns",
    < 1e6 => $"{(nanoseconds / 1e3).ToString("0.0", CultureInfo.InvariantCulture)} µs",
    _ => $"{(nanoseconds / 1e6).ToString("0.00", CultureInfo.InvariantCulture)} ms",
};

static string Bytes(long bytes) => bytes < 10_000
    ? $"{bytes.ToString(CultureInfo.InvariantCulture)} B"
    : $"{(bytes / 1024.0).ToString("0", CultureInfo.InvariantCulture)} KB";

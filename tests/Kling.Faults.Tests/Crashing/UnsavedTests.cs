using System.Globalization;
using System.Management.Automation;
using Kling.Hosting;
using Kling.Hosting.Service;

namespace Kling.Faults.Tests.Crashing;

/// <summary>A batch is killed at any moment. One line then delivers all that was paid, and buys nothing.</summary>
[Collection(EngineCollection.Name)]
public sealed class UnsavedTests : IDisposable
{
    private const int Rows = 30;
    private readonly ServiceBench _bench = new();

    public UnsavedTests(ModuleUnderTest module) => Assert.NotNull(module);

    /// <summary>Ten moments at full depth.</summary>
    public static TheoryData<int> Moments => [.. Enumerable.Range(1, Math.Max(1, (int)(10 * Depth)))];

    private static decimal Depth =>
        decimal.TryParse(Environment.GetEnvironmentVariable("KLING_TEST_DEPTH"), NumberStyles.Number, CultureInfo.InvariantCulture, out decimal depth) ? depth : 0.1m;

    private ScriptedService Service => _bench.Service;

    public void Dispose() => _bench.Dispose();

    [Theory]
    [MemberData(nameof(Moments))]
    public void Killed_at_any_moment_one_line_saves_all_that_is_paid(int moment)
    {
        // At least a submit and a download come for each row.
        var random = new Random(moment);
        int killAt = random.Next(1, Rows * 2);
        int finishAt = random.Next(1, Rows);
        int posts = 0;
        Service.KnowsOnlyAccepted = true;
        Service.Instead = _ =>
        {
            Service.Finished |= Interlocked.Increment(ref posts) >= finishAt;
            return null;
        };
        using (var child = new CrashChild(
            $"{_bench.ConnectScript}; 1..{Rows} | ForEach-Object {{ [pscustomobject]@{{ Image = '{_bench.Images[0]}'; Prompt = \"shot $_\" }} }} | "
            + $"New-KlingVideo -OutDirectory '{_bench.Clips}' -ThrottleLimit 6 -MaxCost 100", _bench.Home))
        {
            Guard.Until(() => Service.Calls.Count >= killAt, $"the batch made no {killAt} calls");
            child.Kill();
        }

        Service.Finished = true;
        int submits = Service.Count(CallKind.Submit);
        EngineResult line = _bench.Run($"Get-KlingTask -Unsaved | Save-KlingVideo -OutDirectory '{_bench.Clips}'");

        // What the service never had is an error that names the ways out.
        Assert.All(line.AllErrors, error => Assert.StartsWith("OutcomeUnknown,", error.FullyQualifiedErrorId, StringComparison.Ordinal));
        Assert.All(Service.AcceptedIds, id =>
        {
            string file = Assert.Single(_bench.Files, file => Path.GetFileName(file).Contains(id.ToString("N")[..8], StringComparison.Ordinal));
            Assert.Equal(Service.Video, File.ReadAllBytes(file));
        });
        Assert.Equal(Service.AcceptedIds.Count, _bench.Files.Length);
        Assert.Empty(_bench.Parts);
        Assert.Equal(submits, Service.Count(CallKind.Submit));
        Assert.All(_bench.Run("Get-KlingTask -Unsaved -Local -Status Processing").Check().Output, task => Assert.Fail($"{task} is still open."));
        Assert.All(_bench.Run("Get-KlingTask -Unsaved -Local -Status Unknown").Check().Output, task => Assert.Equal(0, Service.AcceptedCount(ServiceBench.Id(task))));
    }
}

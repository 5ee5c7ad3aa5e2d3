using System.Management.Automation;
using System.Text.RegularExpressions;
using Kling.Hosting;
using Kling.Hosting.Service;
using Kling.Support;

namespace Kling.Module.Tests.Money;

/// <summary>Services that answer nonsense: the command ends, the journal stays small, and no sum breaks.</summary>
[Collection(EngineCollection.Name)]
public sealed class UntrustedServiceTests : IDisposable
{
    private readonly ServiceBench _bench = new();
    private readonly double _formerPace = SystemClock.Instance.Pace;

    public UntrustedServiceTests(ModuleUnderTest module)
    {
        Assert.NotNull(module);
        _bench.Service.Finished = true;
    }

    public void Dispose()
    {
        SystemClock.Instance.Pace = _formerPace;
        _bench.Dispose();
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("\"videoUUID\":\"v-{0}\",", 1)]
    [InlineData("\"videoUUID\":\"{1}\",", 3)]
    public void Video_whose_address_and_id_change_and_which_answers_403_ends_in_one_error(string id, int results)
    {
        int count = 0;
        _bench.Service.VideoMembers = _ => string.Format(id, Interlocked.Increment(ref count), Guid.NewGuid())
            + $"\"videoURL\":\"{_bench.Service.VideoBase}none-{count}.mp4?signature={Guid.NewGuid()}\",\"cost\":0.1848";
        SystemClock.Instance.Pace = 1000;
        _bench.Run($"New-KlingVideo '{_bench.Images[0]}' -NumberResults {results} -Wait").Check();

        // The waiting ends as that for any other task does: with the first look that shows as many videos as were asked for.
        Assert.InRange(_bench.Service.Count(CallKind.Poll), 1, results);
        EngineResult result = _bench.Run($"Get-KlingTask -Unsaved | Save-KlingVideo -OutDirectory '{_bench.Clips}'");
        Assert.Null(result.Failure);
        Assert.All(result.Errors, error => Assert.StartsWith("DownloadFailed,", error.FullyQualifiedErrorId, StringComparison.Ordinal));
        Assert.Equal(results, result.Errors.Count);
        Assert.Equal(results, ((IEnumerable<object>)_bench.OnlyTask().Properties["Videos"].Value).Count());
        Assert.InRange(_bench.Service.Calls.Count, 3, 30 * results);
        Assert.InRange(Directory.GetFiles(_bench.Home, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length), 100, 100_000);
    }

    [Theory]
    [InlineData("79228162514264337593543950335")]
    [InlineData("-79228162514264337593543950335")]
    [InlineData("1e400")]
    [InlineData("18.51")]
    public void Cost_that_cannot_be_is_an_error_and_in_no_sum(string cost)
    {
        _bench.Service.VideoMembers = id => $"\"videoUUID\":\"{id}\",\"videoURL\":\"{_bench.Service.VideoBase}{id}.mp4\",\"cost\":{cost}";
        EngineResult result = _bench.Run($"$tasks = '{_bench.Images[0]}', '{_bench.Images[1]}' | New-KlingVideo -OutDirectory '{_bench.Clips}' -MaxCost 0.4; $tasks");
        Assert.Null(result.Failure);
        Assert.All(result.Output, task => Assert.Equal(("Succeeded", "Accepted"), (ServiceBench.Text(task, "Status"), ServiceBench.Text(task, "BillingState"))));
        Assert.Equal((2, 2), (result.Output.Count, _bench.Files.Length));
        Assert.Equal(2, result.Errors.Count(error => error.ToString().Contains(cost.ToUpperInvariant(), StringComparison.OrdinalIgnoreCase)));
        AssertSumsHold();
    }

    [Fact]
    public void Costs_that_an_older_version_recorded_break_no_sum()
    {
        Guid id = ServiceBench.Id(Assert.Single(_bench.Run($"New-KlingVideo '{_bench.Images[0]}' -Wait").Check().Output));
        string journal = Directory.GetFiles(_bench.Home, "*.jsonl", SearchOption.AllDirectories).Single(file => File.ReadAllText(file).Contains(id.ToString()));

        // The lines of an older version have no checksum.
        string old = Regex.Replace(File.ReadAllText(journal), ",\"crc\":\"[0-9a-f]{8}\"", "");
        File.WriteAllText(journal, old.Replace("0.1848", "79228162514264337593543950335"));
        string line = File.ReadAllText(journal);
        File.AppendAllText(journal, line.Replace(id.ToString(), Guid.NewGuid().ToString()));
        AssertSumsHold();
        Assert.Equal("True", _bench.Run("$null -eq (Get-KlingTask -Local | Select-Object -First 1).Cost").Check().Output.Single().ToString());
    }

    private void AssertSumsHold()
    {
        IReadOnlyList<PSObject> costs = _bench.Run("Get-KlingTask -Local | Measure-KlingCost -InformationAction Ignore").Check().Output;
        Assert.Equal(3, costs.Count);
        Assert.Equal("0.3700", LanguagePrimitives.ConvertTo<decimal>(costs[2].Properties["EstimatedCost"].Value).ToString("0.0000", System.Globalization.CultureInfo.InvariantCulture));
        Assert.All(costs, cost => Assert.Null(cost.Properties["BilledCost"].Value));
        Assert.All(costs.Take(2), cost => Assert.Contains("reported as billed", ServiceBench.Text(cost, "Note"), StringComparison.Ordinal));
        _bench.Run("Get-KlingTask -Local | Export-KlingGallery -Path gallery.html").Check();
        _bench.Run("$all = Get-KlingTask; $all | Format-Table | Out-String").Check();
    }
}

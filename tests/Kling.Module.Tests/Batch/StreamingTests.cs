using System.Management.Automation;
using Kling.Hosting;
using Kling.Hosting.Service;

namespace Kling.Module.Tests.Batch;

/// <summary>Results leave while input still comes, and no more input is taken than can be under way.</summary>
[Collection(EngineCollection.Name)]
public sealed class StreamingTests : IDisposable
{
    private readonly ServiceBench _bench = new();

    public StreamingTests(ModuleUnderTest module) => Assert.NotNull(module);

    private ScriptedService Service => _bench.Service;

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void A_result_leaves_while_the_producer_goes_on()
    {
        Service.Finished = true;

        // The producer ends only once the first result has come out; rows without an image cost nothing meanwhile.
        _bench.Run($"$out = [Collections.Generic.List[object]]::new(); & {{ '{_bench.Images[0]}'; while ($out.Count -eq 0) {{ [pscustomobject]@{{ Scene = 1 }} }} }} | "
            + "New-KlingVideo -Wait -ThrottleLimit 4 -ErrorAction SilentlyContinue -WarningAction SilentlyContinue | ForEach-Object { $out.Add($_) }");
        Assert.Equal("Succeeded", ServiceBench.Text(Assert.Single(_bench.Run("$out").Check().Output), "Status"));
    }

    [Fact]
    public void An_endless_producer_is_taken_no_further_than_the_limit()
    {
        Service.Finished = true;
        EngineResult result = _bench.Run($"$made = 0; & {{ while ($true) {{ $script:made++; '{_bench.Images[0]}' }} }} | New-KlingVideo -Wait -ThrottleLimit 2 -Force | Select-Object -First 5; $made");
        Assert.Equal(6, result.Output.Count);
        int made = (int)result.Output[5].BaseObject;
        Assert.InRange(made, 5, 5 + 2);
        Assert.InRange(Service.Count(CallKind.Submit), 5, made);
    }

    [Theory]
    [InlineData("'{0}'", false)]
    [InlineData("'{0}' -Wait -Timeout 0", false)]
    [InlineData("'{0}', 'no-such.png'", true)]
    public void One_failure_alone_is_not_summed_up(string arguments, bool summedUp)
    {
        EngineResult result = _bench.Run($"$null = New-KlingVideo {string.Format(arguments, _bench.Images[0])} -WarningVariable warnings -ErrorAction SilentlyContinue");
        Assert.Equal(summedUp ? 1 : 0, _bench.Run("$warnings").Output.Count);
        Assert.Empty(result.Information);
    }

    [Fact]
    public void Rows_the_binder_refuses_are_in_the_summary()
    {
        EngineResult result = _bench.Run($"[pscustomobject]@{{ Image = '{_bench.Images[0]}'; Duration = '0,5' }}, [pscustomobject]@{{ Image = '{_bench.Images[0]}'; Prompt = 'pan' }} | New-KlingVideo");
        Assert.Single(result.Output);
        Assert.Equal("Image", ((PSObject)Assert.Single(result.Errors).TargetObject).Properties.First().Name);
        Assert.StartsWith("1 sent, 1 failed, 0.19 USD at list price in ", Assert.Single(result.Information).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_stops_at_the_first_error_still_says_what_it_bought()
    {
        string rows = $"[pscustomobject]@{{ Image = '{_bench.Images[0]}'; Scene = 7 }}, [pscustomobject]@{{ Image = 'no-such.png'; Scene = 8 }}";
        EngineResult result = _bench.Run($"$out = [Collections.Generic.List[object]]::new(); try {{ {rows} | New-KlingVideo -Wait -MaxCost 5 -ErrorAction Stop | ForEach-Object {{ $out.Add($_) }} }} catch {{ $failure = $_ }}; "
            + "$out.Scene; $out.TaskId; $failure.Exception.Tasks.TaskId; $failure.FullyQualifiedErrorId; \"$failure\"");
        Guid id = Assert.Single(Service.AcceptedIds);
        Assert.Equal(["7", id.ToString(), id.ToString(), "ImageNotFound,Kling.Cmdlets.NewKlingVideoCommand"], result.Output.Take(4).Select(item => item.ToString()));
        Assert.Contains($"Get-KlingTask -TaskId {id}", result.Output[4].ToString(), StringComparison.Ordinal);
        Assert.StartsWith("0 done, 1 failed, 1 open, 0.19 USD at list price in ", Assert.Single(result.Information).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("New-KlingVideo '{0}'", true)]
    [InlineData("'no-such.png', '{0}' | New-KlingVideo -ErrorAction SilentlyContinue -WarningAction SilentlyContinue", false)]
    [InlineData("[pscustomobject]@{{ Image = '{0}'; Duration = '0,5' }}, [pscustomobject]@{{ Image = '{0}' }} | New-KlingVideo -ErrorAction SilentlyContinue -WarningAction SilentlyContinue", false)]
    public void The_command_says_whether_all_went_well(string command, bool went) =>
        Assert.Equal(went, _bench.Run($"$null = {string.Format(command, _bench.Images[0])}; $?").Output[^1].BaseObject);

    [Fact]
    public void One_unusable_file_of_a_wildcard_keeps_the_others()
    {
        string folder = Path.GetDirectoryName(_bench.Images[0])!;
        File.WriteAllText(Path.Combine(folder, "aa.png"), "this is no image");
        EngineResult result = _bench.Run($"New-KlingVideo '{folder}/*.png'");
        Assert.Empty(result.Output);
        Assert.Contains("Nothing of this record is bought: 2 of its requests", result.Warnings[0], StringComparison.Ordinal);
        Assert.StartsWith("ImageUnusable,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }
}

using System.Management.Automation;
using Kling.Hosting;
using Kling.Hosting.Service;

namespace Kling.Module.Tests.Batch;

/// <summary>Progress says what is worth knowing, and never stays on the screen.</summary>
[Collection(EngineCollection.Name)]
public sealed class ProgressTests : IDisposable
{
    private readonly ServiceBench _bench = new();

    public ProgressTests(ModuleUnderTest module) => Assert.NotNull(module);

    private ScriptedService Service => _bench.Service;

    private ProgressRecord[] Shown => [.. _bench.Engine.Capture.UI.Progress];

    private ProgressRecord[] Parents => [.. Shown.Where(record => record.ParentActivityId < 0)];

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void One_bar_tells_done_failed_open_and_spent_of_the_ceiling()
    {
        CallHold hold = Service.Hold(CallPoint.Poll);
        using RunningScript script = _bench.Engine.Start($"'{_bench.Images[0]}', '{_bench.Images[1]}', 'no-such.png' | New-KlingVideo -Wait -MaxCost 5 -ErrorAction SilentlyContinue -WarningAction SilentlyContinue");
        hold.WaitUntilReached();
        Guard.Until(() => Parents.Any(record => record.StatusDescription == "0 done, 1 failed, 2 open; 0.3700 USD of 5.0000 USD"), "the bar did not come");
        Service.Finished = true;
        hold.Release();
        Assert.Equal(2, script.Wait().Check().Output.Count);
        Assert.All(Parents, record => Assert.Equal("Kling videos", record.Activity));
        AssertAllCompleted();
    }

    [Fact]
    public void A_call_without_a_pipeline_knows_its_end()
    {
        CallHold hold = Service.Hold(CallPoint.Poll);
        using RunningScript script = _bench.Engine.Start($"New-KlingVideo '{_bench.Images[0]}' -Prompt 'pan', 'zoom' -Wait");
        hold.WaitUntilReached();
        Guard.Until(() => Parents.Any(record => record.PercentComplete == 0), "the bar did not come");
        Service.Finished = true;
        hold.Release();
        script.Wait().Check();
        AssertAllCompleted();
    }

    [Fact]
    public void The_time_that_remains_comes_from_tasks_that_ended()
    {
        Service.Finished = true;
        _bench.Run($"$null = New-KlingVideo '{_bench.Images[0]}' -Wait").Check();
        Assert.All(Shown, record => Assert.Equal(-1, record.SecondsRemaining));
        CallHold hold = Service.Hold(CallPoint.Poll);
        using RunningScript script = _bench.Engine.Start($"New-KlingVideo '{_bench.Images[1]}' -Wait");
        hold.WaitUntilReached();
        Guard.Until(() => Parents.Any(record => record.SecondsRemaining >= 0), "no time was told");
        hold.Release();
        script.Wait().Check();
    }

    [Theory]
    [InlineData("New-KlingVideo '{0}' -OutDirectory '{1}'", "Kling videos")]
    [InlineData("New-KlingVideo '{0}' | Save-KlingVideo -OutDirectory '{1}'", "Saving Kling videos")]
    public void A_download_has_a_bar_of_its_own_with_its_bytes(string script, string activity)
    {
        Service.Finished = true;
        CallHold hold = Service.Hold(CallPoint.HalfDownload);
        using RunningScript running = _bench.Engine.Start(string.Format(script, _bench.Images[0], _bench.Clips));
        hold.WaitUntilReached();
        Guard.Until(() => Shown.Any(record => record.ParentActivityId >= 0 && record.StatusDescription.Contains(" MB", StringComparison.Ordinal)), "the download was not shown");
        hold.Release();
        running.Wait().Check();
        ProgressRecord child = Shown.First(record => record.ParentActivityId >= 0);
        Assert.Equal("Saving", child.Activity);
        Assert.Contains(".mp4: ", child.StatusDescription, StringComparison.Ordinal);
        Assert.Contains(Parents, record => record.Activity == activity && record.ActivityId == child.ParentActivityId);
        AssertAllCompleted();
    }

    [Theory]
    [InlineData("Wait-KlingTask", "Waiting for Kling tasks")]
    [InlineData("Save-KlingVideo -OutDirectory clips", "Saving Kling videos")]
    public void Waiting_and_saving_say_how_many_have_ended(string command, string activity)
    {
        _bench.Run($"$tasks = '{_bench.Images[0]}', '{_bench.Images[1]}' | New-KlingVideo").Check();
        CallHold hold = Service.Hold(CallPoint.Poll);
        using RunningScript script = _bench.Engine.Start($"$tasks | {command}");
        hold.WaitUntilReached();
        Guard.Until(() => Parents.Any(record => record.Activity == activity && record.StatusDescription == "0 of 2 ended" && record.PercentComplete == 0), "the bar did not come");
        Service.Finished = true;
        hold.Release();
        script.Wait().Check();
        AssertAllCompleted();
    }

    [Theory]
    [InlineData("$ProgressPreference = 'SilentlyContinue'; ", "")]
    [InlineData("$ProgressPreference = 'Ignore'; ", "")]
    [InlineData("", " -ProgressAction SilentlyContinue")]
    public void Nothing_is_shown_where_it_is_not_wanted(string before, string after)
    {
        Service.Finished = true;
        _bench.Run($"{before}$null = '{_bench.Images[0]}', '{_bench.Images[1]}' | New-KlingVideo -OutDirectory '{_bench.Clips}'{after}").Check();
        Assert.Empty(Shown);
    }

    [Theory]
    [InlineData("| Select-Object -First 1")]
    [InlineData("| ForEach-Object { throw 'enough' }")]
    [InlineData("| ForEach-Object { break }")]
    public void A_consumer_that_leaves_leaves_no_bar(string consumer)
    {
        // The first is finished, the second never: while it is waited for, the bar is on the screen.
        Guid first = ServiceBench.Id(Assert.Single(_bench.Run($"New-KlingVideo '{_bench.Images[0]}'").Check().Output));
        CallHold hold = Service.Hold(CallPoint.Poll);
        using RunningScript script = _bench.Engine.Start($"foreach ($once in 1) {{ Wait-KlingTask {first} {consumer} }}");
        hold.WaitUntilReached();
        Guard.Until(() => Parents.Length > 0, "the bar did not come");
        Service.Finished = true;
        hold.Release();
        script.Wait();
        AssertAllCompleted();
    }

    [Fact]
    public void Ctrl_C_leaves_no_bar()
    {
        CallHold hold = Service.Hold(CallPoint.Poll);
        using RunningScript script = _bench.Engine.Start($"New-KlingVideo '{_bench.Images[0]}' -Wait");
        hold.WaitUntilReached();
        Guard.Until(() => Parents.Length > 0, "the bar did not come");
        script.Stop();
        hold.Release();
        AssertAllCompleted();
    }

    private void AssertAllCompleted()
    {
        Assert.NotEmpty(Shown);
        Assert.All(Shown.GroupBy(record => (record.Activity, record.ActivityId)), bar => Assert.Equal(ProgressRecordType.Completed, bar.Last().RecordType));
    }
}

using System.Management.Automation;
using System.Text.RegularExpressions;
using Kling.Hosting;
using Kling.Hosting.Service;
using Kling.Pipeline;

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
    public void One_bar_tells_done_failed_open_what_is_spent_and_the_time()
    {
        CallHold hold = Service.Hold(CallPoint.Poll);
        using RunningScript script = _bench.Engine.Start($"'{_bench.Images[0]}', '{_bench.Images[1]}', 'no-such.png' | New-KlingVideo -Wait -MaxCost 5 -ErrorAction SilentlyContinue -WarningAction SilentlyContinue");
        hold.WaitUntilReached();
        Guard.Until(() => Parents.Any(record => record.PercentComplete == 33 && Regex.IsMatch(record.StatusDescription, @"^0 of 3, 1 failed, 2 open · 0\.00 of 0\.37 USD · \d+s gone$")), "the bar did not come");
        Service.Finished = true;
        hold.Release();
        Assert.Equal(2, script.Wait().Check().Output.Count);
        Assert.All(Parents, record => Assert.Equal("Kling videos", record.Activity));

        // The time is in the text; a host would show these seconds a second time.
        Assert.All(Shown, record => Assert.Equal(-1, record.SecondsRemaining));
        AssertAllCompleted();
    }

    [Fact]
    public void A_call_without_a_pipeline_knows_its_end()
    {
        CallHold hold = Service.Hold(CallPoint.Poll);
        using RunningScript script = _bench.Engine.Start($"New-KlingVideo '{_bench.Images[0]}' -Prompt 'pan', 'zoom' -Wait");
        hold.WaitUntilReached();
        Guard.Until(() => Parents.Any(record => record.StatusDescription.StartsWith("0 of 2, 2 open · 0.00 of 0.37 USD · ", StringComparison.Ordinal)), "the bar did not come");
        Service.Finished = true;
        hold.Release();
        script.Wait().Check();
        AssertAllCompleted();
    }

    [Theory]
    [InlineData("New-KlingVideo '{0}' -Wait")]
    [InlineData("New-KlingVideo '{0}' | Wait-KlingTask")]
    public void The_time_that_remains_comes_from_tasks_that_ended(string command)
    {
        Service.Finished = true;
        _bench.Run($"$null = New-KlingVideo '{_bench.Images[0]}' -Wait").Check();
        Assert.DoesNotContain(Shown, record => record.StatusDescription.Contains("left", StringComparison.Ordinal));
        CallHold hold = Service.Hold(CallPoint.Poll);
        using RunningScript script = _bench.Engine.Start(string.Format(command, _bench.Images[1]));
        hold.WaitUntilReached();
        Guard.Until(() => Parents.Any(record => Regex.IsMatch(record.StatusDescription, @" · \d+s gone, \d+s left$")), "no time was told");
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
        Guard.Until(() => Shown.Any(record => record.ParentActivityId >= 0 && record.StatusDescription.Contains(" of 36 KB, ", StringComparison.Ordinal)), "the download was not shown");
        hold.Release();
        running.Wait().Check();
        ProgressRecord child = Shown.First(record => record.ParentActivityId >= 0);
        Assert.Equal("Saving", child.Activity);
        Assert.Matches(@"^\d+ (of 36 )?KB, .+\.mp4$", child.StatusDescription);
        Assert.Contains(Shown, record => record.ParentActivityId >= 0 && record.PercentComplete is > 40 and < 60);
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
        Guard.Until(() => Parents.Any(record => record.Activity == activity && Regex.IsMatch(record.StatusDescription, @"^0 of 2, 2 open · \d+s gone$") && record.PercentComplete == 0), "the bar did not come");
        Service.Finished = true;
        hold.Release();
        script.Wait().Check();
        AssertAllCompleted();
    }

    [Fact]
    public void While_the_input_goes_on_there_are_counts_and_no_bar()
    {
        // PowerShell fills the whole bar where the share is not known; at 0 there is none.
        using var gate = new ManualResetEventSlim();
        CallHold hold = Service.Hold(CallPoint.Poll);
        using RunningScript script = _bench.Engine.Start(
            $"param($Gate) & {{ '{_bench.Images[0]}', '{_bench.Images[1]}', '{_bench.Images[0]}'; $Gate.Wait() }} | New-KlingVideo -Wait -ThrottleLimit 2 -MaxCost 5", null,
            new Dictionary<string, object> { ["Gate"] = gate });
        hold.WaitUntilReached();
        Guard.Until(() => Parents.Any(record => Regex.IsMatch(record.StatusDescription, @"^0 done, 2 open · 0\.00 of at most 5\.00 USD · \d+s gone$")), "the bar did not come");
        Assert.All(Parents, record => Assert.Equal(0, record.PercentComplete));
        Service.Finished = true;
        hold.Release();
        gate.Set();
        Assert.Equal(3, script.Wait().Check().Output.Count);
    }

    [Fact]
    public void Without_Wait_it_counts_what_is_sent()
    {
        CallHold hold = Service.Hold(CallPoint.SubmitAccepted);
        using RunningScript script = _bench.Engine.Start($"New-KlingVideo '{_bench.Images[0]}', '{_bench.Images[1]}', '{_bench.Images[0]}' -ThrottleLimit 1");
        hold.WaitUntilReached();
        Guard.Until(() => Parents.Any(record => record.StatusDescription.StartsWith("0 of 3 sent · 0.00 of 0.56 USD · ", StringComparison.Ordinal)), "the bar did not come");
        hold.Release();
        script.Wait().Check();
    }

    [Theory]
    [InlineData(120, "12 of 300, 1 failed, 4 open · 2.22 of 55.50 USD · 3m gone, 41m left")]
    [InlineData(67, "12 of 300, 1 failed, 4 open · 2.22 of 55.50 USD · 3m gone, 41m left")]
    [InlineData(64, "12 of 300, 1 failed, 4 open · 2.22 of 55.50 USD · 3m, 41m left")]
    [InlineData(60, "12 of 300, 1 failed, 4 open · 2.22 of 55.50 USD · 41m left")]
    [InlineData(40, "12 of 300, 1 failed, 4 open · 41m left")]
    [InlineData(10, "12 of 300, 1 failed, 4 open")]
    public void A_narrow_screen_leaves_out_what_matters_least(int room, string shown)
    {
        var state = ProgressState.Of("12 of 300, 1 failed, 4 open", "2.22 of 55.50 USD", TimeSpan.FromSeconds(200), TimeSpan.FromMinutes(41.9), 4);
        Assert.Equal(shown, ProgressMeter.Fitting(state.Forms, room));
    }

    [Theory]
    [InlineData(80, " · 0.00 of 0.19 USD · ")]
    [InlineData(40, "0 of 1, 1 open · ")]
    public void The_screen_of_the_host_says_how_much_fits(int columns, string shown)
    {
        _bench.Engine.Capture.UI.RawUI.BufferSize = new(columns, 24);
        CallHold hold = Service.Hold(CallPoint.Poll);
        using RunningScript script = _bench.Engine.Start($"New-KlingVideo '{_bench.Images[0]}' -Wait");
        hold.WaitUntilReached();
        Guard.Until(() => Parents.Any(record => record.StatusDescription.Contains(shown, StringComparison.Ordinal)), "the bar did not come");
        Assert.All(Parents, record => Assert.True(record.StatusDescription.Length <= columns - "Kling videos".Length - 4, record.StatusDescription));
        Service.Finished = true;
        hold.Release();
        script.Wait().Check();
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

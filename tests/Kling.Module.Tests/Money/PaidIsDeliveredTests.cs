using System.Management.Automation;
using Kling.Hosting;
using Kling.Hosting.Service;

namespace Kling.Module.Tests.Money;

/// <summary>Whatever ends the buying, what is paid is waited for and saved; and one line delivers what an earlier command left.</summary>
[Collection(EngineCollection.Name)]
public sealed class PaidIsDeliveredTests : IDisposable
{
    private const string Unsaved = "Get-KlingTask -Unsaved | Save-KlingVideo -OutDirectory";
    private readonly ServiceBench _bench = new();

    public PaidIsDeliveredTests(ModuleUnderTest module) => Assert.NotNull(module);

    private ScriptedService Service => _bench.Service;

    public void Dispose()
    {
        _bench.Run("Stop-KlingSandbox");
        if (File.Exists(_bench.Home))
        {
            File.Delete(_bench.Home);
        }

        _bench.Dispose();
    }

    [Theory]
    [InlineData(1, "Continue")]
    [InlineData(4, "Continue")]
    [InlineData(4, "Stop")]
    public void Credit_that_ends_ends_the_buying_and_not_the_delivery(int throttle, string preference)
    {
        Service.Credit = 3;
        FinishAfter(throttle == 1 ? 0 : 3);
        EngineResult result = _bench.Run(
            $"1..6 | ForEach-Object {{ [pscustomobject]@{{ Image = '{_bench.Images[0]}'; Prompt = \"shot $_\" }} }} | New-KlingVideo -Wait -OutDirectory '{_bench.Clips}' -ThrottleLimit {throttle} -ErrorAction {preference}");

        AssertEndedAndDelivered(result, "NoCredit", 3);
        Assert.Contains("-Unsaved | Save-KlingVideo", Assert.Single(result.AllErrors).ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Empty(_bench.Run("Get-KlingTask -Unsaved -Local").Check().Output);
    }

    [Fact]
    public void Credit_that_has_ended_lets_Resume_wait_for_and_save_what_is_paid()
    {
        Service.Credit = 2;
        string rows = $"1..3 | ForEach-Object {{ [pscustomobject]@{{ Image = '{_bench.Images[0]}'; Prompt = \"shot $_\" }} }} | New-KlingVideo";
        AssertLast(_bench.Run($"{rows} -ThrottleLimit 1"), "NoCredit");
        FinishAfter(0);
        Service.Finished = false;

        AssertEndedAndDelivered(_bench.Run($"{rows} -Resume -Wait -OutDirectory '{_bench.Clips}'"), "NoCredit", 2);
    }

    [Fact]
    public void Without_Wait_nothing_is_waited_for()
    {
        Service.Credit = 1;
        EngineResult result = _bench.Run($"'{_bench.Images[0]}', '{_bench.Images[1]}' | New-KlingVideo -ThrottleLimit 1");
        AssertLast(result, "NoCredit");
        Assert.Equal("Processing", ServiceBench.Text(Assert.Single(result.Output), "Status"));
        Assert.Equal(0, Service.Count(CallKind.Poll));
    }

    [Fact]
    public void Journal_that_cannot_be_written_ends_the_buying_and_not_the_delivery()
    {
        using var gate = new ManualResetEventSlim();
        CallHold accepted = Service.Hold(CallPoint.SubmitAccepted);
        CallHold poll = Service.Hold(CallPoint.Poll);
        using RunningScript running = _bench.Engine.Start(
            $"param($Gate) & {{ '{_bench.Images[0]}'; $Gate.Wait(); '{_bench.Images[1]}' }} | New-KlingVideo -Wait -OutDirectory '{_bench.Clips}'", null,
            new Dictionary<string, object> { ["Gate"] = gate });

        // The acceptance itself is not recorded any more, and neither is the second intent.
        accepted.WaitUntilReached();
        Directory.Delete(_bench.Home, recursive: true);
        File.WriteAllText(_bench.Home, "");
        gate.Set();
        accepted.Release();
        poll.WaitUntilReached();
        Service.Finished = true;
        poll.Release();

        EngineResult result = Guard.Returns(running.Wait, "the cmdlet did not return");
        AssertLast(result, "JournalUnusable");
        Assert.Equal(Service.Video, File.ReadAllBytes(Assert.Single(_bench.Files)));
        Assert.Equal(("Succeeded", "Billed"), (ServiceBench.Text(Assert.Single(result.Output), "Status"), ServiceBench.Text(result.Output[0], "BillingState")));
        Assert.Equal(1, Service.Count(CallKind.Submit));
    }

    [Fact]
    public void Disk_that_takes_nothing_ends_the_buying()
    {
        Service.Finished = true;

        // The folder is made before the first record comes, and is then no folder any more.
        EngineResult result = _bench.Run($"& {{ [IO.Directory]::Delete('{_bench.Clips}'); [IO.File]::WriteAllText('{_bench.Clips}', ''); 1..9 | ForEach-Object {{ '{_bench.Images[0]}' }} }} | "
            + $"New-KlingVideo -Prompt pan -Wait -OutDirectory '{_bench.Clips}' -ThrottleLimit 1");
        File.Delete(_bench.Clips);

        AssertLast(result, "DownloadFailed");
        Assert.Equal(3, result.AllErrors.Count());
        Assert.All(result.AllErrors, error => Assert.StartsWith("DownloadFailed,", error.FullyQualifiedErrorId, StringComparison.Ordinal));
        Assert.Equal(3, Service.Count(CallKind.Submit));
        _bench.Run($"{Unsaved} '{_bench.Clips}'").Check();
        Assert.Equal(3, _bench.Files.Length);
    }

    [Theory]
    [InlineData("New-KlingVideo -Wait")]
    [InlineData("New-KlingVideo | Wait-KlingTask")]
    public void Reader_that_has_enough_leaves_the_paid_siblings_named(string command)
    {
        // The first is finished, the second goes on.
        Service.Instead = call => call.Kind != CallKind.Poll ? null : "200\n\n{\"data\":[" + string.Join(",", Service.AcceptedIds.Select((id, index) => index == 0
            ? $$"""{"taskType":"videoInference","taskUUID":"{{id}}","status":"success","videoUUID":"{{id}}","videoURL":"{{Service.VideoBase}}{{id}}.mp4"}"""
            : $$"""{"taskType":"videoInference","taskUUID":"{{id}}","status":"processing"}""")) + "]}";
        EngineResult result = _bench.Run($"$null = '{_bench.Images[0]}', '{_bench.Images[1]}' | {command} | Select-Object -First 1");

        Assert.Empty(result.Errors);
        Guid open = Service.AcceptedIds[1];
        Assert.Contains(_bench.Screen.Split('\n'), line => line.EndsWith($"Go on: Wait-KlingTask -TaskId {open}", StringComparison.Ordinal));
    }

    [Fact]
    public void Reader_that_takes_all_leaves_no_notice()
    {
        Service.Finished = true;
        _bench.Run($"$null = '{_bench.Images[0]}', '{_bench.Images[1]}' | New-KlingVideo -Wait | Select-Object -Last 1").Check();
        Assert.DoesNotContain("Stopped:", _bench.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public void Unsaved_lists_what_is_open_unknown_or_ended_without_a_file_and_nothing_else()
    {
        Service.Finished = true;
        _bench.Run($"$saved = New-KlingVideo '{_bench.Images[0]}' -Prompt saved -OutDirectory '{_bench.Clips}'; $ended = New-KlingVideo '{_bench.Images[0]}' -Prompt ended -Wait").Check();
        Service.Finished = false;
        _bench.Run($"$open = New-KlingVideo '{_bench.Images[0]}' -Prompt open").Check();
        Service.Instead = call => call.Kind == CallKind.Submit ? "500\n\nno" : call.Kind == CallKind.Details ? "500\n\nno" : null;
        _bench.Run($"New-KlingVideo '{_bench.Images[0]}' -Prompt unknown");
        Service.Instead = null;

        Assert.Equal(["ended", "open", "unknown"], Prompts("Get-KlingTask -Unsaved -Local"));
        Assert.Equal(["ended", "open", "unknown"], Prompts("Get-KlingTask -Unsaved"));
        Assert.Equal(["ended"], Prompts("Get-KlingTask -Unsaved -Status Succeeded"));
        Assert.Equal(["unknown"], Prompts("Get-KlingTask -Unsaved -Last 1"));
    }

    [Theory]
    [InlineData("Get-KlingTask {0}")]
    [InlineData("Get-KlingTask")]
    [InlineData("Get-KlingTask {0} -Local | Wait-KlingTask")]
    [InlineData("Save-KlingVideo -TaskId {0} -OutDirectory here")]
    [InlineData("Get-KlingTask -Unsaved | Save-KlingVideo -OutDirectory here")]
    public void Task_that_ended_with_too_few_videos_is_looked_at_again(string look)
    {
        // Two failures are told; one of them was a video after all.
        Service.Instead = call => call.Kind == CallKind.Poll
            ? """{"errors":[{"code":"providerError","message":"a","taskUUID":"{id}"},{"code":"timeoutProvider","message":"b","taskUUID":"{id}"}]}""".Insert(0, "200\n\n") : null;
        Guid id = ServiceBench.Id(Assert.Single(_bench.Run($"New-KlingVideo '{_bench.Images[0]}' -NumberResults 2 -Wait").Output));
        Assert.Equal(("Failed", "NotCharged"), (ServiceBench.Text(_bench.OnlyTask(), "Status"), ServiceBench.Text(_bench.OnlyTask(), "BillingState")));

        Service.Instead = null;
        Service.Finished = true;
        _bench.Run(string.Format(look, id));
        Assert.Equal(("PartiallySucceeded", "Billed"), (ServiceBench.Text(_bench.OnlyTask(), "Status"), ServiceBench.Text(_bench.OnlyTask(), "BillingState")));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(10)]
    public void Failed_generations_give_their_price_back(int throttle)
    {
        _bench.Run("$null = Start-KlingSandbox -GenerationSeconds 0.1 -Fault Moderation::4; $null = Connect-Kling -Sandbox").Check();
        EngineResult result = _bench.Run(
            $"1..10 | ForEach-Object {{ [pscustomobject]@{{ Image = '{_bench.Images[0]}'; Prompt = \"shot $_\" }} }} | New-KlingVideo -Wait -MaxCost 0.93 -ThrottleLimit {throttle}");

        Assert.Null(result.Failure);
        Assert.Equal(["ContentRefused", "ContentRefused", "ContentRefused", "ContentRefused", "CostCeiling"], result.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]).Order());
        Assert.Equal(5, result.Output.Count(task => ServiceBench.Text(task, "Status") == "Succeeded"));
        Assert.Equal(4, result.Output.Count(task => ServiceBench.Text(task, "BillingState") == "NotCharged"));
        Assert.Equal("5", _bench.Run("(Get-KlingSandbox).Charges.Count").Check().Output.Single().ToString());
    }

    [Theory]
    [InlineData("New-KlingVideo '{0}' -Wait")]
    [InlineData("$task | Wait-KlingTask")]
    public void Key_that_is_refused_while_waiting_is_told_at_once(string command)
    {
        _bench.Run($"$task = New-KlingVideo '{_bench.Images[0]}'").Check();
        Service.Finished = true;
        Service.Instead = call => call.Kind == CallKind.Poll ? """{"errors":[{"code":"invalidApiKey","message":"The key was revoked."}]}""".Insert(0, "401\n\n") : null;
        using RunningScript running = _bench.Engine.Start(string.Format(command, _bench.Images[0]));
        Guard.Until(() => running.Warnings.Count > 0, "no warning came");
        Service.Instead = null;

        EngineResult result = Guard.Returns(running.Wait, "the cmdlet did not return").Check();
        Assert.Contains("invalidApiKey", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Equal("Succeeded", ServiceBench.Text(Assert.Single(result.Output), "Status"));
    }

    [Fact]
    public void Id_of_which_nothing_is_known_is_doubted_aloud()
    {
        using RunningScript running = _bench.Engine.Start("Wait-KlingTask -TaskId 4923cad8-a610-4604-9846-08e843a33e8d");
        Guard.Until(() => running.Warnings.Count > 0, "no warning came");
        running.Stop();
        Assert.Contains("Is the id right?", running.Warnings[0].Message, StringComparison.Ordinal);
        Assert.Contains("Stopped: 1 not known here.", _bench.Screen, StringComparison.Ordinal);
        Assert.Contains("Wait-KlingTask -TaskId 4923cad8-a610-4604-9846-08e843a33e8d", _bench.Screen, StringComparison.Ordinal);
        Assert.DoesNotContain("sends the same id again", _bench.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public void Id_that_the_service_has_with_another_prompt_is_an_error_and_nothing_is_saved()
    {
        _bench.Run("$null = Start-KlingSandbox -GenerationSeconds 0; $null = Connect-Kling -Sandbox").Check();
        Guid id = ServiceBench.Id(Assert.Single(_bench.Run($"New-KlingVideo '{_bench.Images[0]}' -Prompt theirs").Check().Output));
        _bench.Run($"Remove-KlingTask {id} -Force").Check();

        EngineResult result = _bench.Run($"New-KlingVideo '{_bench.Images[0]}' -Prompt mine -TaskId {id} -OutDirectory '{_bench.Clips}'");
        AssertLast(result, "TaskIdInUse");
        Assert.Contains("Prompt", Assert.Single(result.AllErrors).ToString(), StringComparison.Ordinal);
        Assert.Empty(_bench.Files);
        Assert.Empty(_bench.Journal());

        Assert.Equal("theirs", ServiceBench.Text(Assert.Single(_bench.Run($"New-KlingVideo '{_bench.Images[0]}' -Prompt theirs -TaskId {id} -OutDirectory '{_bench.Clips}'").Check().Output), "Prompt"));
        Assert.Single(_bench.Files);
        Assert.Equal("1", _bench.Run("(Get-KlingSandbox).Charges.Count").Check().Output.Single().ToString());
    }

    [Fact]
    public void Bill_above_the_list_price_counts_for_what_is_sent_next()
    {
        Service.Finished = true;
        Service.Cost = 0.40m;
        EngineResult result = _bench.Run($"1..4 | ForEach-Object {{ '{_bench.Images[0]}' }} | New-KlingVideo -Prompt pan -Wait -MaxCost 1 -ThrottleLimit 1");

        Assert.Equal(2, Service.Count(CallKind.Submit));
        Assert.All(result.Errors, error => Assert.StartsWith("CostCeiling,", error.FullyQualifiedErrorId, StringComparison.Ordinal));
        Assert.Equal(2, result.Errors.Count);
        Assert.Single(result.Warnings, warning => warning.Contains("0.4000 USD", StringComparison.Ordinal) && warning.Contains("0.1850 USD", StringComparison.Ordinal));
    }

    private static void AssertLast(EngineResult result, string error) =>
        Assert.StartsWith(error + ",", result.AllErrors.Last().FullyQualifiedErrorId, StringComparison.Ordinal);

    private string[] Prompts(string command) => [.. _bench.Run(command).Check().Output.Select(task => ServiceBench.Text(task, "Prompt")).Order()];

    /// <summary>Tasks are finished once so many submits have come, so that they are open when the credit ends.</summary>
    private void FinishAfter(int submits)
    {
        int count = 0;
        Service.Finished = submits == 0;
        Service.Instead = call =>
        {
            if (call.Kind == CallKind.Submit && ++count > submits)
            {
                Service.Finished = true;
            }

            return null;
        };
    }

    private void AssertEndedAndDelivered(EngineResult result, string error, int tasks)
    {
        AssertLast(result, error);
        Assert.Equal(tasks, result.Output.Count);
        Assert.All(result.Output, task => Assert.Equal(("Succeeded", "Billed"), (ServiceBench.Text(task, "Status"), ServiceBench.Text(task, "BillingState"))));
        Assert.Equal(tasks, _bench.Files.Length);
        Assert.All(_bench.Files, file => Assert.Equal(Service.Video, File.ReadAllBytes(file)));
        Assert.Equal(tasks, Service.AcceptedIds.Count);
    }
}

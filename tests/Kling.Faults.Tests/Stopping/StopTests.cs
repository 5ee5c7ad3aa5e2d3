using System.Management.Automation;
using Kling.Hosting;
using Kling.Hosting.Service;

namespace Kling.Faults.Tests.Stopping;

/// <summary>Ctrl+C detaches: the cmdlet ends at once, nothing goes on in the process, and what was paid is found again.</summary>
[Collection(EngineCollection.Name)]
public sealed class StopTests : IDisposable
{
    private readonly ServiceBench _bench = new();

    public StopTests(ModuleUnderTest module) => Assert.NotNull(module);

    private ScriptedService Service => _bench.Service;

    private string New => $"New-KlingVideo '{_bench.Images[0]}' -Prompt pan -Wait -OutDirectory '{_bench.Clips}'";

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void New_Stop_before_the_POST_sends_nothing_and_charges_nothing()
    {
        Directory.CreateDirectory(_bench.Home);
        string journal = Path.Combine(_bench.Home, "sandbox-tasks.jsonl");
        using RunningScript running = StartAndWaitFor(() => new FileStream(journal, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), out FileStream locked);
        running.RequestStop();
        Guard.Until(() => running.IsStopping, "the stop was not taken up");
        locked.Dispose();
        EngineResult result = Guard.Returns(running.Wait, "the stopped cmdlet did not return");
        Assert.True(result.Stopped);
        Assert.Empty(Service.Calls);

        // The stop may come before the intent is tried or while it waits for the file; both are right.
        Assert.All(_bench.Journal(), task => Assert.Equal("NotCharged", ServiceBench.Text(task, "BillingState")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void New_Stop_between_POST_and_reply_is_Unknown_and_the_task_is_found_again(bool accepted)
    {
        CallHold hold = Service.Hold(accepted ? CallPoint.SubmitAccepted : CallPoint.SubmitUnaccepted);
        Stop(New, hold);
        PSObject task = _bench.OnlyTask();
        Guid id = ServiceBench.Id(task);
        Assert.Equal("Unknown", ServiceBench.Text(task, "BillingState"));
        Assert.Contains("Stopped: 1 perhaps sent.", _bench.Screen, StringComparison.Ordinal);
        Assert.Contains($"Go on: Save-KlingVideo -TaskId {id} -OutDirectory", _bench.Screen, StringComparison.Ordinal);
        Assert.Contains($"-TaskId {id} sends the same id again", _bench.Screen, StringComparison.Ordinal);
        Assert.Contains($"Remove-KlingTask -TaskId {id}", _bench.Screen, StringComparison.Ordinal);
        if (accepted)
        {
            Finish(id, submits: 1);
        }
        else
        {
            SendAgainAndFinish(id);
        }
    }

    [Fact]
    public void New_Stop_in_a_batch_says_how_to_go_on_and_the_same_line_with_Resume_does_it()
    {
        string images = string.Join(", ", Enumerable.Repeat($"'{_bench.Images[0]}', '{_bench.Images[1]}'", 2));
        string line = $"{images} | New-KlingVideo -Prompt pan -Wait -ThrottleLimit 2 -OutDirectory '{_bench.Clips}'";
        CallHold hold = Service.Hold(CallPoint.Poll);
        using RunningScript running = _bench.Engine.Start(line);
        hold.WaitUntilReached();
        Guard.Until(() => Service.AcceptedIds.Count == 2, "two were not accepted");
        Assert.True(Guard.Returns(running.Stop, "the stopped cmdlet did not return").Stopped);
        Assert.Contains("Stopped: 2 going on, 2 not sent. Go on: the same line with -Resume.", _bench.Screen, StringComparison.Ordinal);
        Assert.Contains($"Only what is paid: Get-KlingTask -Unsaved | Save-KlingVideo -OutDirectory '{_bench.Clips}'", _bench.Screen, StringComparison.Ordinal);

        Service.Finished = true;
        _bench.Connect();
        Assert.Equal(4, _bench.Run(line + " -Resume").Check().Output.Count);
        Assert.Equal(4, _bench.Files.Length);
        Assert.Equal(4, Service.Count(CallKind.Submit));
    }

    [Fact]
    public void New_Stop_while_polling_leaves_the_task_open()
    {
        Stop(New, Service.Hold(CallPoint.Poll));
        PSObject task = _bench.OnlyTask();
        Assert.Equal(("Processing", "Accepted"), (ServiceBench.Text(task, "Status"), ServiceBench.Text(task, "BillingState")));
        Assert.Contains($"Save-KlingVideo -TaskId {ServiceBench.Id(task)} -OutDirectory '{_bench.Clips}'", _bench.Screen, StringComparison.Ordinal);
        Finish(ServiceBench.Id(task), submits: 1);
    }

    [Fact]
    public void New_Stop_while_downloading_keeps_what_arrived()
    {
        Service.Finished = true;
        Stop(New, Service.Hold(CallPoint.HalfDownload), HalfArrived);
        Guid id = AssertBilledAndUnsaved();
        Assert.Contains($"Save-KlingVideo -TaskId {id} -OutDirectory", _bench.Screen, StringComparison.Ordinal);
        Finish(id, submits: 1);
        Assert.Equal(Service.Video.Length / 2, Service.Calls.Last(call => call.Kind == CallKind.Download).Start);
    }

    [Fact]
    public void Wait_Stop_while_polling_leaves_the_task_open()
    {
        Guid id = Submit();
        Stop($"Wait-KlingTask -TaskId {id}", Service.Hold(CallPoint.Poll));
        Assert.Equal("Processing", ServiceBench.Text(_bench.OnlyTask(), "Status"));
        Assert.Contains($"Wait-KlingTask -TaskId {id}", _bench.Screen, StringComparison.Ordinal);
        Finish(id, submits: 1);
    }

    [Theory]
    [InlineData("Wait-KlingTask")]
    [InlineData("Save-KlingVideo -ThrottleLimit 64 -OutDirectory clips")]
    public void Stop_with_many_tasks_open_names_one_command_that_takes_all_of_them_up(string command)
    {
        const int Many = 60;
        _bench.Run($"1..{Many} | ForEach-Object {{ '{_bench.Images[0]}' }} | New-KlingVideo -Prompt pan -Force").Check();
        CallHold hold = Service.Hold(CallPoint.Poll);
        using RunningScript running = _bench.Engine.Start($"Get-KlingTask -Local | {command}");
        hold.WaitUntilReached();
        Assert.True(Guard.Returns(running.Stop, "the stopped cmdlet did not return").Stopped);

        Assert.Contains($"Stopped: {Many} going on.", _bench.Screen, StringComparison.Ordinal);
        string shown = _bench.Screen.ReplaceLineEndings("\n").Split('\n').Last(line => line.Contains("Go on: ", StringComparison.Ordinal));
        string again = shown[shown.IndexOf("Get-KlingTask", StringComparison.Ordinal)..];
        Assert.DoesNotContain(_bench.Journal().Select(ServiceBench.Id), id => _bench.Screen.Contains($"{id}", StringComparison.Ordinal));

        Service.Finished = true;
        _bench.Connect();
        Assert.Equal(Many, _bench.Run(again).Check().Output.Count);
        Assert.Equal(Many, Service.Count(CallKind.Submit));
    }

    [Fact]
    public void Save_Stop_while_polling_leaves_the_task_open()
    {
        Guid id = Submit();
        Stop($"Save-KlingVideo -TaskId {id} -OutDirectory '{_bench.Clips}'", Service.Hold(CallPoint.Poll));
        Assert.Equal("Processing", ServiceBench.Text(_bench.OnlyTask(), "Status"));
        Assert.Contains($"Save-KlingVideo -TaskId {id} -OutDirectory '{_bench.Clips}'", _bench.Screen, StringComparison.Ordinal);
        Finish(id, submits: 1);
    }

    [Fact]
    public void Save_Stop_while_downloading_keeps_what_arrived()
    {
        Guid id = Submit();
        Service.Finished = true;
        Stop($"Save-KlingVideo -TaskId {id} -OutDirectory '{_bench.Clips}'", Service.Hold(CallPoint.HalfDownload), HalfArrived);
        Assert.Equal(id, AssertBilledAndUnsaved());
        Assert.Contains($"Save-KlingVideo -TaskId {id} -OutDirectory '{_bench.Clips}'", _bench.Screen, StringComparison.Ordinal);
        Finish(id, submits: 1);
        Assert.Equal(Service.Video.Length / 2, Service.Calls.Last(call => call.Kind == CallKind.Download).Start);
    }

    [Fact]
    public void Get_Stop_during_its_look_changes_nothing()
    {
        Guid id = Submit();
        Stop($"Get-KlingTask -TaskId {id}", Service.Hold(CallPoint.Poll));
        Assert.Equal("Processing", ServiceBench.Text(_bench.OnlyTask(), "Status"));
        Finish(id, submits: 1);
    }

    private Guid Submit() => ServiceBench.Id(Assert.Single(_bench.Run($"New-KlingVideo '{_bench.Images[0]}' -Prompt pan").Check().Output));

    /// <summary>Stops a script at the point where the service holds it, and looks whether all of it has ended.</summary>
    private void Stop(string script, CallHold hold, Action? arrived = null)
    {
        using RunningScript running = _bench.Engine.Start(script);
        hold.WaitUntilReached();
        arrived?.Invoke();
        int calls = Service.Calls.Count;
        EngineResult result = Guard.Returns(running.Stop, "the stopped cmdlet did not return");
        Assert.True(result.Stopped);
        Assert.Empty(result.Errors);
        hold.WaitUntilClientIsGone();
        PollLoop.WaitForEnd();
        Assert.Equal(calls, Service.Calls.Count);
    }

    /// <summary>Starts a buying script while the journal is locked; returns when its task is about to be recorded.</summary>
    private RunningScript StartAndWaitFor(Func<FileStream> locking, out FileStream locked)
    {
        locked = locking();
        RunningScript running = _bench.Engine.Start(New + " -Verbose");
        Guard.Until(() => Enumerable.Range(0, running.Verbose.Count).Any(line => running.Verbose[line].Message.Contains("becomes task", StringComparison.Ordinal)), "no task was begun");
        return running;
    }

    private void HalfArrived() => Guard.Until(
        () => _bench.Parts.Length == 1 && new FileInfo(_bench.Parts[0]).Length == Service.Video.Length / 2, "the first half did not arrive");

    private Guid AssertBilledAndUnsaved()
    {
        PSObject task = _bench.OnlyTask();
        Assert.Equal(("Succeeded", "Billed"), (ServiceBench.Text(task, "Status"), ServiceBench.Text(task, "BillingState")));
        Assert.Empty(_bench.Files);
        Assert.Equal(Service.Video.Length / 2, new FileInfo(Assert.Single(_bench.Parts)).Length);
        return ServiceBench.Id(task);
    }

    /// <summary>A new session finishes the task; nothing is bought for it.</summary>
    private void Finish(Guid id, int submits)
    {
        Service.Finished = true;
        _bench.Connect();
        PSObject ended = Assert.Single(_bench.Run($"Wait-KlingTask -TaskId {id}").Check().Output);
        Assert.Equal(("Succeeded", "Billed"), (ServiceBench.Text(ended, "Status"), ServiceBench.Text(ended, "BillingState")));
        _bench.Run($"Get-KlingTask -TaskId {id} | Save-KlingVideo -OutDirectory '{_bench.Clips}'").Check();
        Assert.Equal(Service.Video, File.ReadAllBytes(Assert.Single(_bench.Files)));
        Assert.Empty(_bench.Parts);
        Assert.Equal((1, submits), (Service.AcceptedCount(id), Service.Count(CallKind.Submit)));
    }

    /// <summary>The service never had the task: nothing re-sends it by itself, and the same id can be sent again.</summary>
    private void SendAgainAndFinish(Guid id)
    {
        Service.Finished = true;
        _bench.Connect();
        EngineResult looked = _bench.Run($"Get-KlingTask; Wait-KlingTask -TaskId {id} -Timeout 0");
        Assert.Equal("Unknown", ServiceBench.Text(Assert.Single(looked.Output), "BillingState"));
        ErrorRecord open = Assert.Single(looked.Errors);
        Assert.Contains($"New-KlingVideo … -TaskId {id}", open.ToString(), StringComparison.Ordinal);
        Assert.Contains($"Remove-KlingTask -TaskId {id}", open.ToString(), StringComparison.Ordinal);
        Assert.Equal($"Wait-KlingTask -TaskId {id}", open.ErrorDetails.RecommendedAction);
        Assert.DoesNotContain("Wait-KlingTask", open.ToString(), StringComparison.Ordinal);
        Assert.Equal((0, 1), (Service.AcceptedCount(id), Service.Count(CallKind.Submit)));
        _bench.Run($"New-KlingVideo '{_bench.Images[0]}' -Prompt pan -TaskId {id}").Check();
        Finish(id, submits: 2);
    }
}

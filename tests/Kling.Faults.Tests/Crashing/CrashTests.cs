using System.Management.Automation;
using Kling.Hosting;
using Kling.Hosting.Service;
using Kling.Journal;

namespace Kling.Faults.Tests.Crashing;

/// <summary>
/// A process is killed while it buys, at each step. Another one, with the same journal and the same service, finishes
/// everything that was paid, and sends nothing again by itself.
/// </summary>
[Collection(EngineCollection.Name)]
public sealed class CrashTests : IDisposable
{
    private readonly ServiceBench _bench = new();

    public CrashTests(ModuleUnderTest module) => Assert.NotNull(module);

    private ScriptedService Service => _bench.Service;

    private string Buy => $"{_bench.ConnectScript}; New-KlingVideo '{_bench.Images[0]}' -Prompt pan -Wait -OutDirectory '{_bench.Clips}'";

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(nameof(CallPoint.Connected))]
    [InlineData(nameof(CallPoint.SubmitUnaccepted))]
    public void Killed_with_the_intent_on_disk_and_the_POST_not_accepted_is_Unknown_until_told_what_to_do(string point)
    {
        KillAt(Enum.Parse<CallPoint>(point));
        Service.Finished = true;
        PSObject found = Assert.Single(_bench.Run("Get-KlingTask").Check().Output);
        Guid id = ServiceBench.Id(found);
        Assert.Equal(("Unknown", "Unknown", "pan"), (ServiceBench.Text(found, "Status"), ServiceBench.Text(found, "BillingState"), ServiceBench.Text(found, "Prompt")));

        ErrorRecord error = Assert.Single(_bench.Run($"Wait-KlingTask {id} -Timeout 0").Errors);
        Assert.Contains($"New-KlingVideo … -TaskId {id}", error.ToString(), StringComparison.Ordinal);
        Assert.Contains($"Remove-KlingTask -TaskId {id}", error.ToString(), StringComparison.Ordinal);
        _bench.Run($"Get-KlingTask | Save-KlingVideo -OutDirectory '{_bench.Clips}' -Timeout 0");
        Assert.Equal(0, Service.AcceptedCount(id));
        Assert.Equal(point == nameof(CallPoint.Connected) ? 0 : 1, Service.Count(CallKind.Submit));

        // Another request must not ride on the same id, and no other id is drawn for this one.
        Assert.StartsWith("TaskIdInUse,", Assert.Single(_bench.Run($"New-KlingVideo '{_bench.Images[0]}' -Prompt zoom -TaskId {id}").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        PSObject sent = Assert.Single(_bench.Run($"New-KlingVideo '{_bench.Images[0]}' -Prompt pan -TaskId {id} -Wait -OutDirectory '{_bench.Clips}'").Check().Output);
        Assert.Equal((id, "Succeeded"), (ServiceBench.Id(sent), ServiceBench.Text(sent, "Status")));
        AssertPaidOnceAndSaved(id);
    }

    [Fact]
    public void Killed_with_the_intent_on_disk_can_be_given_up()
    {
        KillAt(CallPoint.Connected);
        Guid id = ServiceBench.Id(_bench.OnlyTask());
        _bench.Run($"Remove-KlingTask {id} -Force").Check();
        Assert.Empty(_bench.Run("Get-KlingTask").Check().Output);
        Assert.Empty(Service.Calls);
    }

    [Fact]
    public void Killed_with_the_task_accepted_and_unanswered_is_found_and_finished()
    {
        KillAt(CallPoint.SubmitAccepted);
        Guid id = ServiceBench.Id(_bench.OnlyTask());
        Assert.Equal("Unknown", ServiceBench.Text(_bench.OnlyTask(), "BillingState"));

        // In progress proves nothing yet: it is answered for any id.
        Assert.Equal("Unknown", ServiceBench.Text(Assert.Single(_bench.Run("Get-KlingTask").Check().Output), "BillingState"));
        Service.Finished = true;
        Assert.Equal("Billed", ServiceBench.Text(Assert.Single(_bench.Run("Get-KlingTask").Check().Output), "BillingState"));
        _bench.Run($"Get-KlingTask | Wait-KlingTask | Save-KlingVideo -OutDirectory '{_bench.Clips}'").Check();
        AssertPaidOnceAndSaved(id);
        Assert.Equal(1, Service.Count(CallKind.Submit));
    }

    [Fact]
    public void Killed_with_the_task_accepted_and_unanswered_the_same_id_sent_again_is_not_paid_again()
    {
        KillAt(CallPoint.SubmitAccepted);
        Guid id = ServiceBench.Id(_bench.OnlyTask());

        // The look says in progress, which proves nothing: the id is sent again, and the conflict is the proof.
        _bench.Run($"$null = New-KlingVideo '{_bench.Images[0]}' -Prompt pan -TaskId {id}").Check();
        Assert.Equal("Accepted", ServiceBench.Text(_bench.OnlyTask(), "BillingState"));
        Service.Finished = true;
        _bench.Run($"Wait-KlingTask {id} | Save-KlingVideo -OutDirectory '{_bench.Clips}'").Check();
        AssertPaidOnceAndSaved(id);
        Assert.Equal(2, Service.Count(CallKind.Submit));
    }

    [Fact]
    public void Killed_once_the_task_was_written_is_open_and_finished()
    {
        using var child = new CrashChild($"{_bench.ConnectScript}; New-KlingVideo '{_bench.Images[0]}' -Prompt pan; $null = [Threading.Thread]::Sleep(-1)", _bench.Home);
        Guid id = Guid.Parse(child.ReadLine());
        child.Kill();
        Assert.Equal(("Processing", "Accepted"), (ServiceBench.Text(_bench.OnlyTask(), "Status"), ServiceBench.Text(_bench.OnlyTask(), "BillingState")));
        FinishByAnotherProcess(id);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Killed_while_polling_is_open_and_finished(int looksBefore)
    {
        CallHold[] looks = [.. Enumerable.Range(0, looksBefore + 1).Select(_ => Service.Hold(CallPoint.Poll))];
        using var child = new CrashChild(Buy, _bench.Home);
        foreach (CallHold look in looks[..^1])
        {
            look.WaitUntilReached(Guard.ScriptLimit);
            look.Release();
        }

        looks[^1].WaitUntilReached(Guard.ScriptLimit);
        child.Kill();
        looks[^1].WaitUntilClientIsGone();
        Assert.Equal(("Processing", "Accepted"), (ServiceBench.Text(_bench.OnlyTask(), "Status"), ServiceBench.Text(_bench.OnlyTask(), "BillingState")));
        FinishByAnotherProcess(ServiceBench.Id(_bench.OnlyTask()));
    }

    [Fact]
    public void Killed_with_half_of_the_video_continues_from_there()
    {
        Service.Finished = true;
        CallHold hold = Service.Hold(CallPoint.HalfDownload);
        using var child = new CrashChild(Buy, _bench.Home);
        hold.WaitUntilReached(Guard.ScriptLimit);
        int half = Service.Video.Length / 2;
        Guard.Until(() => _bench.Parts is [string part] && new FileInfo(part).Length == half, "the first half did not arrive");
        child.Kill();
        Assert.Empty(_bench.Files);
        Assert.Equal("Billed", ServiceBench.Text(_bench.OnlyTask(), "BillingState"));
        FinishByAnotherProcess(ServiceBench.Id(_bench.OnlyTask()));
        Assert.Equal(half, Service.Calls.Last(call => call.Kind == CallKind.Download).Start);
    }

    [Fact]
    public void Killed_with_the_whole_video_and_no_record_of_it_takes_it_up()
    {
        Service.Finished = true;
        CallHold hold = Service.Hold(CallPoint.HalfDownload);
        using var child = new CrashChild(Buy, _bench.Home);
        hold.WaitUntilReached(Guard.ScriptLimit);
        using (new FileStream(Path.Combine(_bench.Home, "sandbox-tasks.jsonl.lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            // It gets its name, and cannot be recorded.
            hold.Release();
            Guard.Until(() => _bench.Files.Length == 1, "the video did not arrive");
            child.Kill();
        }

        byte[] mark = File.ReadAllBytes(Assert.Single(Directory.GetFiles(_bench.Clips, "*.etag")));
        FinishByAnotherProcess(ServiceBench.Id(_bench.OnlyTask()));
        Assert.Equal(1, Service.Count(CallKind.Download));
        Assert.Empty(Directory.GetFiles(_bench.Clips, "*.etag"));

        // A kill a moment later leaves the mark beside a file that is recorded.
        File.WriteAllBytes(_bench.Files[0] + ".part.etag", mark);
        FinishByAnotherProcess(ServiceBench.Id(_bench.OnlyTask()));
        Assert.Equal(1, Service.Count(CallKind.Download));
        Assert.Empty(Directory.GetFiles(_bench.Clips, "*.etag"));
    }

    [Fact]
    public void Killed_in_the_middle_of_a_batch_loses_none_of_it()
    {
        // The first is accepted and answered, the second accepted and unanswered, the third not begun.
        Service.Finished = true;
        CallHold first = Service.Hold(CallPoint.SubmitAccepted);
        CallHold second = Service.Hold(CallPoint.SubmitAccepted);
        using var child = new CrashChild(
            $"{_bench.ConnectScript}; '{_bench.Images[0]}', '{_bench.Images[1]}', '{_bench.Images[0]}' | New-KlingVideo -ThrottleLimit 1", _bench.Home);
        first.WaitUntilReached(Guard.ScriptLimit);
        first.Release();
        second.WaitUntilReached();
        child.Kill();
        Assert.Equal(["Accepted", "Unknown"], _bench.Journal().Select(task => ServiceBench.Text(task, "BillingState")));
        PSObject[] ended = [.. _bench.Run("Get-KlingTask | Wait-KlingTask").Check().Output];
        Assert.Equal(["Billed", "Billed"], ended.Select(task => ServiceBench.Text(task, "BillingState")));
        _bench.Run($"Get-KlingTask | Save-KlingVideo -OutDirectory '{_bench.Clips}'").Check();
        Assert.Equal(2, _bench.Files.Length);
        Assert.Equal((2, 2), (Service.Count(CallKind.Submit), Service.AcceptedIds.Count(id => Service.AcceptedCount(id) == 1)));
    }

    [Fact]
    public void Two_processes_that_buy_at_once_lose_no_record()
    {
        const int Each = 20;
        string buy = $"{_bench.ConnectScript}; New-KlingVideo '{_bench.Images[0]}' -Prompt (1..{Each} | ForEach-Object {{ \"shot $_ \" * 60 }}) -ThrottleLimit 1";
        CallHold[] firsts = [Service.Hold(CallPoint.SubmitAccepted), Service.Hold(CallPoint.SubmitAccepted)];
        using var one = new CrashChild(buy, _bench.Home);
        using var other = new CrashChild(buy, _bench.Home);
        Assert.All(firsts, first => first.WaitUntilReached(Guard.ScriptLimit));
        Assert.All(firsts, first => first.Release());

        Assert.True(one.WaitForEnd() == 0, one.Errors);
        Assert.True(other.WaitForEnd() == 0, other.Errors);
        IReadOnlyList<PSObject> tasks = _bench.Journal();
        Assert.Equal(Service.AcceptedIds.Order(), tasks.Select(ServiceBench.Id).Order());
        Assert.Equal(2 * Each, tasks.Count);
        Assert.All(tasks, task => Assert.Equal("Accepted", ServiceBench.Text(task, "BillingState")));

        // An intent and an acceptance for each, every line whole.
        string[] lines = File.ReadAllLines(Path.Combine(_bench.Home, "sandbox-tasks.jsonl"));
        Assert.Equal(4 * Each, lines.Length);
        Assert.All(lines, line => Assert.True(line.StartsWith('{') && line.EndsWith('}'), line));
    }

    private void KillAt(CallPoint point)
    {
        CallHold hold = Service.Hold(point);
        using var child = new CrashChild(Buy, _bench.Home);
        hold.WaitUntilReached(Guard.ScriptLimit);

        // The connection is opened before the intent is written.
        Guard.Until(() => new FileInfo(Path.Combine(_bench.Home, JournalFolder.SandboxFile)) is { Exists: true, Length: > 0 }, "no intent was written");
        child.Kill();
        if (point == CallPoint.Connected)
        {
            // Closed with the request unread: it never reached the service.
            hold.Release();
        }
        else
        {
            hold.WaitUntilClientIsGone();
        }
    }

    /// <summary>A third process looks, waits and saves; nothing is sent.</summary>
    private void FinishByAnotherProcess(Guid id)
    {
        Service.Finished = true;
        int submits = Service.Count(CallKind.Submit);
        using var other = new CrashChild($"{_bench.ConnectScript}; Get-KlingTask | Wait-KlingTask | Save-KlingVideo -OutDirectory '{_bench.Clips}'", _bench.Home);
        Assert.True(other.WaitForEnd() == 0, other.Errors);
        AssertPaidOnceAndSaved(id);
        Assert.Equal(submits, Service.Count(CallKind.Submit));
    }

    private void AssertPaidOnceAndSaved(Guid id)
    {
        Assert.Equal([id], Service.AcceptedIds);
        Assert.Equal(1, Service.AcceptedCount(id));
        PSObject task = _bench.OnlyTask();
        Assert.Equal((id, "Succeeded", "Billed"), (ServiceBench.Id(task), ServiceBench.Text(task, "Status"), ServiceBench.Text(task, "BillingState")));
        Assert.Equal(Service.Video, File.ReadAllBytes(Assert.Single(_bench.Files)));
        Assert.Empty(_bench.Parts);
    }
}

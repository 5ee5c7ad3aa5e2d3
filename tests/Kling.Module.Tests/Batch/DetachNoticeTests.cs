using Kling.Hosting;
using Kling.Models;
using Kling.Pipeline;

namespace Kling.Module.Tests.Batch;

/// <summary>What a stopped command says: how much of what, and one command for all that is paid.</summary>
public sealed class DetachNoticeTests
{
    private static readonly StoppedWork s_batch = new() { Tasks = [], Repeat = "the same line with -Resume" };

    [Fact]
    public void Batch_that_was_stopped_says_what_is_done_going_on_and_not_sent()
    {
        Assert.Equal(
            ["Stopped: 4 done, 2 going on, 4 not sent. Go on: the same line with -Resume.", "Only what is paid: Get-KlingTask -Unsaved | Save-KlingVideo -OutDirectory '/clips'"],
            Said(s_batch with { Tasks = [Open(), Open()], Done = 4, NotSent = 4, Directory = "/clips" }));
    }

    [Fact]
    public void One_task_that_is_all_there_was_is_named()
    {
        KlingTask task = Open();
        Assert.Equal(["Stopped: 1 going on.", $"Go on: Wait-KlingTask -TaskId {task.TaskId:D}"], Said(s_batch with { Tasks = [task] }));
        Assert.Equal(["Stopped: 1 going on.", $"Go on: Save-KlingVideo -TaskId {task.TaskId:D} -OutDirectory '/clips'"], Said(s_batch with { Tasks = [task], Directory = "/clips" }));
    }

    [Fact]
    public void Nothing_bought_is_said_and_needs_no_command() => Assert.Equal(
        ["Stopped: 12 not sent; the rest of the input was not read. Nothing was bought."], Said(s_batch with { NotSent = 12, HasMoreInput = true }));

    [Fact]
    public void Nothing_left_behind_is_no_notice()
    {
        Assert.Empty(Said(s_batch with { Done = 3 }));
        Assert.Empty(Said(s_batch with { Tasks = [Task(KlingTaskStatus.Submitting, BillingState.NotCharged)], Done = 3 }));
        Assert.Empty(Said(s_batch with { Tasks = [Task(KlingTaskStatus.Failed, BillingState.Accepted)], Done = 3 }));
        KlingTask saved = Ended();
        saved.Videos[0].File = "/clips/a.mp4";
        Assert.Empty(Said(s_batch with { Tasks = [saved], Directory = "/clips" }));
    }

    [Fact]
    public void Task_that_was_being_sent_has_its_two_ways_out()
    {
        KlingTask sent = Task(KlingTaskStatus.Submitting, BillingState.Unknown);
        Assert.Equal(
            [
                "Stopped: 1 going on, 1 perhaps sent.", "Go on: Get-KlingTask -Status Processing, Unknown | Wait-KlingTask",
                $"Where the service does not have it: New-KlingVideo … -TaskId {sent.TaskId:D} sends the same id again, Remove-KlingTask -TaskId {sent.TaskId:D} gives it up.",
            ],
            Said(s_batch with { Tasks = [Open(), sent] }));
        Assert.Equal("Go on: Get-KlingTask -Status Unknown | Wait-KlingTask", Said(s_batch with { Tasks = [sent, Task(KlingTaskStatus.Unknown, BillingState.Unknown)] })[1]);
    }

    [Fact]
    public void Task_of_another_machine_is_in_no_list_and_named()
    {
        var foreign = KlingTask.Bare(Guid.NewGuid(), null);
        KlingTask open = Open();
        Assert.Equal(
            ["Stopped: 1 going on, 1 not known here.", $"Go on: Wait-KlingTask -TaskId {open.TaskId:D},{foreign.TaskId:D}"], Said(s_batch with { Tasks = [open, foreign] }));
    }

    [Fact]
    public void What_has_ended_and_was_not_delivered_is_paid_too()
    {
        Assert.Equal(
            ["Stopped: 2 ended and not saved.", "Go on: Get-KlingTask -Unsaved | Save-KlingVideo -OutDirectory '/clips'"],
            Said(s_batch with { Tasks = [Ended(), Ended()], Directory = "/clips" }));
        Assert.Equal(
            ["Stopped: 1 done, 1 going on, 2 ended, 8 not sent. Go on: the same line with -Resume.", "Only what is paid: Get-KlingTask -Unsaved | Wait-KlingTask"],
            Said(s_batch with { Tasks = [Ended(), Ended(), Open()], Done = 1, NotSent = 8 }));
    }

    private static string[] Said(StoppedWork work)
    {
        var host = new CaptureHost();
        DetachNotice.Show(host, work);
        return [.. host.UI.Lines.Select(line => line.Text["WARNING: ".Length..])];
    }

    private static KlingTask Open() => Task(KlingTaskStatus.Processing, BillingState.Accepted);

    private static KlingTask Ended()
    {
        KlingTask task = Task(KlingTaskStatus.Succeeded, BillingState.Billed);
        task.Videos = [new KlingVideo { VideoId = "v" }];
        return task;
    }

    private static KlingTask Task(string status, string billing)
    {
        var task = KlingTask.Bare(Guid.NewGuid(), null);
        (task.Status, task.BillingState, task.Settings) = (status, billing, new VideoSettings { Model = "klingai:5@1" });
        return task;
    }
}

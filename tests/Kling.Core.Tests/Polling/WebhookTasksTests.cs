using Kling.Core.Tests.Journal;
using Kling.Core.Tests.Submit;
using Kling.Core.Tests.Support;
using Kling.Journal;
using Kling.Models;
using Kling.Polling;
using Kling.Wire;

namespace Kling.Core.Tests.Polling;

public sealed class WebhookTasksTests : IDisposable
{
    private readonly JournalBench _bench = new();
    private readonly FakeClock _clock = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void KnownTask_GetsItsResults_AndTheyAreRecorded()
    {
        TaskJournal journal = _bench.Open(Sample.Endpoint);
        KlingTask task = Submitted(journal, count: 2);
        KlingTask half = Assert.Single(New(journal).Take(Body(Replies.Video(task.TaskId, "v1"))));
        Assert.Equal((KlingTaskStatus.Processing, BillingState.Billed, 0.1848m), (half.Status, half.BillingState, half.Cost));
        Assert.Equal("p", half.Prompt);

        // Another process, which only has the journal.
        KlingTask whole = Assert.Single(New(journal).Take(Body(Replies.Video(task.TaskId, "v2"))));
        Assert.Equal((KlingTaskStatus.Succeeded, 2, 0.3696m), (whole.Status, whole.Videos.Count, whole.Cost));
        KlingTask stored = Assert.Single(journal.Find([task.TaskId]));
        Assert.Equal((KlingTaskStatus.Succeeded, 2), (stored.Status, stored.Videos.Count));
        Assert.Single(half.Videos);
    }

    [Fact]
    public void SameBodyAgain_ChangesAndRecordsNothing()
    {
        TaskJournal journal = _bench.Open(Sample.Endpoint);
        KlingTask task = Submitted(journal);
        ApiReply body = Body(Replies.Video(task.TaskId));
        New(journal).Take(body);
        int lines = _bench.Lines.Length;
        WebhookTasks again = New(journal);
        Assert.Equal(KlingTaskStatus.Succeeded, Assert.Single(again.Take(body)).Status);
        Assert.Single(Assert.Single(again.Take(body)).Videos);
        Assert.Equal(lines, _bench.Lines.Length);
    }

    [Fact]
    public void UnknownTask_IsReturned_AndNotRecorded()
    {
        TaskJournal journal = _bench.Open(Sample.Endpoint);
        Submitted(journal);
        int lines = _bench.Lines.Length;
        var id = Guid.NewGuid();
        KlingTask task = Assert.Single(New(journal).Take(Body(Replies.Video(id))));
        Assert.Equal((id, KlingTaskStatus.Succeeded, BillingState.Billed), (task.TaskId, task.Status, task.BillingState));
        Assert.Equal(Sample.Endpoint.AbsoluteUri, task.Endpoint);
        Assert.Equal(lines, _bench.Lines.Length);
    }

    [Fact]
    public void WithoutAJournal_NothingIsReadOrWritten()
    {
        TaskJournal journal = _bench.Open(Sample.Endpoint);
        KlingTask known = Submitted(journal);
        int lines = _bench.Lines.Length;
        KlingTask task = Assert.Single(new WebhookTasks(null, null, _clock).Take(Body(Replies.Video(known.TaskId))));
        Assert.Null(task.Prompt);
        Assert.Null(task.Endpoint);
        Assert.Equal(lines, _bench.Lines.Length);
    }

    [Fact]
    public void BodiesOfOneInstance_AddUp()
    {
        var id = Guid.NewGuid();
        var tasks = new WebhookTasks(null, null, _clock);
        KlingTask first = Assert.Single(tasks.Take(Body(Replies.Video(id, "v1"))));
        KlingTask second = Assert.Single(tasks.Take(Body(Replies.Video(id, "v2"))));
        Assert.Equal((1, 2), (first.Videos.Count, second.Videos.Count));
    }

    [Fact]
    public void Failure_EndsTheTask_AndALaterVideoStillCounts()
    {
        TaskJournal journal = _bench.Open(Sample.Endpoint);
        KlingTask task = Submitted(journal);
        KlingTask failed = Assert.Single(New(journal).Take(new ApiReply { Errors = [Replies.Failure(task.TaskId)] }));
        Assert.Equal((KlingTaskStatus.Failed, BillingState.Accepted), (failed.Status, failed.BillingState));
        Assert.Equal(KlingTaskStatus.Failed, Assert.Single(journal.Find([task.TaskId])).Status);
        KlingTask late = Assert.Single(New(journal).Take(Body(Replies.Video(task.TaskId))));
        Assert.Equal(KlingTaskStatus.Succeeded, late.Status);
        Assert.Equal(KlingTaskStatus.Succeeded, Assert.Single(journal.Find([task.TaskId])).Status);
    }

    [Fact]
    public void SeveralTasksInOneBody_ComeInItsOrder()
    {
        Guid[] ids = [Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()];
        IReadOnlyList<KlingTask> tasks = new WebhookTasks(null, null, _clock).Take(new ApiReply
        {
            Items = [Replies.Video(ids[1]), Replies.Video(ids[0])],
            Errors = [Replies.Failure(ids[2]), Replies.Failure(ids[1], video: "v9"), Replies.Failure(null)],
        });
        Assert.Equal([ids[1], ids[0], ids[2]], tasks.Select(task => task.TaskId));
    }

    [Fact]
    public void UnwritableJournal_IsSaid_AndTheResultIsNotLost()
    {
        KlingTask task = Submitted(_bench.Open(Sample.Endpoint));
        var broken = new TaskJournal(_bench.File, Sample.Endpoint, _clock, TimeSpan.Zero, _clock, _ => throw new IOException("no space"));
        WebhookTasks tasks = New(broken);
        Assert.Equal(KlingTaskStatus.Succeeded, Assert.Single(tasks.Take(Body(Replies.Video(task.TaskId)))).Status);
        Assert.Contains("no space", tasks.JournalFault!.Message, StringComparison.Ordinal);
    }

    private static ApiReply Body(params ResultItem[] items) => new() { Items = items };

    private WebhookTasks New(TaskJournal journal) => new(journal, Sample.Endpoint, _clock);

    private KlingTask Submitted(TaskJournal journal, int? count = null)
    {
        KlingTask task = Sample.New(count);
        journal.Append(JournalEvent.Intent, task);
        task.Status = KlingTaskStatus.Processing;
        task.BillingState = BillingState.Accepted;
        task.SubmittedAt = _clock.UtcNow;
        journal.Append(JournalEvent.Accepted, task);
        return task;
    }
}

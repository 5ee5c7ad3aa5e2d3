using CsCheck;
using Kling.Core.Tests.Journal;
using Kling.Models;
using Kling.Polling;
using Kling.Wire;
using Xunit.Abstractions;

namespace Kling.Core.Tests.Fuzz;

/// <summary>
/// The poll loop passes over a running task that a reply only calls unfinished. That is right only if taking the reply in would have
/// changed nothing, whatever was heard before.
/// </summary>
public class RunningTaskFuzz(ITestOutputHelper output)
{
    private static readonly Guid s_id = Guid.Parse("3f2b1c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d");

    private static readonly Gen<ResultItem> s_items = Gen.Select(
        Gen.Frequency((5, Gen.Const(s_id)), (1, Gen.Guid)), Gen.OneOf<string?>("processing", "pending", "success", "odd", null), Gen.Int[0, 3], Gen.OneOf<decimal?>(null, null, 0.1848m, 0.3m), Gen.Bool,
        (id, status, video, cost, hasVideo) => new ResultItem
        {
            TaskId = id,
            Status = status,
            Video = hasVideo ? new KlingVideo { VideoId = $"video-{video}", VideoUrl = $"https://v.example.test/{video}.mp4", VideoCost = cost } : null,
        });

    private static readonly Gen<KlingTaskError> s_errors = Gen.Select(
        Gen.OneOf<Guid?>(s_id, s_id, null), Gen.OneOf("unknownError", "providerError", "taskNotFound", "timeout"), Gen.OneOf([.. KlingErrorCategory.All]), Gen.OneOf<string?>(null, null, "video-1", "video-2"),
        (id, code, category, video) => new KlingTaskError { TaskId = id, Code = code, Message = code, Category = category, VideoId = video });

    private static readonly Gen<ApiReply> s_replies = Gen.Select(
        s_items.Array[0, 3], Gen.Frequency((4, Gen.Const(Array.Empty<KlingTaskError>())), (1, s_errors.Array[1, 2])), Gen.OneOf<int?>(200, 200, 200, 400, 429, 503),
        (items, errors, status) => new ApiReply { Outcome = ApiOutcome.Envelope, HttpStatus = status, Items = items, Errors = errors });

    private static readonly Gen<KlingTask> s_tasks = Gen.Select(
        Gen.OneOf<int?>(null, 1, 2, 4), Gen.OneOf<string?>(null, "klingai:5@1"), Gen.OneOf([.. BillingState.All]), Gen.OneOf(KlingTaskStatus.Submitting, KlingTaskStatus.Processing, KlingTaskStatus.Unknown),
        (results, model, billing, status) => new KlingTask { TaskId = s_id, NumberResults = results, Model = model, BillingState = billing, Status = status });

    [Fact]
    public void OnlyRunning_ChangesNothing() => FuzzRun.Check(
        output, "Poll: passing over a running task changes nothing", Gen.Select(s_tasks, s_replies.Array[1, 8], (task, replies) => (Task: task, Replies: replies)), sample =>
        {
            // A case may be tried more than once, so it must not be changed.
            KlingTask task = sample.Task.Snapshot();
            foreach (ApiReply reply in sample.Replies)
            {
                bool passedOver = ReplyReading.IsOnlyRunning(reply, s_id) && TaskState.IsRunning(task);
                string before = JournalSamples.Describe(task);

                bool changed = TaskState.Apply(task, reply, DateTimeOffset.UnixEpoch);

                if (passedOver)
                {
                    Assert.False(changed);
                    Assert.Equal(before, JournalSamples.Describe(task));
                }
            }
        });
}

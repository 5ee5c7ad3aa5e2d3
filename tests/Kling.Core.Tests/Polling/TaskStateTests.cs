using Kling.Core.Tests.Submit;
using Kling.Core.Tests.Support;
using Kling.Core.Tests.Wire;
using Kling.Models;
using Kling.Polling;
using Kling.Wire;

namespace Kling.Core.Tests.Polling;

public sealed class TaskStateTests
{
    private static readonly DateTimeOffset s_start = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_now = s_start.AddSeconds(61);

    [Fact]
    public void Apply_OneVideo_SucceedsAndIsBilled()
    {
        KlingTask task = Task();

        Assert.True(Apply(task, Replies.Data(Replies.Video(task.TaskId))));

        Assert.Equal((KlingTaskStatus.Succeeded, BillingState.Billed, 0.1848m), (task.Status, task.BillingState, task.Cost));
        Assert.Equal(s_now, task.CompletedAt);
        Assert.Equal(61, task.Elapsed!.Value.TotalSeconds);
    }

    [Fact]
    public void Apply_VideoWithoutCost_StaysAccepted()
    {
        KlingTask task = Task();

        Apply(task, Replies.Data(Replies.Video(task.TaskId, cost: null)));

        Assert.Equal((KlingTaskStatus.Succeeded, BillingState.Accepted, (decimal?)null), (task.Status, task.BillingState, task.Cost));
    }

    [Fact]
    public void Apply_SeveralVideos_AreCollectedOverReplies()
    {
        KlingTask task = Task(3);
        Guid id = task.TaskId;

        Apply(task, Replies.Data(Replies.Video(id, "a"), Replies.Running(id)));
        Assert.Equal((KlingTaskStatus.Processing, BillingState.Billed), (task.Status, task.BillingState));
        Apply(task, Replies.Data(Replies.Video(id, "a"), Replies.Video(id, "A"), Replies.Video(id, "b")));
        Assert.Equal(KlingTaskStatus.Processing, task.Status);
        Apply(task, Replies.Data(Replies.Video(id, "c")));

        Assert.Equal(KlingTaskStatus.Succeeded, task.Status);
        Assert.Equal(["a", "b", "c"], task.Videos.Select(video => video.VideoId));
        Assert.Equal(0.5544m, task.Cost);
    }

    [Fact]
    public void Apply_VideoThatWasReportedFailed_CountsOnceAndAsAVideo()
    {
        KlingTask task = Task(3);
        Guid id = task.TaskId;
        Apply(task, new ApiReply { Items = [Replies.Running(id)], Errors = [Replies.Failure(id, video: "v1"), Replies.Failure(id, video: "v2")] });

        // Counted twice, it would end the task, and the third video would be paid for nothing.
        Apply(task, Replies.Data(Replies.Video(id, "V1"), Replies.Running(id)));
        Assert.Equal(KlingTaskStatus.Processing, task.Status);
        Assert.Equal(["v2"], task.Errors.Select(error => error.VideoId));

        Apply(task, Replies.Data(Replies.Video(id, "v3")));
        Assert.Equal(KlingTaskStatus.PartiallySucceeded, task.Status);
        Assert.Equal((2, 1), (task.Videos.Count, task.Errors.Count));
    }

    [Fact]
    public void Apply_SameReplyTwice_ChangesNothingTheSecondTime()
    {
        KlingTask task = Task(3);
        Guid id = task.TaskId;
        var reply = new ApiReply { Items = [Replies.Video(id), Replies.Running(id)], Errors = [Replies.Failure(id), Replies.Failure(id, video: "v2")] };

        Assert.True(Apply(task, reply));
        Assert.False(Apply(task, reply));
    }

    public static TheoryData<string> Shapes => ["top level", "in the item", "validation of the generation", "provider's pace", "moderation"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Apply_FailureOfASingleVideo_EndsItAndIsNotCharged(string shape)
    {
        KlingTask task = Task();
        Guid id = task.TaskId;
        KlingTaskError error = shape switch
        {
            "in the item" => Replies.Failure(id, "inferenceError", video: "v1"),
            "validation of the generation" => Replies.Failure(id, "invalidFrameImageWidth", KlingErrorCategory.Validation, parameter: "inputs.frameImages"),
            "provider's pace" => Replies.Failure(id, "providerRateLimitExceeded", KlingErrorCategory.RateLimit),
            "moderation" => Replies.Failure(id, "contentPolicyViolation", KlingErrorCategory.Safety),
            _ => Replies.Failure(id),
        };

        Assert.True(Apply(task, Replies.Error(200, error)));

        Assert.Equal((KlingTaskStatus.Failed, BillingState.NotCharged, false), (task.Status, task.BillingState, task.IsRefused));
        Assert.Same(error, Assert.Single(task.Errors));
        Assert.Equal(s_now, task.CompletedAt);
    }

    [Fact]
    public void Apply_FailureThatIsBilledAllTheSame_IsBilled()
    {
        KlingTask task = Task(2);
        Guid id = task.TaskId;
        Apply(task, Samples.Reply("""{"data":[{"taskUUID":"T","status":"error","code":"x","cost":0.1},{"taskUUID":"T","status":"error","code":"y"}]}""".Replace("\"T\"", $"\"{id}\"")));

        Assert.Equal((KlingTaskStatus.Failed, BillingState.Billed, 0.1m), (task.Status, task.BillingState, task.Cost));
    }

    [Fact]
    public void Apply_VideoOfATaskThatWasNotCharged_IsCharged()
    {
        KlingTask task = Task(2);
        Guid id = task.TaskId;
        Apply(task, new ApiReply { HttpStatus = 200, Errors = [Replies.Failure(id, video: "a"), Replies.Failure(id, video: "b")] });
        Assert.Equal(BillingState.NotCharged, task.BillingState);

        Apply(task, Replies.Data(Replies.Video(id, "b", cost: null)));
        Assert.Equal((KlingTaskStatus.PartiallySucceeded, BillingState.Accepted), (task.Status, task.BillingState));
    }

    [Fact]
    public void Apply_FailureThatNoPollTold_StaysAccepted()
    {
        KlingTask task = Task();
        Apply(task, new ApiReply { Errors = [Replies.Failure(task.TaskId)] });

        Assert.Equal((KlingTaskStatus.Failed, BillingState.Accepted), (task.Status, task.BillingState));
    }

    public static TheoryData<string> CallErrors => ["key", "pace with id", "server with id", "no id", "other task", "empty", "html", "not found", "conflict", "refused poll", "unsent"];

    [Theory]
    [MemberData(nameof(CallErrors))]
    public void Apply_ErrorOfTheCall_SaysNothingAboutTheTask(string what)
    {
        KlingTask task = Task();
        Guid id = task.TaskId;
        ApiReply reply = what switch
        {
            "key" => Replies.RefusedKey(),
            "pace with id" => Replies.Limited(id: id),
            "server with id" => Replies.Error(500, Replies.Failure(id, "serviceOverloaded", KlingErrorCategory.Server)),
            "no id" => Replies.Error(200, Replies.Failure(null)),
            "other task" => Replies.Error(200, Replies.Failure(Guid.NewGuid())),
            "empty" => Replies.Empty(),
            "html" => Replies.Ambiguous(500),
            "not found" => Replies.NotFound(id),
            "conflict" => Replies.Conflict(id),
            "refused poll" => Replies.Error(400, Replies.Failure(id, "invalidTaskUUID", KlingErrorCategory.Validation, parameter: "taskUUID")),
            _ => Replies.Unsent(),
        };

        Assert.False(Apply(task, reply));

        Assert.Equal((KlingTaskStatus.Processing, BillingState.Accepted), (task.Status, task.BillingState));
        Assert.Empty(task.Errors);
    }

    [Fact]
    public void Apply_PartialSuccess_KeepsTheVideoAndTheFailure()
    {
        KlingTask task = Task(2);
        Guid id = task.TaskId;

        Apply(task, new ApiReply { Items = [Replies.Video(id)], Errors = [Replies.Failure(id)] });

        Assert.Equal((KlingTaskStatus.PartiallySucceeded, BillingState.Billed), (task.Status, task.BillingState));
        Assert.Single(task.Videos);
        Assert.Single(task.Errors);
    }

    [Fact]
    public void Apply_OneOfThreeFailedWhileOneRuns_GoesOn()
    {
        KlingTask task = Task(3);
        Guid id = task.TaskId;
        var reply = new ApiReply { Items = [Replies.Video(id), Replies.Running(id)], Errors = [Replies.Failure(id)] };

        Apply(task, reply);
        Apply(task, reply);
        Assert.Equal(KlingTaskStatus.Processing, task.Status);

        Apply(task, new ApiReply { Items = [Replies.Video(id), Replies.Video(id, "v2")], Errors = [Replies.Failure(id)] });
        Assert.Equal(KlingTaskStatus.PartiallySucceeded, task.Status);
        Assert.Equal(2, task.Videos.Count);
    }

    [Fact]
    public void Apply_OneFailureInTwoShapes_CountsOnce()
    {
        KlingTask task = Task(3);
        Guid id = task.TaskId;

        Apply(task, new ApiReply
        {
            Items = [Replies.Video(id, "a")],
            Errors = [Replies.Failure(id, "inferenceError", video: "b"), Replies.Failure(id, "inferenceError")],
        });

        Assert.Equal(KlingTaskStatus.Processing, task.Status);
        Apply(task, Replies.Data(Replies.Video(id, "c")));
        Assert.Equal((KlingTaskStatus.PartiallySucceeded, 2), (task.Status, task.Videos.Count));
    }

    [Fact]
    public void Apply_TwoUnnamedFailuresWhileOneRuns_LoseNoVideo()
    {
        KlingTask task = Task(3);
        Guid id = task.TaskId;
        KlingTaskError[] errors = [Replies.Failure(id), Replies.Failure(id, "inferenceError")];

        Apply(task, new ApiReply { Items = [Replies.Video(id, "a"), Replies.Running(id)], Errors = errors });

        Assert.Equal(KlingTaskStatus.Processing, task.Status);
        Apply(task, new ApiReply { Items = [Replies.Video(id, "a"), Replies.Video(id, "b")], Errors = errors });
        Assert.Equal((KlingTaskStatus.PartiallySucceeded, 2), (task.Status, task.Videos.Count));
    }

    [Fact]
    public void Apply_WholeTaskFailedOnce_WaitsUntilItsOtherVideosWouldBeThere()
    {
        KlingTask task = Task(4);
        ApiReply reply = Replies.Error(200, Replies.Failure(task.TaskId, message: "after 61 s"));

        Apply(task, reply);
        Assert.Equal(KlingTaskStatus.Processing, task.Status);
        Apply(task, Replies.Error(200, Replies.Failure(task.TaskId, message: "after 62 s")));
        Assert.Equal(KlingTaskStatus.Processing, task.Status);
        TaskState.Apply(task, Replies.Error(200, Replies.Failure(task.TaskId, message: "after 601 s")), s_start.AddSeconds(601));

        Assert.Equal(KlingTaskStatus.Failed, task.Status);
        Assert.Single(task.Errors);
    }

    [Fact]
    public void Apply_NamedFailures_CountPerVideo()
    {
        KlingTask task = Task(2);
        Guid id = task.TaskId;

        Apply(task, new ApiReply { Errors = [Replies.Failure(id, video: "a"), Replies.Failure(id, video: "b")] });

        Assert.Equal((KlingTaskStatus.Failed, 2), (task.Status, task.Errors.Count));
    }

    [Fact]
    public void Apply_SuccessAfterFailure_IsUpgraded()
    {
        KlingTask task = Task();
        Guid id = task.TaskId;
        Apply(task, Replies.Error(200, Replies.Failure(id)));

        Assert.True(Apply(task, Replies.Data(Replies.Video(id))));

        Assert.Equal((KlingTaskStatus.Succeeded, BillingState.Billed), (task.Status, task.BillingState));
        Assert.Empty(task.Errors);
    }

    [Fact]
    public void Apply_VideoOfARefusedTask_EndsTheDenial()
    {
        KlingTask task = Task();
        task.Status = KlingTaskStatus.Failed;
        task.BillingState = BillingState.NotCharged;
        task.Errors = [Replies.Failure(task.TaskId, "conflictTaskUUID", KlingErrorCategory.Conflict)];

        Apply(task, Replies.Data(Replies.Video(task.TaskId, cost: null)));

        Assert.Equal((KlingTaskStatus.Succeeded, BillingState.Accepted), (task.Status, task.BillingState));
        Assert.Empty(task.Errors);
    }

    [Fact]
    public void Apply_CostThatDisappears_StaysBilled()
    {
        KlingTask task = Task(2);
        Guid id = task.TaskId;
        Apply(task, Replies.Data(Replies.Video(id)));

        Apply(task, Replies.Data(Replies.Video(id, cost: null), Replies.Video(id, "v2", cost: null)));

        Assert.Equal((BillingState.Billed, 0.1848m), (task.BillingState, task.Cost));
    }

    [Fact]
    public void Apply_CostThatArrivesLater_IsAddedUp()
    {
        KlingTask task = Task(2);
        Guid id = task.TaskId;
        Apply(task, Replies.Data(Replies.Video(id, cost: null), Replies.Video(id, "v2")));
        task.Videos[0].File = "/saved.mp4";

        Assert.True(Apply(task, Replies.Data(Replies.Video(id, url: "https://new.example.com/v1.mp4?sig=2"))));

        Assert.Equal(0.3696m, task.Cost);
        Assert.Equal("https://new.example.com/v1.mp4?sig=2", task.Videos[0].VideoUrl);
        Assert.Equal("/saved.mp4", task.File);
    }

    [Fact]
    public void Apply_NewlySignedAddress_IsUsedButIsNoNews()
    {
        KlingTask task = Task(2);
        Apply(task, Replies.Data(Replies.Video(task.TaskId, url: "https://v.example.com/1?s=1")));

        Assert.False(Apply(task, Replies.Data(Replies.Video(task.TaskId, url: "https://v.example.com/1?s=2"))));
        Assert.EndsWith("s=2", task.Videos[0].VideoUrl, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_ProcessingOfAnUnknownTask_ProvesNothing()
    {
        KlingTask task = Sample.Foreign();

        Assert.False(Apply(task, Replies.Processing(task.TaskId)));
        Assert.Equal((KlingTaskStatus.Unknown, BillingState.Unknown), (task.Status, task.BillingState));
    }

    [Theory]
    [InlineData("processing")]
    [InlineData("pending")]
    [InlineData("Queued")]
    [InlineData("scheduled")]
    [InlineData("waiting")]
    [InlineData("running")]
    [InlineData("started")]
    public void Apply_VideoOfAnItemThatGoesOn_IsNotFinished(string status)
    {
        KlingTask task = Sample.Accepted(DateTimeOffset.UnixEpoch);
        Apply(task, Replies.Data(new ResultItem { TaskId = task.TaskId, Status = status, Video = new KlingVideo { VideoId = "v1" } }));
        Assert.Equal(KlingTaskStatus.Processing, task.Status);
        Assert.Empty(task.Videos);
    }

    [Fact]
    public void Apply_ArchiveOfAForeignTask_FillsTheRequestAndProvesAcceptance()
    {
        KlingTask task = Sample.Foreign();
        var request = new StoredRequest { TaskId = task.TaskId, Settings = new() { Model = "klingai:5@1", NumberResults = 2, Prompt = "p", Duration = 5, CfgScale = 0.5m, Ttl = 60, CheckContent = true } };

        Assert.True(Apply(task, Replies.Archive(task.TaskId, request, [Replies.Video(task.TaskId)])));

        Assert.Equal(("klingai:5@1", 2, "p", 5m, 0.5m, 60, true),
            (task.Model, task.NumberResults, task.Prompt, task.Duration, task.CfgScale, task.Ttl, task.CheckContent));
        Assert.Equal((KlingTaskStatus.Processing, BillingState.Billed), (task.Status, task.BillingState));
        Apply(task, Replies.Data(Replies.Video(task.TaskId, "v2")));
        Assert.Equal(KlingTaskStatus.Succeeded, task.Status);
    }

    [Fact]
    public void Apply_ForeignTaskWithASiblingRunning_HasNotEnded()
    {
        KlingTask task = Sample.Foreign();
        Guid id = task.TaskId;

        Apply(task, Replies.Data(Replies.Video(id), Replies.Running(id)));
        Assert.Equal(KlingTaskStatus.Processing, task.Status);
        Apply(task, Replies.Data(Replies.Video(id), Replies.Video(id, "v2")));
        Assert.Equal((KlingTaskStatus.Succeeded, 2), (task.Status, task.Videos.Count));
    }

    [Fact]
    public void Apply_RefusalInTheArchive_IsNotAFailureOfTheTask()
    {
        KlingTask task = Task();

        Assert.False(Apply(task, Replies.Archive(task.TaskId, errors: [Replies.Failure(task.TaskId, "insufficientCredits", KlingErrorCategory.Quota)])));
        Assert.Equal(KlingTaskStatus.Processing, task.Status);
    }

    [Fact]
    public void Apply_RandomReplies_NeverLoseAVideoOrTurnMoneyBack()
    {
        for (int seed = 0; seed < TestDepth.Of(3000); seed++)
        {
            var random = new Random(seed);
            KlingTask task = Task(random.Next(1, 5));
            Guid id = task.TaskId;
            var seen = new HashSet<string>();
            for (int step = 0; step < 12; step++)
            {
                string[] names = [.. Enumerable.Range(0, task.ExpectedResults).Where(_ => random.Next(3) == 0).Select(n => $"v{n}")];
                seen.UnionWith(names);
                string before = task.BillingState;
                bool done = task.Status == KlingTaskStatus.Succeeded;
                List<ResultItem> items = [.. names.Select(name => Replies.Video(id, name, random.Next(2) == 0 ? 0.1m : null))];
                if (random.Next(2) == 0)
                {
                    items.Add(Replies.Running(id));
                }

                KlingTaskError[] errors = [.. Enumerable.Range(0, random.Next(3)).Select(n => Replies.Failure(random.Next(4) == 0 ? null : id, video: random.Next(2) == 0 ? $"v{n}" : null))];
                Apply(task, new ApiReply { Items = items, Errors = errors, HttpStatus = random.Next(4) == 0 ? 429 : 200 });

                Assert.Equal(seen.Order(), task.Videos.Select(video => video.VideoId).Order());
                Assert.True(Order(task.BillingState) >= Order(before) || (before == BillingState.Accepted && task is { Status: KlingTaskStatus.Failed, IsRefused: false }), $"seed {seed}");
                Assert.True(!done || task.Status == KlingTaskStatus.Succeeded, $"seed {seed}");
                Assert.Equal(seen.Count == task.ExpectedResults, task.Status == KlingTaskStatus.Succeeded);
                Assert.Equal(task.Errors.Count, task.Errors.Select(error => (error.Code, error.VideoId, error.Message)).Distinct().Count());
            }
        }
    }

    private static KlingTask Task(int? count = null) => Sample.Accepted(s_start, count);

    // What is known of the money only grows.
    private static int Order(string billing) => BillingState.All.ToList().IndexOf(billing);

    private static bool Apply(KlingTask task, ApiReply reply) => TaskState.Apply(task, reply, s_now);
}

using Kling.Core.Tests.Submit;
using Kling.Core.Tests.Support;
using Kling.Journal;
using Kling.Models;
using Kling.Polling;
using Kling.Wire;

namespace Kling.Core.Tests.Polling;

public sealed class TaskPollerLookTests
{
    private readonly FakeClock _clock = new();
    private readonly MemoryJournal _journal = new();

    [Fact]
    public async Task Look_OpenTasks_AreBroughtUpToDateWithOneRequest()
    {
        KlingTask[] tasks = [.. Enumerable.Range(0, 30).Select(_ => Sample.Accepted(_clock.UtcNow))];
        ScriptedApi api = Api(call => Replies.Data([.. call.Ids.Select(id => Replies.Video(id, id.ToString()))]));

        await Poller(api).LookAsync(tasks, default);

        Assert.Single(api.Calls);
        Assert.All(tasks, task => Assert.Equal(KlingTaskStatus.Succeeded, task.Status));
        Assert.Empty(_clock.Delays);
    }

    [Fact]
    public async Task Look_ForeignTask_IsFilledIn()
    {
        KlingTask task = Sample.Foreign();
        ScriptedApi api = Api(call => call.IsDetails ? Replies.Archive(task.TaskId, new StoredRequest { TaskId = task.TaskId, Settings = new() { Model = "klingai:5@1", Prompt = "p", NumberResults = 3 } })
            : Replies.Processing(task.TaskId));

        await Poller(api).LookAsync([task], default);

        Assert.Equal((KlingTaskStatus.Processing, BillingState.Accepted), (task.Status, task.BillingState));
        Assert.Equal(("klingai:5@1", "p", 3), (task.Model, task.Prompt, task.NumberResults));
    }

    [Fact]
    public async Task Look_ThatProvesAnUnknownTask_RecordsItAsAccepted()
    {
        KlingTask task = Sample.New();
        (task.Status, task.BillingState) = (KlingTaskStatus.Unknown, BillingState.Unknown);
        ScriptedApi api = Api(call => call.IsDetails ? Replies.Archive(task.TaskId) : Replies.Processing(task.TaskId));

        await Poller(api).LookAsync([task], default);

        Assert.Equal((KlingTaskStatus.Processing, BillingState.Accepted), (task.Status, task.BillingState));
        Assert.Equal([JournalEvent.Accepted], _journal.Events);
    }

    [Fact]
    public async Task Look_EndedTask_GetsFreshAddresses_AndKeepsItsFiles()
    {
        KlingTask task = Sample.Accepted(_clock.UtcNow, count: 2);
        int look = 0;
        ScriptedApi api = Api(call =>
        {
            look++;
            return Replies.Data(Replies.Video(task.TaskId, "b", url: $"https://vm.example.com/b.mp4?sig={look}"), Replies.Video(task.TaskId, "a", url: $"https://vm.example.com/a.mp4?sig={look}"));
        });
        TaskPoller poller = Poller(api);
        await poller.LookAsync([task], default);
        DateTimeOffset? completed = task.CompletedAt;
        task.Videos[0].File = "/clips/b.mp4";
        task.Videos[0].FileBytes = 7;

        await poller.LookAsync([task], default);

        Assert.Equal((KlingTaskStatus.Succeeded, completed), (task.Status, task.CompletedAt));
        Assert.Equal(["https://vm.example.com/b.mp4?sig=2", "https://vm.example.com/a.mp4?sig=2"], task.Videos.Select(video => video.VideoUrl));
        Assert.Equal(("/clips/b.mp4", 7L), (task.Videos[0].File, task.Videos[0].FileBytes));
    }

    [Fact]
    public async Task Look_IdsLeftOut_AreAskedAloneAtOnce()
    {
        KlingTask[] tasks = [.. Enumerable.Range(0, 3).Select(_ => Sample.Accepted(_clock.UtcNow))];
        ScriptedApi api = Api(call => Replies.Data(Replies.Video(call.Ids[0], call.Ids[0].ToString())));

        await Poller(api).LookAsync(tasks, default);

        Assert.All(tasks, task => Assert.Equal(KlingTaskStatus.Succeeded, task.Status));
    }

    public static TheoryData<string, string> DeadLooks => new()
    {
        { "unsent", KlingErrorCategory.Connection },
        { "key", KlingErrorCategory.Authentication },
        { "html", KlingErrorCategory.Server },
        { "limit", KlingErrorCategory.RateLimit },
    };

    [Theory]
    [MemberData(nameof(DeadLooks))]
    public async Task Look_NoAnswer_ThrowsAndChangesNothing(string what, string category)
    {
        KlingTask task = Sample.Accepted(_clock.UtcNow);
        ApiReply reply = what switch
        {
            "unsent" => Replies.Unsent(),
            "key" => Replies.RefusedKey(),
            "html" => Replies.Ambiguous(500),
            _ => Replies.Limited(),
        };

        KlingApiException failure = await Assert.ThrowsAsync<KlingApiException>(() => Poller(Api(_ => reply)).LookAsync([task], default));

        Assert.Equal((category, BillingState.Accepted), (failure.Category, failure.BillingState));
        Assert.Equal((KlingTaskStatus.Processing, BillingState.Accepted), (task.Status, task.BillingState));
        Assert.Empty(_journal.Entries);
    }

    [Fact]
    public async Task Look_DeadEndpoint_IsAskedOnce()
    {
        KlingTask[] tasks = [.. Enumerable.Range(0, 1000).Select(_ => Sample.Accepted(_clock.UtcNow))];
        ScriptedApi api = Api(_ => Replies.Unsent());

        await Assert.ThrowsAsync<KlingApiException>(() => Poller(api).LookAsync(tasks, default));

        Assert.InRange(api.Calls.Count, 1, 4);
    }

    private ScriptedApi Api(Func<ApiCall, ApiReply> answer) => new(_clock, answer);

    private TaskPoller Poller(ScriptedApi api) => new(api, _journal, _clock);
}

using Kling.Core.Tests.Submit;
using Kling.Core.Tests.Support;
using Kling.Models;
using Kling.Polling;
using Kling.Wire;

namespace Kling.Core.Tests.Polling;

public sealed class WebhookTasksTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    public void Claims_OfBodiesAddUp_AndARepeatedOneCountsOnce()
    {
        var id = Guid.NewGuid();
        var tasks = new WebhookTasks(_clock);
        KlingTask first = Assert.Single(tasks.Claims(Body(Replies.Video(id, "v1"))));
        KlingTask second = Assert.Single(tasks.Claims(Body(Replies.Video(id, "v2"))));
        KlingTask again = Assert.Single(tasks.Claims(Body(Replies.Video(id, "v2"))));
        Assert.Equal((1, 2, 2), (first.Videos.Count, second.Videos.Count, again.Videos.Count));
        Assert.Equal((id, KlingTaskStatus.Succeeded, BillingState.Billed), (second.TaskId, second.Status, second.BillingState));
        Assert.Null(second.Endpoint);
    }

    [Fact]
    public void Claims_OfSeveralTasks_ComeInTheOrderOfTheBody()
    {
        Guid[] ids = [Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()];
        var body = new ApiReply
        {
            Items = [Replies.Video(ids[1]), Replies.Video(ids[0])],
            Errors = [Replies.Failure(ids[2]), Replies.Failure(ids[1], video: "v9"), Replies.Failure(null)],
        };
        Assert.Equal([ids[1], ids[0], ids[2]], WebhookTasks.IdsOf(body));
        Assert.Equal([ids[1], ids[0], ids[2]], new WebhookTasks(_clock).Claims(body).Select(task => task.TaskId));
    }

    private static ApiReply Body(params ResultItem[] items) => new() { Items = items };
}

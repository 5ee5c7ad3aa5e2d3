using System.Net;
using Kling.Downloads;

namespace Kling.Core.Tests.Downloads;

/// <summary>Hosts that show a video a little later than the service does: waited for, for half a minute after the end of the task.</summary>
public class DownloadEarlyTests : DownloadBench
{
    public static TheoryData<string> Answers() => ["403", "404", "401", "410", "nothing", "xml", "html", "text"];

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task NotThereYet_IsWaitedFor(string answer)
    {
        Host.Then(Reply(answer), Reply(answer), Reply(answer));
        await Save(new DownloadOptions { EndedAt = Clock.UtcNow });
        AssertSaved();
        Assert.Equal([0.75, 1.5, 3], Clock.Delays.Select(delay => delay.TotalSeconds));
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task NeverThere_IsAnErrorAfterHalfAMinute(string answer)
    {
        DateTimeOffset end = Clock.UtcNow;
        Host.Then([.. Enumerable.Range(0, 50).Select(_ => Reply(answer))]);
        await Fails(Reason(answer), new DownloadOptions { EndedAt = end });
        Assert.Equal(TimeSpan.FromSeconds(30), Clock.UtcNow - end);
        Assert.InRange(Host.Requests.Count, 4, 10);
    }

    [Theory]
    [InlineData(20, 10)]
    [InlineData(29.5, 0.5)]
    [InlineData(30, 0)]
    [InlineData(86_400, 0)]
    [InlineData(-3600, 30)]
    public async Task Wait_IsWhatIsLeftOfTheHalfMinute(double ago, double expected)
    {
        DateTimeOffset start = Clock.UtcNow;
        Host.Then([.. Enumerable.Range(0, 50).Select(_ => Reply("404"))]);
        await Fails(DownloadFailure.NotFound, new DownloadOptions { EndedAt = start - TimeSpan.FromSeconds(ago) });
        Assert.Equal(TimeSpan.FromSeconds(expected), Clock.UtcNow - start);
    }

    [Fact]
    public async Task EndThatIsNotKnown_IsNotWaitedFor()
    {
        Host.Then(Reply("404"));
        await Fails(DownloadFailure.NotFound);
        Assert.Single(Host.Requests);
    }

    [Fact]
    public async Task AnotherKindOfVideo_IsNotWaitedFor()
    {
        Host.File = VideoSamples.Read("720x720-5s.webm");
        await Fails(DownloadFailure.WrongContent, new DownloadOptions { EndedAt = Clock.UtcNow });
        Assert.Single(Host.Requests);
    }

    [Fact]
    public async Task OtherFailures_AreCountedApart()
    {
        Host.Then(Reply("404"), VideoHost.Status(503), VideoHost.Status(503), Reply("404"), VideoHost.Status(503), VideoHost.Status(503));
        await Save(new DownloadOptions { EndedAt = Clock.UtcNow });
        AssertSaved();
        Assert.Equal(7, Host.Requests.Count);
    }

    [Fact]
    public async Task Time_BoundsTheWaitToo()
    {
        Host.Then([.. Enumerable.Range(0, 50).Select(_ => Reply("404"))]);
        await Fails(DownloadFailure.TooSlow, new DownloadOptions { EndedAt = Clock.UtcNow, Time = TimeSpan.FromSeconds(5) });
    }

    private static HttpResponseMessage Reply(string answer) => answer switch
    {
        "nothing" => new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent([]) },
        "xml" => VideoHost.Text("<Error><Code>NoSuchKey</Code></Error>", "application/xml"),
        "html" => VideoHost.Text("<html></html>", "text/html"),
        "text" => VideoHost.Text("not here yet", "video/mp4"),
        _ => VideoHost.Status(int.Parse(answer)),
    };

    private static DownloadFailure Reason(string answer) => answer switch
    {
        "401" or "403" => DownloadFailure.Expired,
        "404" or "410" => DownloadFailure.NotFound,
        _ => DownloadFailure.WrongContent,
    };
}

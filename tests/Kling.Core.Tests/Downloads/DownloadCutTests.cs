using Kling.Downloads;

namespace Kling.Core.Tests.Downloads;

/// <summary>Downloads that end too early without saying so: no length, or one that is too short.</summary>
public class DownloadCutTests : DownloadBench
{
    [Theory]
    [InlineData(null)]
    [InlineData(30_000L)]
    public async Task Cut_IsContinued(long? announced)
    {
        ThenEnds(30_000, announced);
        await Save();
        AssertSaved();
        Assert.Equal("bytes=30000-", Host.Requests[1].Headers.Range!.ToString());
        Assert.Equal(100_000, Host.Sent);
        Assert.Equal([TimeSpan.FromSeconds(0.75)], Clock.Delays);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(30_000L)]
    public async Task Cut_WithoutAStrongTag_StartsOver(long? announced)
    {
        Host.Tag = null;
        ThenEnds(30_000, announced);
        await Save();
        AssertSaved();
        Assert.Null(Host.Requests[1].Headers.Range);
    }

    [Theory]
    [InlineData(null, "\"v1\"")]
    [InlineData(30_000L, "\"v1\"")]
    [InlineData(30_000L, null)]
    public async Task HostThatHasNoMore_IsAnError(long? announced, string? tag)
    {
        Host.File = Host.File[..30_000];
        Host.Tag = tag;
        Host.HidesLength = announced is null;
        DownloadException failure = await Fails(DownloadFailure.Incomplete);
        Assert.Contains("cut off", failure.Message, StringComparison.Ordinal);
        Assert.Contains("after 5 attempts", failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Final));
        Assert.InRange(Host.Requests.Count, 5, 10);
    }

    [Fact]
    public async Task RestThatIsCutToo_IsContinuedAgain()
    {
        ThenEnds(30_000, 30_000);
        Host.ThenCut(20_000, _ => Task.FromResult(0));
        await Save();
        AssertSaved();
        Assert.Equal(100_000, Host.Sent);
    }

    [Fact]
    public async Task PartThatAnOlderVersionThoughtWhole_IsContinued()
    {
        await File.WriteAllBytesAsync(Part, Host.File[..30_000]);
        await File.WriteAllTextAsync(Mark, "kling-part 1\nvideo-one\n\"v1\"\n30000\nend\n");
        await Save();
        AssertSaved();
        Assert.Equal(70_000, Host.Sent);
    }

    [Fact]
    public async Task PartOfAFailedDownload_IsContinuedByTheNextCall()
    {
        byte[] whole = Host.File;
        Host.File = whole[..30_000];
        await Fails(DownloadFailure.Incomplete);
        Host.File = whole;
        long sent = Host.Sent;
        await Save();
        AssertSaved();
        Assert.InRange(Host.Sent - sent, 70_000, 100_000);
    }

    // The reply ends after so many bytes as if it were whole.
    private void ThenEnds(int at, long? announced)
    {
        Host.Script.Enqueue(request =>
        {
            HttpResponseMessage reply = Host.Answer(request, at, _ => Task.FromResult(0));
            reply.Content.Headers.ContentLength = announced;
            return Task.FromResult(reply);
        });
    }
}

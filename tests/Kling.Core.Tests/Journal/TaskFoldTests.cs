using Kling.Journal;
using Kling.Models;

namespace Kling.Core.Tests.Journal;

public sealed class TaskFoldTests : IDisposable
{
    private static readonly DateTimeOffset s_noon = new(2025, 3, 4, 12, 0, 0, TimeSpan.Zero);
    private readonly JournalBench _bench = new();
    private readonly TaskJournal _journal;
    private readonly Guid _id = Guid.NewGuid();

    public TaskFoldTests() => _journal = _bench.Open();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Intent_Alone_IsUnknownBecauseACrashLooksTheSame()
    {
        Write(JournalEvent.Intent, KlingTaskStatus.Submitting, BillingState.NotCharged);
        Expect(KlingTaskStatus.Unknown, BillingState.Unknown);
        Assert.Equal("p", Folded().Prompt);
        Assert.Equal(JournalBench.Live.AbsoluteUri, Folded().Endpoint);
    }

    [Fact]
    public void Life_OfATask_EndsWithEverythingKnown()
    {
        Write(JournalEvent.Intent, KlingTaskStatus.Submitting, BillingState.NotCharged);
        Write(JournalEvent.Accepted, KlingTaskStatus.Processing, BillingState.Accepted, t => t.SubmittedAt = s_noon);
        Expect(KlingTaskStatus.Processing, BillingState.Accepted);
        Write(JournalEvent.Progress, KlingTaskStatus.Processing, BillingState.Billed, t => (t.Cost, t.Videos) = (0.28m, [Video("a")]));
        Expect(KlingTaskStatus.Processing, BillingState.Billed);
        Write(JournalEvent.Ended, KlingTaskStatus.Succeeded, BillingState.Billed, t => (t.Cost, t.Videos, t.CompletedAt) = (0.56m, [Video("a"), Video("b")], s_noon.AddMinutes(2)));
        Write(JournalEvent.Saved, KlingTaskStatus.Succeeded, BillingState.Billed, t => t.Videos = [Video("b", "/clips/b.mp4")]);
        KlingTask task = Folded();
        Assert.Equal((KlingTaskStatus.Succeeded, BillingState.Billed, 0.56m), (task.Status, task.BillingState, task.Cost));
        Assert.Equal(["a", "b"], task.Videos.Select(v => v.VideoId));
        Assert.Equal("/clips/b.mp4", task.File);
        Assert.Equal(TimeSpan.FromMinutes(2), task.Elapsed);
        Assert.Equal("p", task.Prompt);
    }

    [Fact]
    public void Videos_SeenAgainWithoutTheirFile_KeepItAndTakeTheNewAddress()
    {
        Write(JournalEvent.Intent, KlingTaskStatus.Submitting, BillingState.NotCharged);
        Write(JournalEvent.Saved, KlingTaskStatus.Succeeded, BillingState.Billed, t => t.Videos = [Video("a", "/clips/a.mp4")]);
        Write(JournalEvent.Ended, KlingTaskStatus.Succeeded, BillingState.Billed,
            t => t.Videos = [new KlingVideo { VideoId = "A", VideoUrl = "https://cdn.example.test/new.mp4?sig=2" }]);
        KlingVideo video = Assert.Single(Folded().Videos);
        Assert.Equal(("/clips/a.mp4", "https://cdn.example.test/new.mp4?sig=2", 7L), (video.File, video.VideoUrl, video.Seed));
    }

    [Theory]
    [InlineData(JournalEvent.NotCharged, KlingTaskStatus.Failed, BillingState.NotCharged)]
    [InlineData(JournalEvent.Unknown, KlingTaskStatus.Unknown, BillingState.Unknown)]
    [InlineData(JournalEvent.Intent, KlingTaskStatus.Submitting, BillingState.NotCharged)]
    public void Accepted_ThenSomeoneWhoDoesNotKnow_StaysOwedAndOpen(JournalEvent what, string status, string billing)
    {
        Write(JournalEvent.Intent, KlingTaskStatus.Submitting, BillingState.NotCharged);
        Write(JournalEvent.Accepted, KlingTaskStatus.Processing, BillingState.Accepted);
        Write(what, status, billing, t => t.Errors = [new KlingTaskError { Code = "dns" }]);
        Expect(KlingTaskStatus.Processing, BillingState.Accepted);
        Assert.Empty(Folded().Errors);
    }

    [Fact]
    public void Accepted_ThenAllFailed_IsNotChargedAndWasTaken_AndALaterVideoIsOwed()
    {
        Write(JournalEvent.Intent, KlingTaskStatus.Submitting, BillingState.NotCharged);
        Write(JournalEvent.Accepted, KlingTaskStatus.Processing, BillingState.Accepted);
        Write(JournalEvent.Ended, KlingTaskStatus.Failed, BillingState.NotCharged);
        Expect(KlingTaskStatus.Failed, BillingState.NotCharged);
        Assert.False(Folded().IsRefused);
        Write(JournalEvent.Ended, KlingTaskStatus.PartiallySucceeded, BillingState.Accepted, t => t.Videos = [new KlingVideo { VideoId = "v" }]);
        Expect(KlingTaskStatus.PartiallySucceeded, BillingState.Accepted);
    }

    [Fact]
    public void Billed_ThenALookWithoutCost_StaysBilledWithItsCost()
    {
        Write(JournalEvent.Intent, KlingTaskStatus.Submitting, BillingState.NotCharged);
        Write(JournalEvent.Progress, KlingTaskStatus.Processing, BillingState.Billed, t => t.Cost = 0.28m);
        Write(JournalEvent.Ended, KlingTaskStatus.Failed, BillingState.Accepted);
        Expect(KlingTaskStatus.Failed, BillingState.Billed);
        Assert.Equal(0.28m, Folded().Cost);
    }

    [Theory]
    [InlineData(KlingTaskStatus.Succeeded, KlingTaskStatus.Processing, KlingTaskStatus.Succeeded)]
    [InlineData(KlingTaskStatus.Succeeded, KlingTaskStatus.Failed, KlingTaskStatus.Succeeded)]
    [InlineData(KlingTaskStatus.PartiallySucceeded, KlingTaskStatus.Unknown, KlingTaskStatus.PartiallySucceeded)]
    [InlineData(KlingTaskStatus.PartiallySucceeded, KlingTaskStatus.Succeeded, KlingTaskStatus.Succeeded)]
    [InlineData(KlingTaskStatus.Failed, KlingTaskStatus.Processing, KlingTaskStatus.Failed)]
    [InlineData(KlingTaskStatus.Failed, KlingTaskStatus.Succeeded, KlingTaskStatus.Succeeded)]
    public void Ended_ThenAnotherState_NeverGoesBack(string first, string later, string expected)
    {
        Write(JournalEvent.Intent, KlingTaskStatus.Submitting, BillingState.NotCharged);
        Write(JournalEvent.Ended, first, BillingState.Accepted, t => t.CompletedAt = s_noon);
        Write(JournalEvent.Progress, later, BillingState.Accepted, t => t.CompletedAt = s_noon.AddHours(1));
        Expect(expected, BillingState.Accepted);
        Assert.Equal(s_noon, Folded().CompletedAt);
    }

    [Fact]
    public void NotCharged_ThenSentAgain_IsOpenAgain()
    {
        Write(JournalEvent.Intent, KlingTaskStatus.Submitting, BillingState.NotCharged);
        Write(JournalEvent.NotCharged, KlingTaskStatus.Failed, BillingState.NotCharged, t => (t.CompletedAt, t.Errors) = (s_noon, [new KlingTaskError { Code = "dns" }]));
        Expect(KlingTaskStatus.Failed, BillingState.NotCharged);
        Write(JournalEvent.Intent, KlingTaskStatus.Submitting, BillingState.NotCharged);
        Expect(KlingTaskStatus.Unknown, BillingState.Unknown);
        Assert.Null(Folded().CompletedAt);
        Assert.Empty(Folded().Errors);
        Write(JournalEvent.Accepted, KlingTaskStatus.Processing, BillingState.Accepted);
        Expect(KlingTaskStatus.Processing, BillingState.Accepted);
    }

    [Fact]
    public void Accepted_WrittenWithAStaleState_IsProofAllTheSame()
    {
        Write(JournalEvent.Intent, KlingTaskStatus.Submitting, BillingState.NotCharged);
        Write(JournalEvent.Accepted, KlingTaskStatus.Submitting, BillingState.NotCharged);
        Expect(KlingTaskStatus.Processing, BillingState.Accepted);
    }

    [Fact]
    public void Errors_ReportedTwice_AreHeldOnceAndGoneAfterFullSuccess()
    {
        KlingTaskError a = new() { Code = "a", Message = "m", VideoId = "1" };
        KlingTaskError again = new() { Code = "a", Message = "m", VideoId = "1" };
        KlingTaskError other = new() { Code = "a", Message = "m", VideoId = "2" };
        Write(JournalEvent.Intent, KlingTaskStatus.Submitting, BillingState.NotCharged);
        Write(JournalEvent.Progress, KlingTaskStatus.Processing, BillingState.Accepted, t => t.Errors = [a, again]);
        Write(JournalEvent.Progress, KlingTaskStatus.Processing, BillingState.Accepted, t => t.Errors = [other, again]);
        Assert.Equal(["1", "2"], Folded().Errors.Select(e => e.VideoId));
        Write(JournalEvent.Ended, KlingTaskStatus.Succeeded, BillingState.Accepted);
        Assert.Empty(Folded().Errors);
    }

    [Fact]
    public void Removed_IsGoneUntilSentAgain()
    {
        Write(JournalEvent.Intent, KlingTaskStatus.Submitting, BillingState.NotCharged);
        Write(JournalEvent.Removed, KlingTaskStatus.Unknown, BillingState.Unknown);
        Gone();
        Write(JournalEvent.Ended, KlingTaskStatus.Succeeded, BillingState.Billed);
        Gone();
        Write(JournalEvent.Intent, KlingTaskStatus.Submitting, BillingState.NotCharged);
        Assert.Equal(_id, Assert.Single(_journal.Last(5)).TaskId);
        Assert.Equal(KlingTaskStatus.Succeeded, Folded().Status);
    }

    [Fact]
    public void Bare_TaskWithoutIntent_IsListedWithItsState()
    {
        Write(JournalEvent.Ended, KlingTaskStatus.Succeeded, BillingState.Billed, t => t.Videos = [Video("a")]);
        KlingTask task = Assert.Single(_journal.Last(3));
        Assert.Equal((KlingTaskStatus.Succeeded, "a"), (task.Status, task.Videos[0].VideoId));
        Assert.Null(task.Prompt);
        Assert.Equal(JournalSamples.Describe(task), JournalSamples.Describe(Folded()));
    }

    [Fact]
    public void Last_TaskSentAgainAsTheJournalKnowsIt_KeepsItsHistoryInTheNewIntent()
    {
        Write(JournalEvent.Intent, KlingTaskStatus.Submitting, BillingState.NotCharged);
        Write(JournalEvent.Ended, KlingTaskStatus.Succeeded, BillingState.Billed, t => (t.Cost, t.Videos) = (0.28m, [Video("a", "/a.mp4")]));
        _journal.Append(JournalEvent.Intent, Folded());
        KlingTask task = Assert.Single(_journal.Last(1));
        Assert.Equal((KlingTaskStatus.Succeeded, BillingState.Billed, 0.28m, "/a.mp4"), (task.Status, task.BillingState, task.Cost, task.File));
    }

    private void Gone()
    {
        Assert.Empty(_journal.All());
        Assert.Empty(_journal.Last(5));
        Assert.Empty(_journal.Find([_id]));
        Assert.Empty(_journal.Index().Ids);
        using var claims = new PurchaseClaims(_journal, resumes: true);
        Assert.Null(claims.Take("f"));
        Assert.Empty(_journal.Select(null, DateTimeOffset.MinValue, _ => true));
    }

    private void Expect(string status, string billing) => Assert.Equal((status, billing), (Folded().Status, Folded().BillingState));

    private KlingTask Folded() => Assert.Single(_journal.Find([_id]));

    private void Write(JournalEvent what, string status, string billing, Action<KlingTask>? more = null)
    {
        KlingTask task = new() { TaskId = _id, Status = status, BillingState = billing, Prompt = "p", Fingerprint = "f" };
        more?.Invoke(task);
        _journal.Append(what, task);
    }

    private static KlingVideo Video(string id, string? file = null)
        => new() { VideoId = id, VideoUrl = $"https://cdn.example.test/{id}.mp4?sig=1", Seed = 7, File = file };
}

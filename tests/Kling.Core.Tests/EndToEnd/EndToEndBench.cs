using Kling.Client;
using Kling.Core.Tests.Sandbox;
using Kling.Core.Tests.Submit;
using Kling.Core.Tests.Support;
using Kling.Downloads;
using Kling.Images;
using Kling.Journal;
using Kling.Models;
using Kling.Polling;
using Kling.Requests;
using Kling.Sandbox;
using Kling.Sandbox.Engine;
using Kling.Submit;

namespace Kling.Core.Tests.EndToEnd;

/// <summary>The whole engine, nothing replaced, against the sandbox's server on loopback. Service and engine share one virtual clock.</summary>
internal sealed class EndToEndBench : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kling-");
    private readonly SandboxServer _server;
    private readonly HttpClient _http;
    private readonly List<KlingTask> _tasks = [];

    internal EndToEndBench(RepeatedIdMode mode, UnknownIdMode unknown = UnknownIdMode.Processing, bool cutsStalls = false, params string[] faults)
    {
        _server = new SandboxServer(new SandboxOptions
        {
            Clock = Clock,
            GenerationDelay = TimeSpan.FromSeconds(1),

            // Thousands of tasks; running out of credit is a fault that is played, not one that happens.
            Balance = 100_000m,
            RepeatedIdMode = mode,
            UnknownIdMode = unknown,
            Faults = [.. faults.Select(SandboxFault.Parse)],
        });
        _http = HttpClientFactory.CreateApi(cutsStalls ? new StallCutter(_server.Engine) { InnerHandler = HttpClientFactory.CreateHandler() } : null);
        var api = new KlingApi(_http, _server.Endpoint, new Credential(_server.ApiKey), Clock);
        TaskJournal journal = OpenJournal();
        Submitter = new TaskSubmitter(api, journal, Clock);
        Poller = new TaskPoller(api, journal, Clock);
    }

    internal FakeClock Clock { get; } = new();

    internal SandboxEngine Service => _server.Engine;

    internal TaskSubmitter Submitter { get; }

    internal TaskPoller Poller { get; }

    public void Dispose()
    {
        _http.Dispose();
        _server.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>Sends one new task; a failure is checked against the task and not thrown.</summary>
    internal async Task<KlingTask> SubmitAsync(int results, decimal? duration = null)
    {
        KlingTask task = New(results, duration);
        await SendAsync(task);
        return task;
    }

    /// <summary>Sends a task, for the first time or again.</summary>
    internal async Task SendAsync(KlingTask task)
    {
        try
        {
            await Submitter.SubmitAsync(task, ImageBody.For(Request(task)), default);
            Assert.Equal((KlingTaskStatus.Processing, BillingState.Accepted), (task.Status, task.BillingState));
        }
        catch (KlingApiException failure)
        {
            Assert.Equal(task.BillingState, failure.BillingState);
            Assert.Equal(task.TaskId, failure.TaskId);
            Assert.Equal(failure.BillingState == BillingState.NotCharged ? KlingTaskStatus.Failed : KlingTaskStatus.Unknown, task.Status);
        }
    }

    internal async Task<string> SaveAsync(KlingVideo video, TimeSpan stall)
    {
        using var downloader = new VideoDownloader(clock: Clock) { Stall = stall };
        return await downloader.SaveAsync(video, _folder.FullName, video.VideoId + ".mp4", null, default);
    }

    /// <summary>Reads the journal anew, as another process would, and compares it with the ledger and with the tasks in memory.</summary>
    internal void AssertJournalAndLedgerAgree()
    {
        IReadOnlyList<SandboxCharge> charges = Service.Charges;
        IReadOnlyList<KlingTask> recorded = OpenJournal().Find([.. _tasks.Select(task => task.TaskId)]);
        Assert.Equal(_tasks.Select(task => task.TaskId), recorded.Select(task => task.TaskId));
        foreach ((KlingTask task, KlingTask record) in _tasks.Zip(recorded))
        {
            Assert.Equal((task.Status, task.BillingState, task.Cost), (record.Status, record.BillingState, record.Cost));
            Assert.Equal(task.Videos.Select(video => (video.VideoId, video.VideoUrl, video.VideoCost)), record.Videos.Select(video => (video.VideoId, video.VideoUrl, video.VideoCost)));
            AssertBilledRightly(record, [.. charges.Where(charge => charge.TaskId == task.TaskId)]);
        }

        Assert.Equal(Service.TotalBilled, recorded.Sum(task => task.Cost ?? 0m));
        Assert.Null(Poller.TakeJournalFault());
    }

    /// <summary>No call comes back before the time it was told.</summary>
    internal void AssertNeverEarly(TimeSpan asked)
    {
        SandboxLogEntry[] log = [.. Service.Log];
        int told = Array.FindIndex(log, entry => entry.Fault is nameof(SandboxFaultKind.TooMany429RetryAfterHeader)
            or nameof(SandboxFaultKind.TooMany429RetryAfterDate) or nameof(SandboxFaultKind.TooMany429RetryAfterBody));
        Assert.InRange(told, 0, log.Length - 2);
        Assert.InRange(log[told + 1].At - log[told].At, asked, asked + TimeSpan.FromSeconds(2));
        Assert.Contains(Clock.Delays, delay => delay >= asked);
    }

    private void AssertBilledRightly(KlingTask task, SandboxCharge[] charges)
    {
        int accepted = Service.AcceptedCount(task.TaskId);
        Assert.True(accepted <= 1, $"Task {task.TaskId} was taken {accepted} times: {string.Join("; ", Story(task))}");
        Assert.InRange(charges.Length, 0, task.ExpectedResults);
        switch (task.BillingState)
        {
            case BillingState.NotCharged:
                Assert.True(accepted == (task.IsRefused ? 0 : 1), $"Task {task.TaskId} is NotCharged, yet the service took it: {string.Join("; ", Story(task))}");
                Assert.Equal(KlingTaskStatus.Failed, task.Status);
                Assert.Null(task.Cost);
                break;
            case BillingState.Unknown when Service.Log.Any(entry => entry.Fault is nameof(SandboxFaultKind.Conflict400) or nameof(SandboxFaultKind.Conflict409)):
                // An invented conflict says the id is in use, and nobody can tell by whom.
                Assert.Equal(KlingTaskStatus.Unknown, task.Status);
                break;
            case BillingState.Accepted:
                Assert.Equal(1, accepted);
                Assert.Empty(charges);
                Assert.Null(task.Cost);
                break;
            case BillingState.Billed:
                Assert.Equal(1, accepted);
                Assert.Equal(charges.Sum(charge => charge.Amount), task.Cost);
                Assert.Equal(charges.Select(charge => charge.VideoId.ToString()).Order(), task.Videos.Select(video => video.VideoId).Order());
                break;
            default:
                Assert.Fail($"Task {task.TaskId} is left {task.BillingState}: {string.Join("; ", Story(task))}");
                break;
        }
    }

    /// <summary>What the service saw of a task, for the eye.</summary>
    private IEnumerable<string> Story(KlingTask task) => Service.Log
        .Where(entry => entry.TaskIds.Contains(task.TaskId))
        .Select(entry => $"{entry.At:mm:ss.f} {string.Join(",", entry.TaskTypes)} {entry.Status} {entry.Fault} {entry.Summary}");

    private TaskJournal OpenJournal() => new(Path.Combine(_folder.FullName, "tasks.jsonl"), _server.Endpoint, Clock);

    private KlingTask New(int results, decimal? duration)
    {
        var request = new VideoRequest
        {
            TaskId = Guid.NewGuid(),
            Image = new RequestImage(ImageKind.Base64, SandboxBench.Png),
            Prompt = "slow dolly in",
            Duration = duration,
            NumberResults = results,
        };
        KlingTask task = KlingTaskBuilder.From(request, Pricing.Estimate(request), _server.Endpoint);
        lock (_tasks)
        {
            _tasks.Add(task);
        }

        return task;
    }

    private static VideoRequest Request(KlingTask task) => new()
    {
        TaskId = task.TaskId,
        Image = new RequestImage(ImageKind.Base64, SandboxBench.Png),
        Prompt = task.Prompt,
        Duration = task.Duration,
        NumberResults = task.NumberResults,
    };
}

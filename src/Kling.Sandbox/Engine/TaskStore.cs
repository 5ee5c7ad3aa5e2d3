using Kling.Sandbox.Replies;

namespace Kling.Sandbox.Engine;

/// <summary>The accepted tasks and the ledger. A result is billed as of the moment when it was finished; the next call finds out. Not thread-safe.</summary>
internal sealed class TaskStore(Uri videoBase)
{
    private readonly Dictionary<Guid, List<SandboxTask>> _runs = [];
    private readonly Dictionary<Guid, (SandboxTask Task, SandboxResult Result)> _videos = [];
    private readonly List<SandboxTask> _open = [];
    private readonly List<SandboxCharge> _charges = [];

    internal int Count { get; private set; }

    internal decimal Billed { get; private set; }

    /// <summary>What the open tasks will still cost.</summary>
    internal decimal Committed => _open.Sum(task => task.PricePerResult * task.Results.Count(result => !result.IsSettled && result.Failure is null));

    internal SandboxCharge[] Charges() => [.. _charges];

    internal int RunsOf(Guid id) => _runs.TryGetValue(id, out List<SandboxTask>? runs) ? runs.Count : 0;

    /// <summary>The newest run of an id; null when it was never accepted.</summary>
    internal SandboxTask? Find(Guid id) => _runs.TryGetValue(id, out List<SandboxTask>? runs) ? runs[runs.Count - 1] : null;

    /// <summary>A finished video; null when there is none of this id.</summary>
    internal (SandboxTask Task, SandboxResult Result)? FindVideo(Guid videoId, DateTimeOffset now) =>
        _videos.TryGetValue(videoId, out (SandboxTask Task, SandboxResult Result) video) && video.Result.IsReady(now) && video.Result.Failure is null
            ? video
            : null;

    internal void Add(SandboxTask task)
    {
        if (!_runs.TryGetValue(task.Id, out List<SandboxTask>? runs))
        {
            _runs[task.Id] = runs = [];
        }

        runs.Add(task);
        _open.Add(task);
        Count++;
        foreach (SandboxResult result in task.Results)
        {
            _videos[result.VideoId] = (task, result);
        }
    }

    /// <summary>Bills what has been finished since, and returns the calls the service would now make.</summary>
    internal IReadOnlyList<SandboxDelivery> Settle(DateTimeOffset now)
    {
        var deliveries = new List<SandboxDelivery>();
        foreach (SandboxTask task in _open)
        {
            foreach (SandboxResult result in task.Results.Where(result => !result.IsSettled && result.IsReady(now)))
            {
                result.IsSettled = true;
                if (result.Failure is null)
                {
                    // Simulated: whether the service also bills a failed generation is not known.
                    Billed += task.PricePerResult;
                    _charges.Add(new SandboxCharge { TaskId = task.Id, VideoId = result.VideoId, Amount = task.PricePerResult, At = result.ReadyAt!.Value });
                }

                AddDeliveries(deliveries, task, result);
            }
        }

        _open.RemoveAll(task => task.Results.All(result => result.IsSettled));
        return deliveries;
    }

    private void AddDeliveries(List<SandboxDelivery> deliveries, SandboxTask task, SandboxResult result)
    {
        // Simulated: sources disagree on the webhook's wrapper, and nothing is known of what it says about a failure.
        if (result.Failure is not null)
        {
            return;
        }

        if (task.Webhook is { } webhook)
        {
            byte[] body = SandboxJson.Object(json => task.WriteSuccess(json, result, videoBase));
            deliveries.Add(new SandboxDelivery(task.Id, "POST", webhook, "application/json", body));
        }

        if (task.UploadEndpoint is { } endpoint)
        {
            deliveries.Add(new SandboxDelivery(task.Id, "PUT", endpoint, SandboxVideos.ContentType(task.VideoName), SandboxVideos.Bytes(task.VideoName)));
        }
    }
}

/// <summary>A call the service makes by itself: the POST of a webhook or the PUT of a video's upload.</summary>
internal sealed record SandboxDelivery(Guid TaskId, string Method, Uri Address, string ContentType, byte[] Body);

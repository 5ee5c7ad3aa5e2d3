using Kling.Requests;

namespace Kling.Journal;

/// <summary>
/// Makes one task of its records, oldest first. Several processes may write about a task, and each writes what it knows.
/// A later record may therefore know less: a proof that money is owed is never taken back.
/// </summary>
internal sealed class TaskFold(Guid id, string endpoint)
{
    private readonly KlingTask _task = KlingTask.Bare(id, endpoint);
    private readonly List<KlingVideo> _videos = [];
    private readonly List<KlingTaskError> _errors = [];
    private bool _removed;
    private bool _any;

    internal static KlingTask? Fold(Guid id, string endpoint, IEnumerable<JournalRecord> oldestFirst)
    {
        TaskFold fold = new(id, endpoint);
        foreach (JournalRecord record in oldestFirst)
        {
            fold.Add(record);
        }

        return fold.Task();
    }

    internal void Add(JournalRecord record)
    {
        if (record.Event == JournalEvent.Removed)
        {
            _removed = true;
            return;
        }

        if (record.Event == JournalEvent.Intent)
        {
            // Only sending it again brings a forgotten task back.
            _removed = false;
            _task.Fingerprint = record.Task.Fingerprint;
            _task.Settings = record.Task.Settings;
            _task.Image = record.Task.Image;
            _task.ImageSha256 = record.Task.ImageSha256;
            _task.LastImage = record.Task.LastImage;
            _task.LastImageSha256 = record.Task.LastImageSha256;
            _task.EstimatedCost = record.Task.EstimatedCost;
        }

        AddState(record);
        _any = true;
    }

    /// <summary>The task as the records tell it; null when it was removed or no record was given.</summary>
    internal KlingTask? Task()
    {
        if (_removed || !_any)
        {
            return null;
        }

        KlingTask task = _task.Snapshot();
        task.Videos = [.. _videos];
        task.Errors = [.. _errors];
        ReportedCost.Clean(task);
        return task;
    }

    private void AddState(JournalRecord record)
    {
        string billing = BillingOf(record);
        bool isFailure = record is { Event: JournalEvent.Ended, Status: KlingTaskStatus.Failed } && billing == BillingState.NotCharged;
        if (IsOwed(_task.BillingState) && !IsOwed(billing) && !isFailure)
        {
            // Its writer did not know that the service has the task, so what it says of the state is worth nothing.
            return;
        }

        _task.WasTaken |= isFailure;
        string status = StatusOf(record);
        bool wasClosedUnsent = _any && _task.Status == KlingTaskStatus.Failed && _task.BillingState == BillingState.NotCharged;
        bool reopens = wasClosedUnsent && billing != BillingState.NotCharged;
        if (reopens || record.Event == JournalEvent.Intent)
        {
            _task.CompletedAt = reopens ? null : _task.CompletedAt;
            _errors.Clear();
        }

        if (reopens || Finality(status) >= Finality(_task.Status))
        {
            _task.Status = status;
        }

        _task.BillingState = _task.BillingState == BillingState.Billed ? BillingState.Billed : billing;
        KlingTask state = record.Task;
        _task.Cost = _task.Cost is decimal known && (state.Cost is null || state.Cost < known) ? known : state.Cost;

        // The first process that saw it acknowledged or finished was closest to the moment.
        _task.SubmittedAt ??= state.SubmittedAt;
        _task.CompletedAt ??= state.CompletedAt;
        MergeVideos(state.Videos);
        if (status == KlingTaskStatus.Succeeded)
        {
            // Every video is there, so earlier errors do not matter any more.
            _errors.RemoveAll(error => !ReportedCost.IsKeptBy(error));
        }

        MergeErrors(state.Errors);
    }

    private static bool IsOwed(string billing) => billing is BillingState.Accepted or BillingState.Billed;

    private static string BillingOf(JournalRecord record)
    {
        string written = record.Billing ?? BillingState.Unknown;
        return record.Event switch
        {
            JournalEvent.Intent => IsOwed(written) ? written : BillingState.Unknown,

            // These events alone are a proof, whatever state they are written with.
            JournalEvent.Accepted or JournalEvent.Progress or JournalEvent.Saved when !IsOwed(written) => BillingState.Accepted,
            JournalEvent.NotCharged when record.Billing is null => BillingState.NotCharged,
            _ => written,
        };
    }

    private static string StatusOf(JournalRecord record)
    {
        // "Submitting" is only true inside the process that submits. Read from a file it may as well be a crash,
        // and then nobody knows whether the service has the task.
        if (record.Status is string written && written != KlingTaskStatus.Submitting)
        {
            return written;
        }

        return record.Event switch
        {
            JournalEvent.Intent or JournalEvent.Unknown => KlingTaskStatus.Unknown,
            JournalEvent.NotCharged => KlingTaskStatus.Failed,
            _ => KlingTaskStatus.Processing,
        };
    }

    /// <summary>A status gives way only to one at least as final: an ended task stays ended, a success stays a success.</summary>
    private static int Finality(string status) => status switch
    {
        KlingTaskStatus.Failed => 1,
        KlingTaskStatus.PartiallySucceeded => 2,
        KlingTaskStatus.Succeeded => 3,
        _ => 0,
    };

    private void MergeVideos(IReadOnlyList<KlingVideo> videos)
    {
        foreach (KlingVideo video in videos)
        {
            int at = _videos.FindIndex(known => IsSame(known, video));
            if (at < 0)
            {
                _videos.Add(video);
                continue;
            }

            _videos[at] = KlingVideo.Merge(video, _videos[at], _videos[at].VideoId);
        }
    }

    private static bool IsSame(KlingVideo a, KlingVideo b)
        => a.VideoId.Length > 0 || b.VideoId.Length > 0
            ? string.Equals(a.VideoId, b.VideoId, StringComparison.OrdinalIgnoreCase)
            : a.VideoUrl == b.VideoUrl;

    private void MergeErrors(IReadOnlyList<KlingTaskError> errors)
    {
        List<KlingTaskError> merged = KlingTaskError.Collect(_errors, errors);
        _errors.Clear();
        _errors.AddRange(merged);
    }
}

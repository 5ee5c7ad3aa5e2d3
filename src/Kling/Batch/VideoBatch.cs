using System.Collections.Concurrent;
using Kling.Paths;
using Kling.Pipeline;
using Kling.Polling;
using Kling.Requests;
using Kling.Session;
using Kling.Submit;

namespace Kling.Batch;

/// <summary>One invocation of New-KlingVideo: its items on their way from request to task, video and file.</summary>
internal sealed class VideoBatch : IDisposable
{
    private readonly KlingCmdlet _cmdlet;
    private readonly VideoBatchOptions _options;
    private readonly BatchState _state;
    private readonly UploadPlan _uploadPlan;
    private readonly HashSet<string> _videoAddresses = new(StringComparer.Ordinal);
    private KlingServices? _services;
    private ResumePlan? _resume;
    private int? _total;
    private int _items;
    private int _unknownPrices;

    internal VideoBatch(KlingCmdlet cmdlet, VideoBatchOptions options)
    {
        _cmdlet = cmdlet;
        _options = options;
        _state = new BatchState(Budget, SystemClock.Instance.UtcNow);
        Output = new BatchOutput(cmdlet, _state, Budget);
        _uploadPlan = new UploadPlan(options.Upload);

        // Only then are there transfers to list.
        cmdlet.ShowProgress("Kling videos", Progress);
        if (options.Save is SaveOptions save)
        {
            save.Transfers = cmdlet.Transfers;
        }
    }

    /// <summary>What the invocation writes.</summary>
    internal BatchOutput Output { get; }

    /// <summary>The folder the videos are saved to; null when they are not saved.</summary>
    internal string? SaveFolder => _options.Save?.Directory;

    private SpendBudget Budget => _options.Guard.Budget;

    /// <summary>The tasks that are under way and may cost money. Safe from every thread.</summary>
    internal KlingTask[] OpenTasks() => [.. _state.Open().Select(item => item.Task)];

    /// <summary>Writes what has ended since the last record; waits for nothing.</summary>
    /// <param name="refused">How many records PowerShell's binder has refused so far.</param>
    internal void NextRecord(int refused)
    {
        _state.Refused = refused;
        _cmdlet.Bridge.Drain(int.MaxValue);
    }

    /// <summary>Asks about all that one record buys, where a question is needed, before anything of the record is sent.</summary>
    /// <param name="variants">The requests for each of its images.</param>
    /// <param name="images">How many images there are.</param>
    /// <param name="items">The record's requests one by one; they are only read where -Resume makes a difference to the price.</param>
    /// <param name="target">The record, for an error.</param>
    internal void ConfirmCost(RequestItem[] variants, int images, IEnumerable<RequestItem> items, object target)
    {
        _total = _cmdlet.MyInvocation.ExpectingInput ? null : variants.Length * images;
        SpendGuard guard = _options.Guard;

        // Invalid variants are not bought, so this is the most it can cost. Where that needs no question, nothing is validated here.
        if (_cmdlet.IsWhatIf || !guard.MustAsk(NextPurchase.Of(variants).Times(images).Price))
        {
            return;
        }

        // A variant has no image yet, so that violation is expected.
        IEnumerable<RequestItem> valid = variants.Where(item => item.Report.Violations.All(violation => violation.Parameter == "Image"));
        NextPurchase next = NextPurchase.Of(valid).Times(images);
        _cmdlet.Run(() =>
        {
            if (_options.Resume && guard.MustAsk(next.Price))
            {
                ResumePlan ahead = GetResumePlan().Copy();
                next = NextPurchase.Of(items.Where(item => item.Report.IsValid && ahead.Take(RequestFingerprint.Of(item.Request)) is null));
            }

            guard.Confirm(_cmdlet, next);
        }, target, Output.End);
    }

    /// <summary>Checks and sends one item; returns while it is under way, as far as the throttle allows.</summary>
    internal void Add(RequestItem item)
    {
        ValidationReport report = item.Report.With(WrongInBatch(item.Request));
        if (!report.IsValid)
        {
            Output.Fail(InputException.Of(item.Name, report), item.Target);
            return;
        }

        foreach (string warning in report.Warnings)
        {
            _cmdlet.WriteWarning($"{item.Name}: {warning}");
        }

        if (_options.Resume && TryResume(item))
        {
            return;
        }

        VideoRequest request = item.Request.TaskId == Guid.Empty ? item.Request with { TaskId = Guid.NewGuid() } : item.Request;
        if (_options.Guard.Reserve(request.TaskId, item.Estimate, item.Name) is InputException tooMuch)
        {
            Output.Fail(tooMuch, item.Target);
            return;
        }

        _items++;
        _unknownPrices += item.Estimate is null ? 1 : 0;
        if (_cmdlet.ShouldProcess(item.Name + PriceText.Facts(request.Image), $"Buy {PriceText.Describe(request, item.Estimate)}"))
        {
            Submit(item, request);
        }
        else if (_cmdlet.IsWhatIf)
        {
            // Without the new id, because that id is never sent.
            _cmdlet.Host.UI.WriteLine($"What if: {RequestJson.WriteDisplay(item.Request, indented: false)}");
        }
        else
        {
            Budget.Release(request.TaskId);
        }
    }

    /// <summary>Waits for what is under way, and sums up.</summary>
    /// <param name="refused">How many records PowerShell's binder has refused.</param>
    internal void Finish(int refused)
    {
        _state.Refused = refused;
        _total = _state.Items;
        _cmdlet.FinishWork();
        if (_cmdlet.IsWhatIf && _items > 1)
        {
            string unknown = _unknownPrices == 0 ? "" : $" and {_unknownPrices} of unknown price";
            _cmdlet.Host.UI.WriteLine($"What if: {_items} requests, {PriceText.Money(Budget.Committed)} in total at list price{unknown}. Nothing was sent.");
        }
        else
        {
            Output.SumUp();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _state.Dispose();

    /// <summary>What is wrong with a request beside the others of this invocation. An upload address that is accepted counts as used.</summary>
    private IEnumerable<Violation> WrongInBatch(VideoRequest request)
    {
        if (request.UploadEndpoint is string address && !_options.Force)
        {
            string shown = Masking.Address(address);
            if (request.NumberResults > 1)
            {
                yield return new Violation("UploadEndpoint", shown,
                    $"one video for one address, and NumberResults is {request.NumberResults}: later videos would overwrite earlier ones (-Force sends it anyway)");
            }
            else if (!_videoAddresses.Add(address))
            {
                yield return new Violation("UploadEndpoint", shown,
                    "another address for each item, since this one was used by an earlier item (-Force sends it anyway)");
            }
        }

        if (_options.TaskId != Guid.Empty && _items > 0)
        {
            yield return new Violation("TaskId", $"{_options.TaskId:D} for more than one item", "one id for one item, or none");
        }
    }

    private void Submit(RequestItem item, VideoRequest request)
    {
        (KlingServices Services, KlingTask Task, bool LooksFirst)? prepared = null;
        _cmdlet.Run(() => prepared = Prepare(request, item.Estimate), item.Target, (failure, target) =>
        {
            Budget.Release(request.TaskId);
            if (ErrorCatalog.EndsTheBatch(failure))
            {
                Output.End(failure, target);
            }

            Output.Fail(failure, target);
        });
        if (prepared is (KlingServices services, KlingTask task, bool looksFirst))
        {
            ImageDelivery delivery = _uploadPlan.For(item, services.Uploads);
            Begin(services, task, item, (run, stop) => run.SubmitAsync(task, item, request, delivery, looksFirst, stop),
                () => $"{item.Name} ({request.Image!.Kind}) becomes task {task.TaskId:D}, {PriceText.Money(item.Estimate)} at list price.");
        }
    }

    private (KlingServices Services, KlingTask Task, bool LooksFirst) Prepare(VideoRequest request, decimal? estimate)
    {
        // Asks where what is reserved already exceeds the limit.
        _options.Guard.Confirm(_cmdlet, default);
        KlingServices services = KlingSession.Services();
        KlingTask task = KlingTaskBuilder.From(request, estimate, services.Api.Endpoint);
        return (services, task, _options.TaskId != Guid.Empty && !RepeatedTask.Prepare(services.Journal, task));
    }

    /// <summary>With -Resume: returns or attaches to what was bought before; false when the item has to be bought.</summary>
    private bool TryResume(RequestItem item)
    {
        KlingTask? task = null;
        _cmdlet.Run(() =>
        {
            task = GetResumePlan().Take(RequestFingerprint.Of(item.Request));
            if (task is null)
            {
                return;
            }

            _items++;
            if (_cmdlet.IsWhatIf)
            {
                _cmdlet.Host.UI.WriteLine($"What if: {item.Name} was bought before as task {task.TaskId:D} ({task.Status}); nothing would be bought.");
                return;
            }

            Begin(KlingSession.Services(), task, item, (run, stop) => run.AttachAsync(task, item, stop),
                () => $"{item.Name} was bought before as task {task.TaskId:D} ({task.Status}); nothing is bought.");
        }, item.Target, Output.End);
        return task is not null;
    }

    private ResumePlan GetResumePlan() => _resume ??= new ResumePlan(KlingSession.OpenJournal().Index());

    private void Begin(KlingServices services, KlingTask task, RequestItem item, Func<VideoRun, CancellationToken, Task> start, Func<string> describe)
    {
        _cmdlet.WriteVerboseLazily(describe);
        _services = services;
        Output.Journal = services.Journal;
        _state.Add(task, item);
        var run = new VideoRun(_cmdlet, _options, _state, Output, services);
        _cmdlet.Bridge.Start(stop => start(run, stop));

        // One less, which leaves room for the next item.
        _cmdlet.Bridge.Drain(() => services.Submitter.Gate.AtOnce(_options.ThrottleLimit) - 1);
    }

    /// <summary>Done, failed, open; spent, of the ceiling where there is one.</summary>
    private ProgressState Progress()
    {
        string ceiling = Budget.Ceiling is decimal most ? $" of {PriceText.Money(most)}" : "";
        string status = $"{_state.Done} done, {_state.Failed} failed, {_state.OpenCount + _state.LeftOpen} open; {PriceText.Money(Budget.Committed)}{ceiling}";
        return new ProgressState(status, ProgressState.PercentOf(_state.Ended, _total), SecondsRemaining());
    }

    /// <summary>Seconds to the end of the batch; -1 where its size or the time of a task is not known.</summary>
    private int SecondsRemaining()
    {
        if (_total is not int total)
        {
            return -1;
        }

        DateTimeOffset now = SystemClock.Instance.UtcNow;
        TimeSpan[] ages = [.. OpenTasks().Select(task => now - (task.SubmittedAt ?? now))];
        TimeSpan? left = RemainingTime.Estimate(
            _services?.Poller.TypicalDuration, ages, Math.Max(0, total - _state.Ended - ages.Length), _options.ThrottleLimit);
        return left is TimeSpan time ? (int)Math.Ceiling(time.TotalSeconds) : -1;
    }
}

/// <summary>Options of one New-KlingVideo invocation.</summary>
/// <param name="Guard">Its ceiling, or the question about cost.</param>
/// <param name="TaskId">The id of the one item; empty where each draws its own.</param>
/// <param name="Waits">Whether the command waits for the tasks.</param>
/// <param name="WaitTime">How long to wait for each task; null for no limit.</param>
/// <param name="Save">Where and how to save the videos; null to save nothing.</param>
/// <param name="ThrottleLimit">How many tasks may be open at once.</param>
/// <param name="Resume">Whether to take up what was bought before.</param>
/// <param name="Force">Whether an upload address may be used twice.</param>
/// <param name="Upload">Which images are uploaded apart.</param>
internal sealed record VideoBatchOptions(
    SpendGuard Guard, Guid TaskId, bool Waits, TimeSpan? WaitTime, SaveOptions? Save, int ThrottleLimit, bool Resume, bool Force, UploadMode Upload)
{
    /// <summary>The images that could not be uploaded, by SHA-256.</summary>
    internal ConcurrentDictionary<string, KlingApiException> FailedUploads { get; } = new();
}

using System.Collections.Concurrent;
using System.Management.Automation;
using Kling.Errors;
using Kling.Journal;
using Kling.Models;
using Kling.Paths;
using Kling.Pipeline;
using Kling.Requests;
using Kling.Session;
using Kling.Submit;
using Kling.Support;

namespace Kling.Batch;

/// <summary>One invocation of New-KlingVideo: its items on their way from request to task, video and file.</summary>
internal sealed class VideoBatch : IDisposable
{
    private readonly KlingCmdlet _cmdlet;
    private readonly VideoBatchOptions _options;
    private readonly BatchState _state;
    private readonly BatchOutput _output;
    private readonly UploadTargets _uploads;
    private readonly BatchProgress _progress;
    private readonly UploadPlan _images;
    private KlingEngine? _engine;
    private ResumePlan? _resume;
    private int _items;
    private int _unknownPrices;

    internal VideoBatch(KlingCmdlet cmdlet, VideoBatchOptions options)
    {
        _cmdlet = cmdlet;
        _options = options;
        _state = new BatchState(options.Guard.Budget, SystemClock.Instance.UtcNow);
        _output = new BatchOutput(cmdlet, _state, options.Guard.Budget);
        _uploads = new UploadTargets(options.Force);
        _progress = new BatchProgress(_state, Budget, SystemClock.Instance);
        cmdlet.ShowProgress("Kling videos", Progress);
        if (options.Save is SaveOptions save)
        {
            save.Transfers = cmdlet.Transfers;
        }
        _images = new UploadPlan(options.Upload);
    }

    private SpendBudget Budget => _options.Guard.Budget;

    /// <summary>The tasks that are under way and may cost money. Safe from every thread.</summary>
    internal KlingTask[] OpenTasks() => [.. _state.Open().Select(item => item.Task)];

    /// <summary>The folder the videos are saved to; null when they are not saved.</summary>
    internal string? Directory => _options.Save?.Directory;

    /// <summary>Writes what has ended since the last record; waits for nothing.</summary>
    /// <param name="refused">How many records were refused so far before they came here.</param>
    internal void NextRecord(int refused)
    {
        _state.Refused = refused;
        _cmdlet.Bridge.Drain(int.MaxValue);
    }

    /// <summary>Asks, where it has to be asked, about all that one record buys, before anything of it is sent.</summary>
    /// <param name="grid">The requests for each of the images.</param>
    /// <param name="images">How many images there are.</param>
    /// <param name="items">The record's requests one by one; only read where -Resume makes a difference to the price.</param>
    /// <param name="target">The record, for an error.</param>
    internal void Announce(IEnumerable<RequestItem> grid, int images, IEnumerable<RequestItem> items, object target)
    {
        bool isWholeKnown = !_cmdlet.MyInvocation.ExpectingInput;
        if (!isWholeKnown && !_options.Guard.MayAsk)
        {
            return;
        }

        NextPurchase next = NextPurchase.Of(grid).Times(images);
        _progress.Total = isWholeKnown ? next.Requests : null;
        if (!_options.Guard.MustAsk(next.Price) || _cmdlet.IsWhatIf)
        {
            return;
        }

        try
        {
            if (_options.Resume)
            {
                ResumePlan ahead = Plan().Copy();
                next = NextPurchase.Of(items.Where(item => item.Report.IsValid && ahead.Take(RequestFingerprint.Of(item.Request)) is null));
            }

            _options.Guard.Confirm(_cmdlet, next);
        }
        catch (Exception failure) when (failure is InputException or JournalException)
        {
            _output.End(failure, target);
        }
    }

    /// <summary>Checks, prices and sends one item; returns while it is under way, as far as the throttle allows.</summary>
    internal void Add(RequestItem item)
    {
        ValidationReport report = _uploads.Check(item.Request) is Violation overwrite ? item.Report.With([overwrite]) : item.Report;
        if (_options.TaskId != Guid.Empty && _items > 0)
        {
            report = report.With([new Violation("TaskId", $"{_options.TaskId:D} for more than one item", "one id for one item, or none")]);
        }

        if (!report.IsValid)
        {
            Fail(InputException.Of(item.Name, report), item.Target);
            return;
        }

        foreach (string warning in report.Warnings)
        {
            _cmdlet.WriteWarning($"{item.Name}: {warning}");
        }

        if (_options.Resume && TakeUp(item))
        {
            return;
        }

        VideoRequest request = item.Request.TaskId == Guid.Empty ? item.Request with { TaskId = Guid.NewGuid() } : item.Request;
        decimal? estimate = Pricing.Estimate(request);
        try
        {
            _options.Guard.Reserve(request.TaskId, estimate, item.Name);
        }
        catch (InputException failure)
        {
            Fail(failure, item.Target);
            return;
        }

        _items++;
        _unknownPrices += estimate is null ? 1 : 0;
        if (_cmdlet.ShouldProcess(item.Name + PriceText.Facts(request.Image), $"Buy {PriceText.Describe(request, estimate)}"))
        {
            Submit(item, request, estimate);
        }
        else if (_cmdlet.IsWhatIf)
        {
            // As Test-KlingRequest shows it: an id that is drawn for nothing would only mislead.
            _cmdlet.Host.UI.WriteLine($"What if: {RequestJson.WriteDisplay(item.Request, indented: false)}");
        }
        else
        {
            Budget.Release(request.TaskId);
        }
    }

    /// <summary>Waits for what is under way, and sums up.</summary>
    /// <param name="refused">How many records were refused before they came here.</param>
    internal void Finish(int refused)
    {
        _state.Refused = refused;
        _progress.Total = _state.Items;
        _cmdlet.FinishWork();
        if (_cmdlet.IsWhatIf && _items > 1)
        {
            string unknown = _unknownPrices == 0 ? "" : $" and {_unknownPrices} of unknown price";
            _cmdlet.Host.UI.WriteLine($"What if: {_items} requests, {PriceText.Money(Budget.Committed)} in total at list price{unknown}. Nothing was sent.");
        }
        else
        {
            _output.SumUp();
        }
    }

    /// <summary>Counts and writes an item that never became a task.</summary>
    internal void Fail(Exception failure, object? target) => _output.Fail(failure, target);

    /// <inheritdoc/>
    public void Dispose() => _state.Dispose();

    private void Submit(RequestItem item, VideoRequest request, decimal? estimate)
    {
        KlingEngine engine;
        KlingTask task;
        bool looksFirst = false;
        try
        {
            _options.Guard.Confirm(_cmdlet, default);
            engine = KlingSession.Engine();
            task = KlingTaskBuilder.From(request, estimate, engine.Api.Endpoint);
            if (_options.TaskId != Guid.Empty)
            {
                looksFirst = !RepeatedTask.Prepare(engine.Journal, task);
            }
        }
        catch (InputException failure) when (!ErrorCatalog.EndsTheBatch(failure))
        {
            Budget.Release(request.TaskId);
            Fail(failure, item.Target);
            return;
        }
        catch (Exception failure) when (failure is InputException or JournalException)
        {
            Budget.Release(request.TaskId);
            _output.End(failure, item.Target);
            return;
        }

        ImageDelivery delivery = _images.For(item, engine.Uploads);
        Begin(engine, task, item, (run, stop) => run.SubmitAsync(task, item, request, delivery, looksFirst, stop),
            () => $"{item.Name} ({request.Image!.Kind}) becomes task {task.TaskId:D}, {PriceText.Money(estimate)} at list price.");
    }

    /// <summary>With -Resume: returns or attaches to what was bought before; false when the item has to be bought.</summary>
    private bool TakeUp(RequestItem item)
    {
        try
        {
            KlingTask? task = Plan().Take(RequestFingerprint.Of(item.Request));
            if (task is null)
            {
                return false;
            }

            _items++;
            if (_cmdlet.IsWhatIf)
            {
                _cmdlet.Host.UI.WriteLine($"What if: {item.Name} was bought before as task {task.TaskId:D} ({task.Status}); nothing would be bought.");
                return true;
            }

            KlingEngine engine = KlingSession.Engine();
            Begin(engine, task, item, (run, stop) => run.AttachAsync(task, item, stop),
                () => $"{item.Name} was bought before as task {task.TaskId:D} ({task.Status}); nothing is bought.");
        }
        catch (Exception failure) when (failure is InputException or JournalException)
        {
            _output.End(failure, item.Target);
        }

        return true;
    }

    private ResumePlan Plan() => _resume ??= new ResumePlan(new JournalFolder().Open(KlingSession.Address(), SystemClock.Instance).Index());

    private void Begin(KlingEngine engine, KlingTask task, RequestItem item, Func<VideoRun, CancellationToken, Task> start, Func<string> what)
    {
        _cmdlet.Tell(what);
        _engine = engine;
        _output.Journal = engine.Journal;
        _state.Add(task, item);
        var run = new VideoRun(_cmdlet, _options, _state, _output, engine);
        _cmdlet.Bridge.Start(stop => start(run, stop));
        _cmdlet.Bridge.Drain(() => engine.Submitter.AtOnce(_options.ThrottleLimit) - 1);
    }

    private ProgressState Progress() => new(
        _progress.Status, ProgressState.PercentOf(_progress.Ended, _progress.Total), _progress.SecondsRemaining(_engine?.Poller.TypicalDuration, _options.ThrottleLimit));
}

/// <summary>Options of one New-KlingVideo invocation.</summary>
internal sealed class VideoBatchOptions
{
    internal SpendGuard Guard { get; init; } = new(ceiling: null, asks: true);

    /// <summary>The id of the one item; empty where each draws its own.</summary>
    internal Guid TaskId { get; init; }

    internal bool Waits { get; init; }

    /// <summary>How long to wait for each task; null for no limit.</summary>
    internal TimeSpan? WaitTime { get; init; }

    /// <summary>Where and how to save the videos; null to save nothing.</summary>
    internal SaveOptions? Save { get; init; }

    internal int ThrottleLimit { get; init; }

    internal bool Resume { get; init; }

    internal bool Force { get; init; }

    internal UploadMode Upload { get; init; }

    /// <summary>The images that could not be uploaded, by SHA-256.</summary>
    internal ConcurrentDictionary<string, KlingApiException> FailedUploads { get; } = new();
}

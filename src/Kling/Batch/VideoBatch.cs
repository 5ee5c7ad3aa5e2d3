using System.Collections.Concurrent;
using Kling.Journal;
using Kling.Paths;
using Kling.Pipeline;
using Kling.Requests;
using Kling.Session;
using Kling.Submit;

namespace Kling.Batch;

/// <summary>One invocation of New-KlingVideo: its items on their way from request to task, video and file.</summary>
internal sealed class VideoBatch : IDisposable
{
    // Checking the images of a long input takes its time. A short one would only flicker.
    private static readonly TimeSpan s_longRead = TimeSpan.FromSeconds(1);

    private readonly KlingCmdlet _cmdlet;
    private readonly VideoBatchOptions _options;
    private readonly BatchState _state;
    private readonly HashSet<string> _videoAddresses = new(StringComparer.Ordinal);
    private readonly VideoSender _sender;
    private readonly ItemWarnings _warnings;
    private readonly BatchReport _report;
    private readonly KlingBatchSummary? _summary;
    private int _items;
    private bool _isInputOver;
    private bool _areUploadsWhole;

    /// <param name="cmdlet">The cmdlet.</param>
    /// <param name="options">Its options.</param>
    /// <param name="summary">Takes what came of it; null where nobody asked for that.</param>
    internal VideoBatch(KlingCmdlet cmdlet, VideoBatchOptions options, KlingBatchSummary? summary)
    {
        _cmdlet = cmdlet;
        _options = options;
        _summary = summary;
        _state = new BatchState(Budget, SystemClock.Instance.UtcNow) { FailedRows = summary is null ? null : new(ReferenceEqualityComparer.Instance) };
        _report = new BatchReport(options, _state);
        Output = new BatchOutput(cmdlet, _state, Budget, options, _report);
        _sender = new VideoSender(cmdlet, options, _state, Output);
        _report.Held = () => _sender.NotSent;
        _warnings = new ItemWarnings(cmdlet);

        // Only then are there transfers to list.
        cmdlet.ShowProgress("Kling videos", () => _report.Progress(TimeLeft()));
        if (options.Save is SaveOptions save)
        {
            save.Transfers = cmdlet.Transfers;
        }
    }

    /// <summary>What the invocation writes.</summary>
    internal BatchOutput Output { get; }

    /// <summary>Whether the batch ended early; its error names the tasks then.</summary>
    internal bool IsEnded => _state.IsEnded;

    private SpendBudget Budget => _options.Guard.Budget;

    /// <summary>What is left behind where the command is stopped now. Safe from every thread.</summary>
    internal StoppedWork Stopped() => new()
    {
        Tasks = OpenTasks(),
        Directory = _options.Save?.Directory,
        Done = _options.Waits ? _state.Done : _state.Done + _state.LeftOpen,
        Failed = _state.Failed,
        NotSent = _report.NotSent,
        HasMoreInput = _cmdlet.MyInvocation.ExpectingInput && !_isInputOver,
        Repeat = _options.Resume || _options.Keyed is not null ? "the same line again" : "the same line with -Resume",
    };

    /// <summary>Keeps a record that PowerShell's binder refused among what failed.</summary>
    internal void AddRefused(object record) => _state.AddFailed(record);

    private KlingTask[] OpenTasks() => [.. _state.Open().Select(item => item.Task)];

    /// <summary>Writes what has ended since the last record; waits for nothing.</summary>
    /// <param name="refused">How many records PowerShell's binder has refused so far.</param>
    internal void NextRecord(int refused)
    {
        _state.Refused = refused;
        _sender.BeginRecord();
        _cmdlet.Bridge.Drain(int.MaxValue);
        if (!_cmdlet.IsWhatIf && _state.Elapsed > s_longRead)
        {
            _cmdlet.KeepProgress();
        }
    }

    /// <summary>Ends a record: what is held is sent where it has waited for long enough.</summary>
    internal void EndRecord() => _sender.EndRecord();

    /// <summary>Asks about all that a call without a pipeline buys, where a question is needed, before anything of it is sent.</summary>
    /// <param name="items">The record's requests; all of them are right.</param>
    /// <param name="target">The record, for an error.</param>
    internal void ConfirmCost(IReadOnlyList<RequestItem> items, object target)
    {
        SpendGuard guard = _options.Guard;
        Purchase next = Purchase.Of(items);
        if (!_cmdlet.MyInvocation.ExpectingInput)
        {
            (_report.Total, _report.Whole) = (items.Count, next.Price);
        }

        if (_sender.Holds || _cmdlet.IsWhatIf || !guard.MustAsk(next.Price))
        {
            return;
        }

        _cmdlet.Run(() =>
        {
            if ((_options.Resume || _options.Keyed is not null) && guard.MustAsk(next.Price))
            {
                Func<VideoRequest, KlingTask?> ahead = LookAhead();
                next = Purchase.Of(items.Where(item => MayCost(ahead(item.Request))));
            }

            if (guard.MustAsk(next.Price))
            {
                guard.Confirm(_cmdlet, next);
            }
        }, target, Output.End);
    }

    /// <summary>
    /// Checks and sends one item; returns while it is under way, as far as the throttle allows. While a question may still come, the item
    /// is held.
    /// </summary>
    internal void Add(RequestItem item)
    {
        ValidationReport report = item.Report.With(WrongInBatch(item.Request));
        if (!report.IsValid)
        {
            Output.Fail(InputException.Of(item.Name, report), item.Target);
            return;
        }

        _warnings.Write(item.Name, report.Warnings);
        KlingTask? known = null;
        TaskIdSeries? series = null;
        _cmdlet.Run(() => (known, series) = FindKnown(item.Request), item.Target, Output.End);

        if (!MayCost(known))
        {
            TakeUp(item, known!);
            return;
        }

        VideoRequest request = item.Request.TaskId == Guid.Empty ? item.Request with { TaskId = series?.Id ?? Guid.NewGuid() } : item.Request;
        if (Reserve(request, item) is InputException tooMuch)
        {
            Output.Fail(tooMuch, item.Target);
            return;
        }

        if (PlanForTheDay(request.TaskId, known, item) is SpendLimitException beyond)
        {
            _options.Guard.Budget.Release(request.TaskId);
            Output.Fail(beyond, item.Target);
            return;
        }

        _items++;
        var checkedItem = new HeldItem(item, request, known, IsPurchase: true, series);
        _sender.Count(checkedItem);
        string unless = known is null ? "" : $", unless the service already has it as task {known.TaskId:D}";
        if (_cmdlet.ShouldProcess(item.Name + PriceText.Facts(request.Image), $"Buy {PriceText.Describe(request, item.Estimate)}{unless}"))
        {
            _sender.HoldOrSend(checkedItem);
        }
        else if (_cmdlet.IsWhatIf)
        {
            // Without a new id, because that id is never sent.
            _cmdlet.WriteVerboseLazily(() => RequestJson.WriteDisplay(series is null ? item.Request : request, indented: false));
        }
        else
        {
            _sender.Release(checkedItem);
        }
    }

    /// <summary>
    /// Reserves the price of an item. Where it is too much, what is under way may still cost less than is reserved for it, or nothing: that is
    /// awaited before the item is refused.
    /// </summary>
    private InputException? Reserve(VideoRequest request, RequestItem item)
    {
        InputException? tooMuch = _options.Guard.Reserve(request, item.Estimate, item.Name);
        while (tooMuch is not null && _options.Waits && _cmdlet.Bridge.Running is int running and > 0)
        {
            _cmdlet.Bridge.Drain(running - 1);
            tooMuch = _options.Guard.Reserve(request, item.Estimate, item.Name);
        }

        return tooMuch;
    }

    /// <summary>Waits for what is under way, and sums up.</summary>
    /// <param name="refused">How many records PowerShell's binder has refused.</param>
    internal void Finish(int refused)
    {
        _state.Refused = refused;
        _isInputOver = true;
        _report.Whole = 0m;
        _report.Total ??= _state.Items + _sender.NotSent;
        _warnings.SumUp();
        _sender.EndInput();
        _cmdlet.FinishWork();
        if (!_cmdlet.IsWhatIf)
        {
            Output.SumUp();
        }
        else if (_items + _state.Failed > 1)
        {
            string known = _report.Known > 0 ? $", {PriceText.Count(_report.Known, "item")} bought before" : "";
            string failed = _state.Failed > 0 ? $", {_state.Failed} failed" : "";
            _cmdlet.Host.UI.Show($"What if: {_sender.Bought.Line()}{known}{failed}{DayLeft()}. Nothing was sent.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_summary is not null)
        {
            _report.Fill(_summary);
        }

        _state.Dispose();
        _sender.Dispose();
    }

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

    /// <summary>What was bought before for a request, where that is asked for, and its ids under the idempotency key.</summary>
    private (KlingTask? Known, TaskIdSeries? Series) FindKnown(VideoRequest request)
    {
        if (_options.Keyed is KeyedTasks keyed)
        {
            TaskIdSeries series = keyed.Next(request);
            return (series.Newest(Known().Look), series);
        }

        return (_options.Resume ? Known().Take(RequestFingerprint.Of(request)) : null, null);
    }

    /// <summary>As <see cref="FindKnown"/>, without taking anything.</summary>
    private Func<VideoRequest, KlingTask?> LookAhead()
    {
        if (_options.Keyed is KeyedTasks keyed)
        {
            KeyedTasks copy = keyed.Copy();
            return request => copy.Next(request).Newest(Known().Look);
        }

        Func<string, KlingTask?> ahead = Known().LookAhead();
        return request => ahead(RequestFingerprint.Of(request));
    }

    /// <summary>Whether an item may cost something. A task whose outcome is unknown is looked for, and sent again where the service does not have it.</summary>
    private static bool MayCost(KlingTask? known) => known is null or { BillingState: BillingState.Unknown };

    /// <summary>Returns or attaches to what was bought before.</summary>
    private void TakeUp(RequestItem item, KlingTask task)
    {
        _items++;
        _report.Known++;
        _report.Whole -= item.Estimate ?? 0m;
        if (_cmdlet.IsWhatIf)
        {
            _cmdlet.Host.UI.Show($"What if: {item.Name} was bought before as task {task.TaskId:D} ({task.Status}); nothing would be bought.");
            return;
        }

        _cmdlet.Run(() => _sender.TakeUp(new HeldItem(item, item.Request with { TaskId = task.TaskId }, task, IsPurchase: false, null)), item.Target, Output.End);
    }

    /// <summary>Plans the item under the limit for 24 hours, if there is one; the error of one that would exceed it.</summary>
    private SpendLimitException? PlanForTheDay(Guid id, KlingTask? known, RequestItem item)
    {
        SpendLimitException? beyond = null;
        if (_options.DayLimit is not null)
        {
            _cmdlet.Run(() => beyond = Claims().Plan(id, known?.TaskId, item.Estimate), item.Target, Output.End);
        }

        return beyond;
    }

    /// <summary>What is left for 24 hours, for a sum; empty where there is no limit.</summary>
    private string DayLeft()
    {
        decimal? left = null;
        if (_options.DayLimit is not null)
        {
            _cmdlet.Run(() => left = Claims().Left());
        }

        return left is decimal amount ? $"; {PriceText.Total(Math.Max(0m, amount))} would be left of {PriceText.Total(_options.DayLimit!.Amount)} in 24 hours" : "";
    }

    /// <summary>What was bought before. An image that is named by its id is known by what the index of uploads says of it.</summary>
    private PurchaseClaims Known()
    {
        if (!_areUploadsWhole)
        {
            KlingSession.OpenUploads().RequireWhole();
            _areUploadsWhole = true;
        }

        return Claims();
    }

    private PurchaseClaims Claims() => _sender.Claims(KlingSession.OpenJournal());

    /// <summary>How long the batch will still take; null where its size or the time of a task is not known.</summary>
    private TimeSpan? TimeLeft() => _report.Total is int total ? _cmdlet.TimeLeft(OpenTasks(), total - _state.Ended - _state.OpenCount, _options.ThrottleLimit) : null;
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
/// <param name="CheckFirst">Whether the whole input is read and checked before anything is sent.</param>
/// <param name="Keyed">Names the tasks by an idempotency key; null where each draws its id.</param>
/// <param name="DayLimit">The most that all commands with this journal may spend in 24 hours; null for no limit.</param>
internal sealed record VideoBatchOptions(
    SpendGuard Guard, Guid TaskId, bool Waits, TimeSpan? WaitTime, SaveOptions? Save, int ThrottleLimit, bool Resume, bool Force, UploadMode Upload, bool CheckFirst,
    KeyedTasks? Keyed, DayLimit? DayLimit)
{
    /// <summary>The images that could not be uploaded, by SHA-256.</summary>
    internal ConcurrentDictionary<string, KlingApiException> FailedUploads { get; } = new();
}

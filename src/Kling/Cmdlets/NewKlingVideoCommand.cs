using Kling.Batch;
using Kling.Binding;
using Kling.Paths;
using Kling.Pipeline;
using Kling.Requests;
using Kling.Session;

namespace Kling.Cmdlets;

/// <summary>Asks for one video task per image; with -Wait polls, and with -OutDirectory saves the videos.</summary>
[Cmdlet(VerbsCommon.New, "KlingVideo", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(KlingTask))]
public sealed class NewKlingVideoCommand : RequestCmdlet
{
    private VideoBatch? _batch;
    private bool _isOver;

    /// <summary>The id of the one task to send: a v4 UUID. Never taken from the pipeline.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public Guid TaskId { get; set; }

    /// <summary>Waits until each task has ended.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>Seconds to wait for each task from its acknowledgement; 1800 when left out, 0 looks once, -1 has no limit.</summary>
    [Parameter]
    [TimeoutCell]
    public decimal? Timeout { get; set; }

    /// <summary>The folder to save the videos to; implies -Wait.</summary>
    [Parameter]
    public string? OutDirectory { get; set; }

    /// <summary>
    /// How the videos are named, with fields such as {Source}, {Prompt}, {Seed} and {Date}; implies -Wait, and saves to the current
    /// location unless -OutDirectory names a folder.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(FileNameCompleter))]
    public string? FileName { get; set; }

    /// <summary>Writes no sidecar (name.kling.json) beside the videos.</summary>
    [Parameter]
    public SwitchParameter NoSidecar { get; set; }

    /// <summary>How many tasks are open at once with -Wait, or submitted at once without; 4 when left out.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; } = 4;

    /// <summary>The most this invocation may spend, in USD at list price; items beyond it are refused.</summary>
    [Parameter]
    [MoneyCell("MaxCost")]
    public decimal? MaxCost { get; set; }

    /// <summary>
    /// The most that all commands with this journal may spend in 24 hours, in USD. The variable KLING_MAX_COST_PER_DAY says so too; the
    /// lower of both counts.
    /// </summary>
    [Parameter]
    [MoneyCell("MaxCostPerDay")]
    public decimal? MaxCostPerDay { get; set; }

    /// <summary>
    /// Buys nothing twice: an item that was bought before is returned when it is finished, and attached to while it is
    /// open; only failed or refused ones, and those never sent, are bought.
    /// </summary>
    [Parameter]
    public SwitchParameter Resume { get; set; }

    /// <summary>
    /// Makes each task's id from this text, the request, and how many equal requests came before it. So the same command on any machine, or
    /// without the journal, buys each item once.
    /// </summary>
    [Parameter]
    public string? IdempotencyKey { get; set; }

    /// <summary>
    /// Whether local images are sent apart, so that the same bytes go once: Always, Never, or Auto, which does so for an image that is
    /// used more than once, is larger than 4 MB, or that the service already keeps.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(ValueCompleter))]
    [ChoiceCell("Upload")]
    public string Upload { get; set; } = nameof(UploadMode.Auto);

    /// <summary>
    /// Reads and checks the whole input before anything is bought, and says what it comes to. One bad item, and nothing is bought, unless
    /// -Force is given.
    /// </summary>
    [Parameter]
    public SwitchParameter CheckFirst { get; set; }

    /// <summary>
    /// The name of a variable, without a dollar sign, that gets what came of the command: how many items are done, failed, open and not sent,
    /// the money, the time, and the rows that failed. A plus sign before the name adds to what the variable holds.
    /// </summary>
    [Parameter]
    public string? SummaryVariable { get; set; }

    /// <summary>Asks no question about cost and overwrites files that are already there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => Run(() =>
    {
        _ = Rehearsal.Begin();
        KlingBatchSummary? summary = SetSummary(SummaryVariable);
        base.BeginProcessing();
        if (!IsWhatIf)
        {
            KlingSession.OpenConnection();
        }

        if (IdempotencyKey is not null && (TaskId != Guid.Empty || Resume))
        {
            throw new InputException(ErrorCatalog.InvalidRequest,
                $"IdempotencyKey: it was given beside {(Resume ? "Resume; allowed: one of the two, since the key takes up what was bought under it" : "TaskId; allowed: one of the two, since the key makes the ids")}.");
        }

        bool confirmOff = MyInvocation.BoundParameters.TryGetValue("Confirm", out object? confirm) && confirm is SwitchParameter { IsPresent: false };
        bool saves = OutDirectory is not null || FileName is not null;
        SaveOptions? save = saves ? SaveOptions.From(SessionState.Path, OutDirectory, FileName, !NoSidecar, Force, prepare: !IsWhatIf) : null;
        save?.DownloadTime = WaitTime.ForDownload(Timeout);
        _batch = new VideoBatch(this, new VideoBatchOptions(
            new SpendGuard(MaxCost, asks: !Force && !confirmOff),
            TaskId,
            Waits: Wait || saves,
            WaitTime.From(Timeout),
            save,
            ThrottleLimit,
            Resume,
            Force,
            Enum.Parse<UploadMode>(Upload, ignoreCase: true),
            CheckFirst,
            IdempotencyKey is null ? null : new KeyedTasks(IdempotencyKey),
            DaySpending.Limit(MaxCostPerDay)), summary);
        ItemFailed = (failure, target) => _batch.Output.Fail(failure, target);
        CommandFailed = (failure, target) => _batch.Output.End(failure, target);
        Rows.IsStrict = !Force;
        Rows.RecordRefused = _batch.AddRefused;
    });

    /// <inheritdoc/>
    private protected override Guid NamedTaskId => TaskId;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        bool isUsed = AcceptRecord();
        _batch!.NextRecord(Rows.Refused);
        if (isUsed && ReadRecord() is { Count: > 0 } items)
        {
            _batch.ConfirmCost(items, Rows.Target);
            foreach (RequestItem item in items)
            {
                _batch.Add(item);
            }
        }

        _batch.EndRecord();
    }

    /// <summary>All that this record asks for. Where any of it is wrong, all that is wrong is written and none of it is bought.</summary>
    private List<RequestItem> ReadRecord()
    {
        bool isWrong = false;
        void Failed(Exception failure, object? target)
        {
            isWrong = true;
            FailImage(failure, target);
        }

        List<RequestItem> items = [.. ReadItems(Variants(TaskId), Failed)];
        foreach (IGrouping<string, RequestItem> wrong in items.Where(item => !item.Report.IsValid || WrongTogether(item, items.Count) is not null).GroupBy(item => item.Name))
        {
            Violation[] violations = [.. wrong.SelectMany(item => item.Report.Violations.Concat(new[] { WrongTogether(item, items.Count) }.OfType<Violation>())).Distinct()];
            isWrong = true;
            (violations.All(violation => violation.Parameter == nameof(Image)) ? FailImage : ItemFailed)(
                InputException.Of(wrong.Key, new ValidationReport(violations, [])), wrong.First().Target);
        }

        int withheld = isWrong ? items.Count(item => item.Report.IsValid && WrongTogether(item, items.Count) is null) : 0;
        if (withheld > 0)
        {
            WriteWarning($"Nothing of this record is bought: {withheld} of its requests would be right, but another part of it is wrong.");
        }

        return isWrong ? [] : items;
    }

    /// <summary>What is wrong with one of several requests of a record beside the others.</summary>
    private Violation? WrongTogether(RequestItem item, int count) => count == 1 ? null
        : TaskId != Guid.Empty ? new Violation(nameof(TaskId), $"{TaskId:D} for {count} items", "one id for one item, or none")
        : item.Request.UploadEndpoint is string address && !Force
            ? new Violation(nameof(UploadEndpoint), $"{Masking.Address(address)} for {count} items", "another address for each item (-Force sends it anyway)")
            : null;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Rows.EndInput();
        _batch!.Finish(Rows.Refused);
        _isOver = true;
    }

    /// <inheritdoc/>
    protected override void StopProcessing()
    {
        base.StopProcessing();
        ShowStopped();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing && _batch is not null)
        {
            // A reader that had enough (Select-Object -First 1) ends the pipeline without StopProcessing.
            if (!_batch.IsEnded && ShowsWarnings)
            {
                ShowStopped();
            }

            _batch.Dispose();
        }
    }

    /// <summary>Says what is left behind, once.</summary>
    private void ShowStopped()
    {
        if (_batch is not null && !_isOver)
        {
            _isOver = true;
            DetachNotice.Show(Host, _batch.Stopped());
        }
    }
}

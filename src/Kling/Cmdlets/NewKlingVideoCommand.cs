using System.Management.Automation;
using Kling.Batch;
using Kling.Binding;
using Kling.Errors;
using Kling.Journal;
using Kling.Media;
using Kling.Models;
using Kling.Paths;
using Kling.Pipeline;
using Kling.Requests;
using Kling.Session;
using Kling.Tasks;

namespace Kling.Cmdlets;

/// <summary>Asks for one video task per image; with -Wait polls, and with -OutDirectory saves the videos.</summary>
[Cmdlet(VerbsCommon.New, "KlingVideo", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(KlingTask))]
public sealed class NewKlingVideoCommand : RequestCmdlet
{
    private readonly BatchState _batch = new();
    private SpendGuard? _guard;
    private UploadTargets? _uploads;
    private ProgressMeter? _progress;
    private string? _directory;
    private int _items;
    private int _unknownPrices;

    /// <summary>The id of the one task to send: a v4 UUID. Never taken from the pipeline.</summary>
    [Parameter]
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

    /// <summary>How many tasks are open at once with -Wait, or submitted at once without; 4 when left out.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; } = 4;

    /// <summary>The most this invocation may spend, in USD at list price; items beyond it are refused.</summary>
    [Parameter]
    [MoneyCell("MaxCost")]
    public decimal? MaxCost { get; set; }

    /// <summary>Asks no question about cost and overwrites files that are already there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private bool Waits => Wait || OutDirectory is not null;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        bool confirmOff = MyInvocation.BoundParameters.TryGetValue("Confirm", out object confirm) && confirm is SwitchParameter { IsPresent: false };
        _guard = new SpendGuard(MaxCost, asks: !Force && !confirmOff);
        _uploads = new UploadTargets(Force);
        _progress = new ProgressMeter(this, "Kling videos");
        Bridge.Idle = ShowProgress;
        if (OutDirectory is not null && !IsWhatIf)
        {
            _directory = OutDirectories.Prepare(this, OutDirectory);
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (RequestItem item in ReadItems(TaskId))
        {
            Send(item);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Bridge.Drain(0);
        _progress!.Complete();
        if (IsWhatIf && _items > 1)
        {
            string unknown = _unknownPrices == 0 ? "" : $" and {_unknownPrices} of unknown price";
            Host.UI.WriteLine($"What if: {_items} requests, {PriceText.Money(_guard!.Budget.Committed)} in total at list price{unknown}. Nothing was sent.");
        }
        else if (_batch.Failed > 0 && _batch.Failed + _batch.Done > 1)
        {
            WriteWarning(_batch.Summary(_guard!.Budget.Committed));
        }
    }

    /// <inheritdoc/>
    protected override void StopProcessing()
    {
        base.StopProcessing();
        DetachNotice.Show(Host, _batch.OpenTasks());
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            _batch.Dispose();
        }
    }

    private protected override void ItemFailed(Exception failure, object? target)
    {
        _batch.CountFailure();
        base.ItemFailed(failure, target);
    }

    private void Send(RequestItem item)
    {
        ValidationReport report = _uploads!.Check(item.Request) is Violation overwrite ? item.Report.With([overwrite]) : item.Report;
        if (TaskId != Guid.Empty && _items > 0)
        {
            report = report.With([new Violation("TaskId", $"{TaskId:D} for more than one item", "one id for one item, or none")]);
        }

        if (!report.IsValid)
        {
            ItemFailed(Invalid(item.Name, report), item.Target);
            return;
        }

        foreach (string warning in report.Warnings)
        {
            WriteWarning($"{item.Name}: {warning}");
        }

        VideoRequest request = item.Request.TaskId == Guid.Empty ? item.Request with { TaskId = Guid.NewGuid() } : item.Request;
        decimal? estimate = Pricing.Estimate(request);
        try
        {
            _guard!.Reserve(request.TaskId, estimate, item.Name);
        }
        catch (InputException failure)
        {
            ItemFailed(failure, item.Target);
            return;
        }

        _items++;
        _unknownPrices += estimate is null ? 1 : 0;
        if (ShouldProcess(item.Name, $"Buy {PriceText.Describe(request, estimate)}"))
        {
            Submit(item, request, estimate);
        }
        else if (!IsWhatIf)
        {
            _guard.Budget.Release(request.TaskId);
        }
    }

    private void Submit(RequestItem item, VideoRequest request, decimal? estimate)
    {
        KlingEngine engine;
        KlingTask task;
        try
        {
            _guard!.Confirm(this);
            engine = KlingSession.Engine();
            task = KlingTaskBuilder.From(request, estimate, engine.Api.Endpoint);
            if (TaskId != Guid.Empty)
            {
                RepeatedTask.Prepare(engine.Journal, task);
            }
        }
        catch (InputException failure) when (!ErrorCatalog.EndsTheBatch(failure))
        {
            _guard!.Budget.Release(request.TaskId);
            ItemFailed(failure, item.Target);
            return;
        }
        catch (Exception failure) when (failure is InputException or JournalException)
        {
            _guard!.Budget.Release(request.TaskId);
            EndBatch(failure, item.Target);
            return;
        }

        WriteVerbose($"{item.Name} ({request.Image!.Kind}) becomes task {task.TaskId:D}, {PriceText.Money(estimate)} at list price.");
        _batch.Add(task);
        Bridge.Start(stop => RunAsync(engine, request, task, item, stop));
        Bridge.Drain(ThrottleLimit - 1);
    }

    private async Task RunAsync(KlingEngine engine, VideoRequest request, KlingTask task, RequestItem item, CancellationToken stop)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stop, _batch.EndToken);
        try
        {
            await engine.Submitter.SubmitAsync(task, RequestBodies.For(request), stop).ConfigureAwait(false);
            if (Waits)
            {
                task = await engine.Poller.WaitAsync(task, WaitTime.From(Timeout), waiting.Token).ConfigureAwait(false);
                if (_directory is not null)
                {
                    await VideoSaver.SaveAllAsync(engine, task, _directory, Force, _ => { },
                        failure => Bridge.Post(() => WriteFailure(failure, item.Target)), waiting.Token).ConfigureAwait(false);
                }
            }

            Bridge.Post(() => Emit(task, item));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // The batch is ending: the task stays open, and EndBatch writes it.
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Bridge.Post(() => Fail(failure, task, item));
        }
    }

    private void Emit(KlingTask task, RequestItem item)
    {
        _guard!.Budget.Settle(task);
        _batch.Close(task, succeeded: task.Errors.Count == 0);
        WriteObject(RowColumns.Carry(task.Snapshot(), item.Row));
        foreach (KlingTaskError error in task.Errors)
        {
            WriteFailure(TaskFailures.For(task, error), item.Target);
        }
    }

    private void Fail(Exception failure, KlingTask task, RequestItem item)
    {
        _guard!.Budget.Settle(task);
        bool dead = failure is KlingApiException { Category: KlingErrorCategory.Connection, BillingState: BillingState.NotCharged };
        if (!_batch.IsEnded && (ErrorCatalog.EndsTheBatch(failure) || _batch.CountsAsDead(dead)))
        {
            if (task.BillingState == BillingState.NotCharged)
            {
                _batch.Close(task, succeeded: false);
            }

            EndBatch(failure, item.Target);
            return;
        }

        _batch.Close(task, succeeded: false);
        if (task.BillingState != BillingState.NotCharged)
        {
            // A task that may cost money is never only an error: it goes down the pipeline, so that it can be waited for.
            WriteObject(RowColumns.Carry(task.Snapshot(), item.Row));
        }

        if (!_batch.IsEnded)
        {
            WriteFailure(failure, item.Target);
        }
    }

    private void EndBatch(Exception failure, object target)
    {
        _batch.End();
        Bridge.Drain(0);
        _progress!.Complete();
        foreach (KlingTask task in _batch.OpenTasks())
        {
            WriteObject(task.Snapshot());
        }

        ThrowTerminatingError(ErrorCatalog.EndOfBatch(failure, target, _batch.PaidTasks()));
    }

    private void ShowProgress()
    {
        if (_items > 0)
        {
            _progress!.Show(_batch.Summary(_guard!.Budget.Committed), 100 * (_batch.Done + _batch.Failed) / Math.Max(1, _items + _batch.Failed));
        }
    }
}

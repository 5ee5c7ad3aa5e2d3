using System.Management.Automation;
using Kling.Batch;
using Kling.Errors;
using Kling.Journal;
using Kling.Media;
using Kling.Models;
using Kling.Paths;
using Kling.Pipeline;
using Kling.Requests;
using Kling.Session;
using Kling.Support;
using Kling.Tasks;

namespace Kling.Cmdlets;

/// <summary>One invocation of New-KlingVideo: its items on their way from request to task, video and file.</summary>
internal sealed class VideoBatch : IDisposable
{
    private readonly KlingCmdlet _cmdlet;
    private readonly VideoBatchOptions _options;
    private readonly BatchState _state = new();
    private readonly UploadTargets _uploads;
    private readonly ProgressMeter _progress;
    private ResumePlan? _resume;
    private int _items;
    private int _unknownPrices;

    internal VideoBatch(KlingCmdlet cmdlet, VideoBatchOptions options)
    {
        _cmdlet = cmdlet;
        _options = options;
        _uploads = new UploadTargets(options.Force);
        _progress = new ProgressMeter(cmdlet, "Kling videos");
        cmdlet.Bridge.Idle = ShowProgress;
    }

    private SpendBudget Budget => _options.Guard.Budget;

    /// <summary>The tasks that are under way and may cost money. Safe from every thread.</summary>
    internal KlingTask[] OpenTasks() => _state.OpenTasks();

    /// <summary>The folder the videos are saved to; null when they are not saved.</summary>
    internal string? Directory => _options.Save?.Directory;

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
            Fail(RequestCmdlet.Invalid(item.Name, report), item.Target);
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
        if (_cmdlet.ShouldProcess(item.Name, $"Buy {PriceText.Describe(request, estimate)}"))
        {
            Submit(item, request, estimate);
        }
        else if (!_cmdlet.IsWhatIf)
        {
            Budget.Release(request.TaskId);
        }
    }

    /// <summary>Waits for what is under way, and sums up.</summary>
    internal void Finish()
    {
        _cmdlet.Bridge.Drain(0);
        _progress.Complete();
        if (_cmdlet.IsWhatIf && _items > 1)
        {
            string unknown = _unknownPrices == 0 ? "" : $" and {_unknownPrices} of unknown price";
            _cmdlet.Host.UI.WriteLine($"What if: {_items} requests, {PriceText.Money(Budget.Committed)} in total at list price{unknown}. Nothing was sent.");
        }
        else if (_state.Failed > 0 && _state.Failed + _state.Done > 1)
        {
            _cmdlet.WriteWarning(_state.Summary(Budget.Committed));
        }
    }

    /// <summary>Counts and writes an item that never became a task.</summary>
    internal void Fail(Exception failure, object? target)
    {
        _state.CountFailure();
        _cmdlet.WriteFailure(failure, target);
    }

    /// <inheritdoc/>
    public void Dispose() => _state.Dispose();

    private void Submit(RequestItem item, VideoRequest request, decimal? estimate)
    {
        KlingEngine engine;
        KlingTask task;
        try
        {
            _options.Guard.Confirm(_cmdlet);
            engine = KlingSession.Engine();
            task = KlingTaskBuilder.From(request, estimate, engine.Api.Endpoint);
            if (_options.TaskId != Guid.Empty)
            {
                RepeatedTask.Prepare(engine.Journal, task);
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
            EndBatch(failure, item.Target);
            return;
        }

        Begin(engine, task, item, stop => engine.Submitter.SubmitAsync(task, RequestBodies.For(request), stop),
            $"{item.Name} ({request.Image!.Kind}) becomes task {task.TaskId:D}, {PriceText.Money(estimate)} at list price.");
    }

    /// <summary>With -Resume: returns or attaches to what was bought before; false when the item has to be bought.</summary>
    private bool TakeUp(RequestItem item)
    {
        try
        {
            Uri address = KlingSession.Address();
            _resume ??= new ResumePlan(new JournalFolder().Open(address, SystemClock.Instance).Index());
            KlingTask? task = _resume.Take(RequestFingerprint.Of(item.Request));
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
            Begin(engine, task, item, stop => AttachAsync(engine, task, stop),
                $"{item.Name} was bought before as task {task.TaskId:D} ({task.Status}); nothing is bought.");
        }
        catch (Exception failure) when (failure is InputException or JournalException)
        {
            EndBatch(failure, item.Target);
        }

        return true;
    }

    private static async Task AttachAsync(KlingEngine engine, KlingTask task, CancellationToken stop)
    {
        if (task.BillingState == BillingState.Unknown)
        {
            await engine.Poller.LookAsync([task], stop).ConfigureAwait(false);
            if (task.BillingState == BillingState.Unknown)
            {
                throw TaskFailures.StillUnknown(task);
            }
        }
    }

    private void Begin(KlingEngine engine, KlingTask task, RequestItem item, Func<CancellationToken, Task> open, string what)
    {
        _cmdlet.WriteVerbose(what);
        _state.Add(task);
        _cmdlet.Bridge.Start(stop => RunAsync(engine, task, item, open, stop));
        _cmdlet.Bridge.Drain(_options.ThrottleLimit - 1);
    }

    private async Task RunAsync(KlingEngine engine, KlingTask task, RequestItem item, Func<CancellationToken, Task> open, CancellationToken stop)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stop, _state.EndToken);
        try
        {
            await open(stop).ConfigureAwait(false);
            if (_options.Waits)
            {
                task = await engine.Poller.WaitAsync(task, _options.WaitTime, waiting.Token).ConfigureAwait(false);
                if (_options.Save is SaveOptions save)
                {
                    await VideoSaver.SaveAllAsync(engine, task, save, _ => { },
                        failure => _cmdlet.Bridge.Post(() => _cmdlet.WriteFailure(failure, item.Target)), waiting.Token).ConfigureAwait(false);
                }
            }

            _cmdlet.Bridge.Post(() => Emit(task, item));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // The batch is ending: the task stays open, and EndBatch writes it.
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            _cmdlet.Bridge.Post(() => FailTask(failure, task, item));
        }
    }

    private void Emit(KlingTask task, RequestItem item)
    {
        Budget.Settle(task);
        _state.Close(task, succeeded: task.Errors.Count == 0);
        _cmdlet.WriteObject(RowColumns.Carry(task.Snapshot(), item.Row));
        foreach (KlingTaskError error in task.Errors)
        {
            _cmdlet.WriteFailure(TaskFailures.For(task, error), item.Target);
        }
    }

    private void FailTask(Exception failure, KlingTask task, RequestItem item)
    {
        Budget.Settle(task);
        bool dead = failure is KlingApiException { Category: KlingErrorCategory.Connection, BillingState: BillingState.NotCharged };
        if (!_state.IsEnded && (ErrorCatalog.EndsTheBatch(failure) || _state.CountsAsDead(dead)))
        {
            if (task.BillingState == BillingState.NotCharged)
            {
                _state.Close(task, succeeded: false);
            }

            EndBatch(failure, item.Target);
            return;
        }

        _state.Close(task, succeeded: false);
        if (task.BillingState != BillingState.NotCharged)
        {
            // A task that may cost money is never only an error: it goes down the pipeline, so that it can be waited for.
            _cmdlet.WriteObject(RowColumns.Carry(task.Snapshot(), item.Row));
        }

        if (!_state.IsEnded)
        {
            _cmdlet.WriteFailure(failure, item.Target);
        }
    }

    private void EndBatch(Exception failure, object target)
    {
        _state.End();
        _cmdlet.Bridge.Drain(0);
        _progress.Complete();
        foreach (KlingTask task in _state.OpenTasks())
        {
            _cmdlet.WriteObject(task.Snapshot());
        }

        _cmdlet.ThrowTerminatingError(ErrorCatalog.EndOfBatch(failure, target, _state.PaidTasks()));
    }

    private void ShowProgress()
    {
        if (_items > 0)
        {
            _progress.Show(_state.Summary(Budget.Committed), 100 * (_state.Done + _state.Failed) / Math.Max(1, _items + _state.Failed));
        }
    }
}

using System.Management.Automation;
using Kling.Binding;
using Kling.Errors;
using Kling.Media;
using Kling.Models;
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
    private string? _directory;
    private int _planned;

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

    /// <summary>Asks no question about cost and overwrites files that are already there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private bool Waits => Wait || OutDirectory is not null;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        bool confirmOff = MyInvocation.BoundParameters.TryGetValue("Confirm", out object confirm) && confirm is SwitchParameter { IsPresent: false };
        _guard = new SpendGuard(asks: !Force && !confirmOff);
        if (OutDirectory is not null && !MyInvocation.BoundParameters.ContainsKey("WhatIf"))
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
        if (_batch.Failed > 0 && _batch.Done + _batch.Failed > 1)
        {
            WriteWarning(_batch.Summary());
        }

        if (_planned > 1 && _guard!.Sent == 0)
        {
            Host.UI.WriteLine($"What if: {_planned} requests, {_guard.PlannedText} in total at list price. Nothing was sent.");
        }
    }

    /// <inheritdoc/>
    protected override void StopProcessing()
    {
        base.StopProcessing();
        DetachNotice.Show(Host, _batch.Open());
    }

    private void Send(RequestItem item)
    {
        if (!item.Report.IsValid)
        {
            _batch.CountFailure();
            WriteInvalid(item);
            return;
        }

        foreach (string warning in item.Report.Warnings)
        {
            WriteWarning(warning);
        }

        if (TaskId != Guid.Empty && _planned > 0)
        {
            _batch.CountFailure();
            WriteFailure(new InputException(ErrorCatalog.InvalidRequest,
                $"TaskId: {TaskId:D} was given for more than one item; allowed: one id for one item.", "Leave -TaskId out."), item.Target);
            return;
        }

        decimal? estimate = Pricing.Estimate(item.Request);
        _planned++;
        _guard!.Plan(estimate);
        if (!ShouldProcess(item.Name, $"Buy {SpendGuard.Describe(item.Request, estimate)}"))
        {
            return;
        }

        Run(() => _guard.Confirm(this, estimate), item);
        KlingEngine? engine = null;
        Run(() => engine = KlingSession.Engine(), item);
        VideoRequest request = item.Request with { TaskId = item.Request.TaskId == Guid.Empty ? Guid.NewGuid() : item.Request.TaskId };
        KlingTask task = KlingTaskBuilder.From(request, estimate, engine!.Api.Endpoint.AbsoluteUri);
        WriteVerbose($"{item.Name} ({request.Image!.Kind}) becomes task {task.TaskId:D}, {SpendGuard.Money(estimate)} at list price.");
        _batch.Add(task);
        Bridge.Start(token => RunItemAsync(engine, request, task, item, token));
        Bridge.Drain(ThrottleLimit - 1);
    }

    private void Run(Action step, RequestItem item)
    {
        try
        {
            step();
        }
        catch (InputException failure)
        {
            EndBatch(failure, item.Target);
        }
    }

    private async Task RunItemAsync(KlingEngine engine, VideoRequest request, KlingTask task, RequestItem item, CancellationToken token)
    {
        try
        {
            byte[] body = RequestJson.Write(request, ImageFile.ToWireText(request.Image!));
            await engine.Submitter.SubmitAsync(task, body, token).ConfigureAwait(false);
            KlingSession.Remember(task);
            if (Waits)
            {
                task = await engine.Poller.WaitAsync(task, WaitTime.From(Timeout), token).ConfigureAwait(false);
                if (_directory is not null)
                {
                    await VideoSaver.SaveAllAsync(engine, task, _directory, Force, _ => { },
                        failure => Bridge.Post(() => WriteFailure(failure, item.Target)), token).ConfigureAwait(false);
                }
            }

            Bridge.Post(() => Emit(task, item));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Bridge.Post(() => Fail(failure, task, item));
        }
    }

    private void Emit(KlingTask task, RequestItem item)
    {
        _batch.Emitted(task, ok: task.Errors.Count == 0);
        WriteObject(RowColumns.Carry(task.Snapshot(), item.Row));
        foreach (KlingTaskError error in task.Errors)
        {
            WriteFailure(TaskFailures.For(task, error), item.Target);
        }
    }

    private void Fail(Exception failure, KlingTask task, RequestItem item)
    {
        if (_batch.Ended)
        {
            return;
        }

        bool dead = failure is KlingApiException { Category: KlingErrorCategory.Connection, BillingState: BillingState.NotCharged };
        if (ErrorCatalog.EndsTheBatch(failure) || _batch.CountsAsDead(dead))
        {
            _batch.Emitted(task, ok: false, keep: task.BillingState != BillingState.NotCharged);
            EndBatch(failure, item.Target);
            return;
        }

        _batch.Emitted(task, ok: false);
        if (task.BillingState != BillingState.NotCharged)
        {
            // A task that may cost money is never only an error: it goes down the pipeline, so that it can be waited for.
            WriteObject(RowColumns.Carry(task.Snapshot(), item.Row));
        }

        WriteFailure(failure, item.Target);
    }

    private void EndBatch(Exception failure, object target)
    {
        _batch.Ended = true;
        Bridge.Cancel();
        Bridge.Drain(0);
        KlingTask[] accepted = _batch.Accepted();
        if (failure is KlingApiException api)
        {
            api.Tasks = accepted;
        }

        foreach (KlingTask task in _batch.Open().Where(task => task.BillingState != BillingState.NotCharged))
        {
            WriteObject(task.Snapshot());
        }

        ThrowTerminatingError(ErrorCatalog.ToRecord(failure, target));
    }
}

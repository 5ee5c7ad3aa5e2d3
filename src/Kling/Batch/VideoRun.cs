using Kling.Journal;
using Kling.Paths;
using Kling.Pipeline;
using Kling.Requests;
using Kling.Session;
using Kling.Submit;

namespace Kling.Batch;

/// <summary>One item's way in the background: sent or taken up, waited for, saved; then handed to the pipeline thread.</summary>
/// <param name="cmdlet">The cmdlet.</param>
/// <param name="options">Its options.</param>
/// <param name="state">What became of its items.</param>
/// <param name="output">Where this item is written.</param>
/// <param name="services">The connection.</param>
/// <param name="task">The task that stands for the item. Another one may take its place until the service has one of them.</param>
/// <param name="item">The item.</param>
internal sealed class VideoRun(
    KlingCmdlet cmdlet, VideoBatchOptions options, BatchState state, BatchOutput output, KlingServices services, KlingTask task, RequestItem item)
{
    // How often the journal is read while another command sends the task.
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private KlingTask _task = task;

    // Under which task's id the item's price is reserved.
    private Guid _reserved;

    /// <summary>Buys the item, unless another command did: then its task is taken up.</summary>
    /// <param name="own">The task to send.</param>
    /// <param name="known">A task of the same request that was sent before, and whose outcome is unknown; null when there is none.</param>
    /// <param name="request">The request.</param>
    /// <param name="claims">What this command buys and takes up.</param>
    /// <param name="delivery">How the image is sent.</param>
    /// <param name="looksFirst">Whether somebody else may have sent the id of <paramref name="own"/>.</param>
    /// <param name="stop">Stops all at once.</param>
    internal Task BuyAsync(
        KlingTask own, KlingTask? known, VideoRequest request, PurchaseClaims claims, ImageDelivery delivery, bool looksFirst, CancellationToken stop)
    {
        SubmitOptions How(bool looks, Func<KlingTask, KlingTask?> claim) => new()
        {
            Name = item.Name,
            Delivery = delivery,
            LooksFirst = looks,
            Claim = claim,
            FailedUploads = options.FailedUploads,
            Tell = what => Tell(() => $"{item.Name}: {what}"),
            Transfers = cmdlet.Transfers,
        };
        Task<KlingTask?> SendAsync(KlingTask sent, SubmitOptions how) =>
            services.ImageSubmitter.SubmitAsync(sent, request with { TaskId = sent.TaskId }, how, state.EndToken, stop);

        async Task OpenAsync()
        {
            _reserved = own.TaskId;
            KlingTask? other = known;
            while (true)
            {
                other ??= await SendAsync(own, How(looksFirst, claims.Claim)).ConfigureAwait(false);
                if (other is null || await TakeUpAsync(other).ConfigureAwait(false))
                {
                    return;
                }

                // It came to nothing, so the item is bought after all.
                Reserve(own.TaskId);
                Follow(own);
                other = null;
            }
        }

        async Task<bool> TakeUpAsync(KlingTask other)
        {
            bool isTold = false;
            while (true)
            {
                TaskStanding now = claims.Look(other.TaskId);
                if (now.IsClosed)
                {
                    return false;
                }

                Follow(now.Task!);
                if (_task.BillingState != BillingState.Unknown)
                {
                    Tell(() => $"{item.Name} was bought by another command as task {_task.TaskId:D} ({_task.Status}); nothing is bought.");
                    options.Guard.Budget.Release(_reserved);
                    return true;
                }

                if (now.IsBeingSent)
                {
                    if (!isTold)
                    {
                        Tell(() => $"{item.Name} is being sent by another command as task {_task.TaskId:D}; its outcome is waited for.");
                        isTold = true;
                    }

                    using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop, state.EndToken);
                    await services.Submitter.Clock.DelayAsync(s_pause, ending.Token).ConfigureAwait(false);
                    continue;
                }

                // Nobody is sending it any more, and nobody knows what became of it. The money rule looks for it, and sends the same id again.
                Reserve(_task.TaskId);
                if (await SendAsync(_task, How(looks: false, again => claims.ClaimAgain(again, now) ? null : again)).ConfigureAwait(false) is null)
                {
                    return true;
                }
            }
        }

        return RunAsync(OpenAsync, stop);
    }

    /// <summary>Waits for and saves what was bought before.</summary>
    internal Task AttachAsync(CancellationToken stop) => RunAsync(() => Task.CompletedTask, stop);

    private void Tell(Func<string> what) => cmdlet.Bridge.Post(() => cmdlet.WriteVerboseLazily(what));

    private void Reserve(Guid taskId)
    {
        options.Guard.Budget.Move(_reserved, taskId);
        _reserved = taskId;
    }

    private void Follow(KlingTask other)
    {
        state.Replace(_task, other, item);
        _task = other;
    }

    private async Task RunAsync(Func<Task> open, CancellationToken stop)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stop, state.EndToken);
        try
        {
            bool isSaved = true;
            await open().ConfigureAwait(false);
            if (options.Waits)
            {
                await services.Poller.WaitAsync(_task, options.WaitTime, waiting.Token).ConfigureAwait(false);
                if (options.Save is SaveOptions save)
                {
                    await VideoSaver.SaveAllAsync(services, _task, save, _ => { }, failure =>
                    {
                        isSaved = false;
                        cmdlet.Bridge.Post(() => output.Fail(failure, item.Target, _task.TaskId));
                    }, waiting.Token).ConfigureAwait(false);
                }
            }

            cmdlet.Bridge.Post(() => output.Write(_task, item, isSaved));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // The batch is ending: the task stays open, and the end of the batch writes it.
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            cmdlet.Bridge.Post(() => output.FailTask(failure, _task, item));
        }

        cmdlet.Bridge.Post(() => cmdlet.WriteUnrecorded(services));
    }
}

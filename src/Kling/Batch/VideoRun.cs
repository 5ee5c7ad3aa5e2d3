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
    private KlingTask _task = task;

    /// <summary>Buys the item, unless another command did: then its task is taken up.</summary>
    /// <param name="own">The task to send.</param>
    /// <param name="held">What is known of the item.</param>
    /// <param name="claims">What this command buys and takes up.</param>
    /// <param name="delivery">How the image is sent.</param>
    /// <param name="looksFirst">Whether somebody else may have sent the id of <paramref name="own"/>.</param>
    /// <param name="stop">Stops all at once.</param>
    internal Task BuyAsync(KlingTask own, HeldItem held, PurchaseClaims claims, ImageDelivery delivery, bool looksFirst, CancellationToken stop)
    {
        var order = new PurchaseOrder
        {
            Own = own,
            Known = held.Known,
            Request = held.Request,
            Series = held.Series,
            LookAsync = found => services.Poller.LookAsync([found], stop),
            How = new SubmitOptions
            {
                Name = item.Name,
                Delivery = delivery,
                LooksFirst = looksFirst,
                SharesId = held.Series is not null,
                FailedUploads = options.FailedUploads,
                Tell = what => cmdlet.TellNow(() => $"{item.Name}: {what}"),
                Transfers = cmdlet.Transfers,
            },
            Follow = Follow,
        };
        var opener = new PurchaseOpener(services.ImageSubmitter, claims, options.Guard.Budget, services.Submitter.Clock);
        return RunAsync(async () =>
        {
            Follow(await opener.OpenAsync(order, state.EndToken, stop).ConfigureAwait(false));
            cmdlet.TellNow(() => $"{item.Name}: accepted; the service has task {_task.TaskId:D}.");
        }, stop);
    }

    /// <summary>Waits for and saves what was bought before.</summary>
    internal Task AttachAsync(CancellationToken stop) => RunAsync(() => Task.CompletedTask, stop);

    private void Follow(KlingTask other)
    {
        state.Replace(_task, other, item);
        _task = other;
    }

    private async Task RunAsync(Func<Task> open, CancellationToken stop)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stop, state.EndOfDeliveryToken);
        try
        {
            bool isSaved = true;
            try
            {
                await open().ConfigureAwait(false);
            }
            catch (JournalException unrecorded) when (options.Waits && _task.BillingState is BillingState.Accepted or BillingState.Billed)
            {
                cmdlet.Bridge.Post(() => output.FailRecord(unrecorded, item));
            }

            if (options.Waits)
            {
                cmdlet.Waited = services;
                await services.Poller.WaitAsync(_task, options.WaitTime, waiting.Token).ConfigureAwait(false);
                cmdlet.TellNow(() => $"{item.Name}: {PriceText.Ending(_task)}");
                if (options.Save is SaveOptions save)
                {
                    await VideoSaver.SaveAllAsync(services, _task, save, file => cmdlet.TellNow(() => $"{item.Name}: {PriceText.Saved(file)}"), failure =>
                    {
                        isSaved = false;
                        cmdlet.Bridge.Post(() => output.FailSave(failure, _task, item));
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

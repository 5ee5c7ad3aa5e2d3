using Kling.Journal;
using Kling.Paths;
using Kling.Pipeline;
using Kling.Requests;
using Kling.Session;
using Kling.Submit;

namespace Kling.Batch;

/// <summary>One item's way in the background: sent or taken up, waited for, saved; then handed to the pipeline thread.</summary>
internal sealed class VideoRun(KlingCmdlet cmdlet, VideoBatchOptions options, BatchState state, BatchOutput output, KlingServices services)
{
    /// <summary>Buys the item.</summary>
    internal Task SubmitAsync(KlingTask task, RequestItem item, VideoRequest request, ImageDelivery delivery, bool looksFirst, CancellationToken stop)
    {
        var how = new SubmitOptions
        {
            Name = item.Name,
            Delivery = delivery,
            LooksFirst = looksFirst,
            FailedUploads = options.FailedUploads,
            Tell = TellOfImage(item),
            Transfers = cmdlet.Transfers,
        };
        return RunAsync(task, item, () => services.ImageSubmitter.SubmitAsync(task, request, how, state.EndToken, stop), stop);
    }

    /// <summary>Takes up what was bought before.</summary>
    internal Task AttachAsync(KlingTask task, RequestItem item, CancellationToken stop) =>
        RunAsync(task, item, () => FindAsync(task, stop), stop);

    private Action<string> TellOfImage(RequestItem item) =>
        what => cmdlet.Bridge.Post(() => cmdlet.WriteVerboseLazily(() => $"{item.Name}: {what}"));

    private async Task FindAsync(KlingTask task, CancellationToken stop)
    {
        if (task.BillingState == BillingState.Unknown)
        {
            await services.Poller.LookAsync([task], stop).ConfigureAwait(false);
            if (task.BillingState == BillingState.Unknown)
            {
                throw TaskFailures.StillUnknown(task);
            }
        }
    }

    private async Task RunAsync(KlingTask task, RequestItem item, Func<Task> open, CancellationToken stop)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stop, state.EndOfDeliveryToken);
        try
        {
            bool isSaved = true;
            try
            {
                await open().ConfigureAwait(false);
            }
            catch (JournalException unrecorded) when (options.Waits && task.BillingState is BillingState.Accepted or BillingState.Billed)
            {
                cmdlet.Bridge.Post(() => output.FailRecord(unrecorded, item));
            }

            if (options.Waits)
            {
                cmdlet.Waited = services;
                await services.Poller.WaitAsync(task, options.WaitTime, waiting.Token).ConfigureAwait(false);
                if (options.Save is SaveOptions save)
                {
                    await VideoSaver.SaveAllAsync(services, task, save, _ => { }, failure =>
                    {
                        isSaved = false;
                        cmdlet.Bridge.Post(() => output.FailSave(failure, task, item));
                    }, waiting.Token).ConfigureAwait(false);
                }
            }

            cmdlet.Bridge.Post(() => output.Write(task, item, isSaved));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // The batch is ending: the task stays open, and the end of the batch writes it.
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            cmdlet.Bridge.Post(() => output.FailTask(failure, task, item));
        }

        cmdlet.Bridge.Post(() => cmdlet.WriteUnrecorded(services));
    }
}

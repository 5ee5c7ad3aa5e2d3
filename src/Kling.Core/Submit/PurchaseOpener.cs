using Kling.Journal;
using Kling.Requests;

namespace Kling.Submit;

/// <summary>
/// Gets one item bought once, by this command or another one. What another command has recorded is taken up. While that command is sending
/// it, its outcome is waited for. Where nobody is sending it any more and nobody knows what became of it, the money rule looks for it and
/// sends the same id again. Where it came to nothing, the item is bought after all.
/// </summary>
internal sealed class PurchaseOpener(ImageSubmitter submitter, PurchaseClaims claims, SpendBudget budget, IClock clock)
{
    // How often the journal is read while another command sends the task.
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <summary>Returns the task that stands for the item, once the service has it.</summary>
    /// <param name="order">The item. Its price is reserved under the id of its own task.</param>
    /// <param name="ending">Ends it gently: nothing is waited for, and nothing is sent again.</param>
    /// <param name="token">Stops all at once.</param>
    /// <exception cref="KlingApiException">It was refused, never arrived, or its outcome is unknown.</exception>
    /// <exception cref="JournalException">An intent could not be recorded, or an acceptance.</exception>
    /// <exception cref="SpendLimitException">It would exceed what may be spent in 24 hours.</exception>
    /// <exception cref="OperationCanceledException">A token was cancelled.</exception>
    internal async Task<KlingTask> OpenAsync(PurchaseOrder order, CancellationToken ending, CancellationToken token)
    {
        // The task whose id the price is reserved under.
        Guid reserved = order.Own.TaskId;
        KlingTask own = order.Own;
        KlingTask? other = order.Known;
        try
        {
            while (true)
            {
                other ??= await SendAsync(own, order.Series is null ? claims.Claim : claims.ClaimId, order.How.LooksFirst).ConfigureAwait(false);
                if (other is null)
                {
                    return own;
                }

                if (ReferenceEquals(other, own))
                {
                    // The first look found it: somebody else has bought it.
                    if (order.Series is null || !await HasFailedAsync(own).ConfigureAwait(false))
                    {
                        order.How.Tell($"it was bought before as task {own.TaskId:D}; nothing is bought.");
                        budget.Release(reserved);
                        return own;
                    }

                    own = KlingTaskBuilder.From(order.Request with { TaskId = order.Series.Id }, own.EstimatedCost, submitter.Endpoint);
                    order.How.Tell($"an earlier attempt failed and was not billed; it becomes task {own.TaskId:D}.");
                }
                else if (await TakeUpAsync(other).ConfigureAwait(false) is KlingTask taken)
                {
                    return taken;
                }

                ReserveFor(own.TaskId);
                order.Follow(own);
                other = null;
            }
        }
        finally
        {
            // From here on the journal says what it costs.
            claims.Forget(order.Own.TaskId);
        }

        Task<KlingTask?> SendAsync(KlingTask task, Func<KlingTask, KlingTask?> claim, bool looksFirst) => submitter.SubmitAsync(
            task, order.Request with { TaskId = task.TaskId }, order.How with { Claim = claim, LooksFirst = looksFirst }, ending, token);

        async Task<bool> HasFailedAsync(KlingTask task)
        {
            try
            {
                await order.LookAsync(task).ConfigureAwait(false);
            }
            catch (KlingApiException)
            {
                // It is waited for all the same, and then its state is known.
            }

            return order.Series!.Advance(task);
        }

        void ReserveFor(Guid taskId)
        {
            budget.Move(reserved, taskId);
            reserved = taskId;
        }

        async Task<KlingTask?> TakeUpAsync(KlingTask recorded)
        {
            bool isTold = false;
            while (true)
            {
                TaskStanding now = claims.Look(recorded.TaskId);
                if (now.IsClosed)
                {
                    return null;
                }

                KlingTask task = now.Task!;
                order.Follow(task);
                if (task.BillingState != BillingState.Unknown)
                {
                    order.How.Tell($"it was bought by another command as task {task.TaskId:D} ({task.Status}); nothing is bought.");
                    budget.Release(reserved);
                    return task;
                }

                if (!now.IsBeingSent)
                {
                    ReserveFor(task.TaskId);
                    if (await SendAsync(task, again => claims.ClaimAgain(again, now) ? null : again, looksFirst: false).ConfigureAwait(false) is null)
                    {
                        return task;
                    }

                    // It was found, or another command was faster.
                    continue;
                }

                if (!isTold)
                {
                    order.How.Tell($"it is being sent by another command as task {task.TaskId:D}; its outcome is waited for.");
                    isTold = true;
                }

                using var either = CancellationTokenSource.CreateLinkedTokenSource(token, ending);
                await clock.DelayAsync(s_pause, either.Token).ConfigureAwait(false);
            }
        }
    }
}

/// <summary>One item that is to be bought.</summary>
internal sealed class PurchaseOrder
{
    /// <summary>The task to send.</summary>
    internal required KlingTask Own { get; init; }

    /// <summary>A task of the same request that was sent before, and whose outcome is unknown; null when there is none.</summary>
    internal KlingTask? Known { get; init; }

    internal required VideoRequest Request { get; init; }

    internal required SubmitOptions How { get; init; }

    /// <summary>Its ids under an idempotency key, at the attempt of its own task; null where it has no key.</summary>
    internal TaskIdSeries? Series { get; init; }

    /// <summary>Brings a task up to date that a look found.</summary>
    internal Func<KlingTask, Task> LookAsync { get; init; } = static _ => Task.CompletedTask;

    /// <summary>Hears which task stands for the item from now on.</summary>
    internal Action<KlingTask> Follow { get; init; } = static _ => { };
}

using Kling.Journal;
using Kling.Pipeline;
using Kling.Polling;
using Kling.Session;

namespace Kling.Batch;

/// <summary>What -CheckFirst says before anything is bought: the whole, the time that it will take, and the balance. Used on the pipeline thread only.</summary>
internal sealed class FirstCheck(KlingCmdlet cmdlet, VideoBatchOptions options)
{
    private const int PastTasks = 50;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>Says what is about to be bought.</summary>
    /// <param name="all">What it is.</param>
    /// <param name="requests">How many requests that takes.</param>
    /// <param name="known">How many items were bought before.</param>
    internal void Say(Purchase all, int requests, int known)
    {
        string?[] parts = [all.Line(), known > 0 ? $"{PriceText.Count(known, "item")} bought before" : null, Time(requests), Balance()];
        cmdlet.Say(string.Join(", ", parts.Where(part => part is not null)));
    }

    /// <summary>How long it will take; where nobody waits, how long one video takes. Null where no task has ended yet.</summary>
    private string? Time(int requests)
    {
        try
        {
            TimeSpan[] past = [.. KlingSession.OpenJournal()
                .Select(PastTasks, null, task => task.Status == KlingTaskStatus.Succeeded && task.Elapsed is TimeSpan took && took >= TimeSpan.Zero)
                .Select(task => task.Elapsed!.Value).Order()];
            TimeSpan? typical = past.Length > 0 ? past[past.Length / 2] : null;
            string each = options.Waits ? "" : " for each";
            return RemainingTime.Estimate(typical, [], options.Waits ? requests : Math.Min(1, requests), options.ThrottleLimit) is TimeSpan time
                ? $"about {Text(time)}{each} (from your last {(past.Length == 1 ? "task" : $"{past.Length} tasks")})"
                : null;
        }
        catch (Exception failure) when (failure is JournalException or InputException)
        {
            cmdlet.WriteVerboseLazily(() => $"The time is not known: {failure.Message}");
            return null;
        }
    }

    private string? Balance()
    {
        KlingAccount? account = null;
        string? reason = null;
        try
        {
            KlingServices services = KlingSession.Services();
            cmdlet.RunToEnd(async token =>
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(token);
                Task<KlingAccount> asked = services.Service.GetAccountAsync(patience.Token);
                await Task.WhenAny(asked, SystemClock.Instance.DelayAsync(s_patience, patience.Token)).ConfigureAwait(false);
                await patience.CancelAsync().ConfigureAwait(false);
                try
                {
                    account = await asked.ConfigureAwait(false);
                }
                catch (KlingApiException failure)
                {
                    reason = failure.Message;
                }
                catch (OperationCanceledException) when (!token.IsCancellationRequested)
                {
                    reason = FormattableString.Invariant($"the service did not answer within {s_patience.TotalSeconds} s.");
                }
            });
        }
        catch (Exception failure) when (failure is InputException or JournalException)
        {
            reason = failure.Message;
        }

        if (reason is not null)
        {
            cmdlet.WriteVerboseLazily(() => $"The balance is not known: {reason}");
        }

        return account?.Balance is decimal balance
            ? FormattableString.Invariant($"balance {balance:0.00##} {account.Currency ?? "USD"}")
            : null;
    }

    private static string Text(TimeSpan time) => time switch
    {
        { TotalSeconds: < 90 } => PriceText.Count((int)Math.Ceiling(time.TotalSeconds), "second"),
        { TotalMinutes: < 90 } => PriceText.Count((int)Math.Round(time.TotalMinutes), "minute"),
        _ => FormattableString.Invariant($"{time.TotalHours:0.#} hours"),
    };
}

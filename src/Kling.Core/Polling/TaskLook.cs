using Kling.Client;
using Kling.Journal;
using Kling.Models;
using Kling.Requests;
using Kling.Submit;
using Kling.Support;
using Kling.Wire;

namespace Kling.Polling;

/// <summary>
/// One look at many tasks: the archive for those whose request is not known, then shared requests of up to 50 ids, then
/// single ones where sharing did not work. Puts what it learns into the tasks and the journal.
/// </summary>
internal sealed class TaskLook(IKlingApi api, ITaskJournal journal, IClock clock)
{
    private const int ChunkSize = 50;
    private const int AtOnce = 4;
    private const int FaultsBeforeProbe = 3;

    private JournalException? _journalFault;

    /// <summary>The first failure to record a change since the last call; the change itself is in the task.</summary>
    internal JournalException? TakeJournalFault() => Interlocked.Exchange(ref _journalFault, null);

    /// <summary>Looks once.</summary>
    /// <param name="watches">The tasks to look at.</param>
    /// <param name="onlyLook">Whether no other look follows, so that fallbacks happen now.</param>
    /// <param name="token">Stops the look.</param>
    internal async Task<LookReport> RunAsync(IReadOnlyList<TaskWatch> watches, bool onlyLook, CancellationToken token)
    {
        var report = new LookReport();
        var waiting = new HashSet<TaskWatch>();
        await SendAllAsync([.. watches.Where(watch => watch.NeedsDetails).Select(watch => (IReadOnlyList<TaskWatch>)[watch])], report,
            batch => RequestJson.WriteGetTaskDetails(batch[0].TaskId), (batch, reply) => TakeDetails(batch[0], reply, report, waiting), token).ConfigureAwait(false);

        TaskWatch[] open = [.. watches.Where(watch => !waiting.Contains(watch))];
        var alone = new List<TaskWatch>(open.Where(watch => watch.Alone));
        await SendAllAsync(Chunks([.. open.Where(watch => !watch.Alone)]), report, WritePoll,
            (batch, reply) => TakeShared(batch, reply, report, onlyLook, alone), token).ConfigureAwait(false);

        await SendAllAsync([.. alone.Select(watch => (IReadOnlyList<TaskWatch>)[watch])], report, WritePoll,
            (batch, reply) => TakeAlone(batch[0], reply, report), token).ConfigureAwait(false);
        return report;
    }

    private static byte[] WritePoll(IReadOnlyList<TaskWatch> batch) => RequestJson.WriteGetResponse([.. batch.Select(watch => watch.TaskId)]);

    private static List<IReadOnlyList<TaskWatch>> Chunks(TaskWatch[] watches)
    {
        var chunks = new List<IReadOnlyList<TaskWatch>>();
        for (int start = 0; start < watches.Length; start += ChunkSize)
        {
            chunks.Add([.. watches.Skip(start).Take(ChunkSize)]);
        }

        return chunks;
    }

    private async Task SendAllAsync(List<IReadOnlyList<TaskWatch>> batches, LookReport report, Func<IReadOnlyList<TaskWatch>, byte[]> write,
        Action<IReadOnlyList<TaskWatch>, ApiReply> take, CancellationToken token)
    {
        for (int start = 0; start < batches.Count && !report.Stop; start += AtOnce)
        {
            IReadOnlyList<TaskWatch>[] now = [.. batches.Skip(start).Take(AtOnce)];
            ApiReply[] replies = await Task.WhenAll(now.Select(batch => api.SendSafelyAsync(RequestBody.FromBytes(write(batch)), token))).ConfigureAwait(false);
            for (int i = 0; i < now.Length; i++)
            {
                take(now[i], replies[i]);
            }
        }
    }

    private void TakeDetails(TaskWatch watch, ApiReply reply, LookReport report, HashSet<TaskWatch> waiting)
    {
        watch.DetailTries++;
        bool answered = ReplyReading.IsAnswered(reply);
        report.Count(reply, answered);
        if (!answered && watch.AwaitsDetails)
        {
            waiting.Add(watch);
        }

        if (SubmitRules.ProvesAcceptance(reply, watch.TaskId))
        {
            watch.Show();
        }

        Apply(watch, reply);
    }

    private void TakeShared(IReadOnlyList<TaskWatch> batch, ApiReply reply, LookReport report, bool onlyLook, List<TaskWatch> alone)
    {
        if (batch.Count > 1 && RefusesSharing(reply))
        {
            foreach (TaskWatch watch in batch)
            {
                watch.AskAlone();
                alone.Add(watch);
            }

            return;
        }

        bool answered = IsPollAnswered(batch, reply);
        report.Count(reply, answered);
        List<TaskWatch> leftOut = [];
        bool anyShown = false;
        foreach (TaskWatch watch in batch)
        {
            watch.SharedFaults = answered ? 0 : watch.SharedFaults + 1;
            if (Take(watch, reply, batch.Count))
            {
                anyShown = true;
            }
            else if (answered && batch.Count > 1 && watch.CountLeftOut(onlyLook))
            {
                leftOut.Add(watch);
            }
        }

        if (!answered && batch.Count > 1 && !report.Stop && batch[0].SharedFaults % FaultsBeforeProbe == 0)
        {
            // Perhaps the service cannot share at all and says so with a fault: one single question tells.
            leftOut.Add(Pick(batch));
        }
        else if (!anyShown && leftOut.Count > 0)
        {
            // An empty answer may just mean "not yet"; one single question tells before all are asked for alone.
            TaskWatch probe = Pick(leftOut);
            foreach (TaskWatch watch in batch.Where(watch => watch != probe))
            {
                watch.AloneToldNothing();
            }

            leftOut = [probe];
        }

        foreach (TaskWatch watch in leftOut)
        {
            watch.AskAlone();
            alone.Add(watch);
        }
    }

    private void TakeAlone(TaskWatch watch, ApiReply reply, LookReport report)
    {
        bool answered = IsPollAnswered([watch], reply);
        report.Count(reply, answered);
        if (!Take(watch, reply, 1) && answered)
        {
            watch.AloneToldNothing();
        }
    }

    private TaskWatch Pick(IReadOnlyList<TaskWatch> watches) => watches[(int)(clock.NextDouble() * watches.Count)];

    private static bool RefusesSharing(ApiReply reply) =>
        reply.Outcome == ApiOutcome.Envelope && !ReplyReading.HasCallStatus(reply) && reply.Items.Count == 0 && reply.Errors.Count > 0
        && !reply.Errors.Any(ReplyReading.IsSessionError)
        && (reply.HttpStatus >= 400 || reply.Errors.All(error => error.TaskId is null));

    private static bool IsPollAnswered(IReadOnlyList<TaskWatch> batch, ApiReply reply) =>
        reply.Outcome == ApiOutcome.Envelope && !ReplyReading.HasCallStatus(reply)
        && (reply.Items.Count > 0 || reply.Errors.Count == 0
            || reply.Errors.Any(error => error.TaskId is not null ? !ReplyReading.IsCallError(error) : batch.Count == 1 && ReplyReading.IsNotFound(error)));

    /// <summary>Takes what a reply says of one task; false when it does not mention it.</summary>
    private bool Take(TaskWatch watch, ApiReply reply, int asked)
    {
        if (reply.Stored is null && ReplyReading.IsOnlyRunning(reply, watch.TaskId) && watch.Tasks.TrueForAll(TaskState.IsRunning))
        {
            // Nearly every look at nearly every task: it goes on, and nothing is to be put into it.
            watch.Show();
            return true;
        }

        bool shown = reply.Items.Any(item => item.TaskId == watch.TaskId)
            || reply.Errors.Any(error => error.TaskId == watch.TaskId && ReplyReading.IsFailureOf(reply, error, watch.TaskId));
        bool notFound = !shown && !ReplyReading.HasCallStatus(reply)
            && reply.Errors.Any(error => ReplyReading.IsNotFound(error) && (error.TaskId == watch.TaskId || (error.TaskId is null && asked == 1)));
        if (shown)
        {
            watch.Show();
        }
        else if (notFound)
        {
            watch.CountNotFound(clock.UtcNow);
        }

        Apply(watch, reply);
        return shown || notFound || reply.Errors.Any(error => error.TaskId == watch.TaskId);
    }

    private void Apply(TaskWatch watch, ApiReply reply)
    {
        bool record = true;
        foreach (KlingTask task in watch.Tasks)
        {
            KlingTask? changed = null;
            BillingState before;
            lock (task)
            {
                before = task.BillingState;
                if (TaskState.Apply(task, reply, clock.UtcNow))
                {
                    changed = task.Snapshot();
                }
            }

            if (changed is not null && record)
            {
                Record(changed, before);
                record = false;
            }
        }
    }

    private void Record(KlingTask task, BillingState before)
    {
        JournalEvent what = task.IsTerminal ? JournalEvent.Ended
            : task.BillingState == BillingState.Accepted && before is BillingState.Unknown or BillingState.NotCharged ? JournalEvent.Accepted
            : JournalEvent.Progress;
        try
        {
            journal.Append(what, task);
        }
        catch (JournalException failure)
        {
            // The result is in the task and goes to the caller; that it is not on disk is reported after that.
            Interlocked.CompareExchange(ref _journalFault, failure, null);
        }
    }
}

/// <summary>How the requests of one look went.</summary>
internal sealed class LookReport
{
    /// <summary>How many requests got an answer.</summary>
    internal int Answered { get; private set; }

    /// <summary>The last reply that was no answer; null when all were.</summary>
    internal ApiReply? Fault { get; private set; }

    /// <summary>The longest time the service asked to wait.</summary>
    internal TimeSpan? RetryAfter { get; private set; }

    /// <summary>Whether more requests of this look would only meet the same: no connection, no key, no credit, too fast.</summary>
    internal bool Stop { get; private set; }

    internal void Count(ApiReply reply, bool answered)
    {
        if (reply.RetryAfter is TimeSpan asked && !(RetryAfter >= asked))
        {
            RetryAfter = asked;
        }

        if (answered)
        {
            Answered++;
            return;
        }

        Fault = reply;
        Stop |= reply.Outcome == ApiOutcome.Unsent || reply.RetryAfter is not null || reply.HttpStatus is 401 or 402 or 403 or 429
            || reply.Errors.Any(ReplyReading.IsSessionError);
    }
}

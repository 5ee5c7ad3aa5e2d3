using Kling.Client;
using Kling.Requests;
using Kling.Submit;
using Kling.Wire;

namespace Kling.Polling;

/// <summary>
/// One round of requests about many tasks: the archive about tasks whose request is not known, then shared requests of up to
/// 50 ids, then requests of one id where sharing did not work. It puts the answers into the tasks. It is used once, and then
/// tells how it went. <paramref name="record"/> gets the changed tasks, each with its billing state from before. <paramref name="isOneShot"/> says that
/// no other round follows; then an id that was left out is asked for alone at once.
/// </summary>
internal sealed class StatusRound(IKlingApi api, IClock clock, Action<IReadOnlyList<(KlingTask Task, string Before)>> record, bool isOneShot)
{
    private const int MostShared = 50;
    private const int AtOnce = 4;
    private const int FaultsBeforeProbe = 3;

    private readonly HashSet<WatchedTask> _postponed = [];
    private readonly List<WatchedTask> _alone = [];
    private readonly List<(KlingTask Task, string Before)> _changes = [];

    // Whether more HTTP requests would only meet the same: no connection, no key, no credit, too fast.
    private bool _stop;

    /// <summary>How many HTTP requests got an answer.</summary>
    internal int Answered { get; private set; }

    /// <summary>The last reply that was no answer; null when all were.</summary>
    internal ApiReply? Fault { get; private set; }

    /// <summary>The longest time that the service asked to wait.</summary>
    internal TimeSpan? RetryAfter { get; private set; }

    /// <summary>Whether the service gave no answer at all.</summary>
    internal bool IsUnanswered => Answered == 0 && Fault is not null;

    internal async Task SendAsync(IReadOnlyList<WatchedTask> tasks, CancellationToken token)
    {
        await SendAllAsync([.. tasks.Where(watched => watched.NeedsDetails).Chunk(1)],
            batch => RequestJson.WriteGetTaskDetails(batch[0].TaskId), TakeDetails, token).ConfigureAwait(false);

        WatchedTask[] open = [.. tasks.Where(watched => !_postponed.Contains(watched))];
        _alone.AddRange(open.Where(watched => watched.Alone));
        await SendAllAsync([.. open.Where(watched => !watched.Alone).Chunk(MostShared)], WritePoll, TakeShared, token).ConfigureAwait(false);
        await SendAllAsync([.. _alone.Chunk(1)], WritePoll, TakeAlone, token).ConfigureAwait(false);
    }

    private static byte[] WritePoll(WatchedTask[] batch) => RequestJson.WriteGetResponse([.. batch.Select(watched => watched.TaskId)]);

    private async Task SendAllAsync(
        WatchedTask[][] batches, Func<WatchedTask[], byte[]> write, Action<WatchedTask[], ApiReply> take, CancellationToken token)
    {
        for (int start = 0; start < batches.Length && !_stop; start += AtOnce)
        {
            WatchedTask[][] now = [.. batches.Skip(start).Take(AtOnce)];
            ApiReply[] replies = await Task.WhenAll(now.Select(batch => api.SendSafelyAsync(RequestBody.FromBytes(write(batch)), token))).ConfigureAwait(false);
            for (int i = 0; i < now.Length; i++)
            {
                take(now[i], replies[i]);
            }

            if (_changes.Count > 0)
            {
                record(_changes);
                _changes.Clear();
            }
        }
    }

    private void TakeDetails(WatchedTask[] batch, ApiReply reply)
    {
        WatchedTask watched = batch[0];
        watched.DetailTries++;
        bool answered = ReplyReading.IsAnswered(reply);
        watched.ArchiveAnswers += answered ? 1 : 0;
        Count(reply, answered);
        if (!answered && watched.AwaitsDetails)
        {
            _postponed.Add(watched);
        }

        if (SubmitRules.ProvesAcceptance(reply, watched.TaskId))
        {
            watched.Show();
        }

        Apply(watched, reply);
    }

    private void TakeShared(WatchedTask[] batch, ApiReply reply)
    {
        if (batch.Length > 1 && RefusesSharing(reply))
        {
            AskAlone(batch);
            return;
        }

        bool answered = IsPollAnswered(batch, reply);
        Count(reply, answered);
        List<WatchedTask> leftOut = [];
        bool anyShown = false;
        foreach (WatchedTask watched in batch)
        {
            watched.SharedFaults = answered ? 0 : watched.SharedFaults + 1;
            if (Take(watched, reply, batch.Length))
            {
                anyShown = true;
                continue;
            }

            if (answered)
            {
                watched.CountUnproven(clock.Steady);
            }

            if (answered && batch.Length > 1 && watched.CountLeftOut(isOneShot))
            {
                leftOut.Add(watched);
            }
        }

        if (!answered && batch.Length > 1 && !_stop && batch[0].SharedFaults % FaultsBeforeProbe == 0)
        {
            // Perhaps the service cannot share at all, and a fault is how it says so. Asking for one id tells.
            leftOut.Add(Pick(batch));
        }
        else if (!anyShown && leftOut.Count > 0)
        {
            // An empty answer may only mean "not yet". Asking for one id tells, before all are asked for alone.
            WatchedTask probe = Pick(leftOut);
            foreach (WatchedTask watched in batch.Where(watched => watched != probe))
            {
                watched.AloneToldNothing();
            }

            leftOut = [probe];
        }

        AskAlone(leftOut);
    }

    private void TakeAlone(WatchedTask[] batch, ApiReply reply)
    {
        bool answered = IsPollAnswered(batch, reply);
        Count(reply, answered);
        if (!Take(batch[0], reply, 1) && answered)
        {
            batch[0].AloneToldNothing();
            batch[0].CountUnproven(clock.Steady);
        }
    }

    private void AskAlone(IEnumerable<WatchedTask> tasks)
    {
        foreach (WatchedTask watched in tasks)
        {
            watched.Alone = true;
            _alone.Add(watched);
        }
    }

    private WatchedTask Pick(IReadOnlyList<WatchedTask> tasks) => tasks[(int)(clock.NextDouble() * tasks.Count)];

    private void Count(ApiReply reply, bool answered)
    {
        RetryAfter = RetryAfterReader.Longer(RetryAfter, reply.RetryAfter);
        if (answered)
        {
            Answered++;
            return;
        }

        Fault = reply;
        _stop |= reply.Outcome == ApiOutcome.Unsent || reply.RetryAfter is not null || reply.HttpStatus is 401 or 402 or 403 or 429
            || reply.Errors.Any(ReplyReading.IsSessionError);
    }

    private static bool RefusesSharing(ApiReply reply) =>
        reply.Outcome == ApiOutcome.Envelope && !ReplyReading.HasCallStatus(reply) && reply.Items.Count == 0 && reply.Errors.Count > 0
        && !reply.Errors.Any(ReplyReading.IsSessionError)
        && (reply.HttpStatus >= 400 || reply.Errors.All(error => error.TaskId is null));

    private static bool IsPollAnswered(WatchedTask[] batch, ApiReply reply) =>
        reply.Outcome == ApiOutcome.Envelope && !ReplyReading.HasCallStatus(reply)
        && (reply.Items.Count > 0 || reply.Errors.Count == 0 || reply.Errors.Any(error => error.TaskId is not null
            ? !ReplyReading.IsCallError(error)
            : batch.Length == 1 && ReplyReading.IsNotFound(error)));

    /// <summary>Takes what a reply says of one task; false when it does not mention the task.</summary>
    private bool Take(WatchedTask watched, ApiReply reply, int asked)
    {
        if (reply.Stored is null && ReplyReading.IsOnlyRunning(reply, watched.TaskId) && Array.TrueForAll(watched.Tasks, TaskState.IsRunning))
        {
            // This is so for nearly every task of nearly every reply: it goes on, and nothing in it changes.
            watched.Show();
            return true;
        }

        bool shown = reply.Items.Any(item => item.TaskId == watched.TaskId)
            || reply.Errors.Any(error => ReplyReading.IsFailureOf(reply, error, watched.TaskId));
        bool notFound = !shown && !ReplyReading.HasCallStatus(reply) && reply.Errors.Any(error =>
            ReplyReading.IsNotFound(error) && (error.TaskId == watched.TaskId || (error.TaskId is null && asked == 1)));
        if (shown && (watched.Seen || Array.Exists(watched.Tasks, static task => task.BillingState is BillingState.Accepted or BillingState.Billed)
            || SubmitRules.ProvesAcceptance(reply, watched.TaskId)))
        {
            watched.Show();
        }
        else if (shown)
        {
            // "Processing" is answered for ids that were never submitted, too.
            watched.CountUnproven(clock.Steady);
        }
        else if (notFound)
        {
            watched.CountNotFound(clock.Steady);
        }

        Apply(watched, reply);
        return shown || notFound || reply.Errors.Any(error => error.TaskId == watched.TaskId);
    }

    private void Apply(WatchedTask watched, ApiReply reply)
    {
        bool isNoted = false;
        foreach (KlingTask task in watched.Tasks)
        {
            lock (task)
            {
                string before = task.BillingState;
                if (TaskState.Apply(task, reply, clock.UtcNow) && !isNoted)
                {
                    _changes.Add((task.Snapshot(), before));
                    isNoted = true;
                }
            }
        }
    }
}

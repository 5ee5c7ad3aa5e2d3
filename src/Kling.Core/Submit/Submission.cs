using Kling.Client;
using Kling.Journal;
using Kling.Models;
using Kling.Requests;
using Kling.Support;
using Kling.Wire;

namespace Kling.Submit;

/// <summary>One task on its way to the service; see <see cref="TaskSubmitter"/> for the rule.</summary>
internal sealed class Submission(IKlingApi api, ITaskJournal journal, IClock clock, SubmitLimits limits, SubmitGate gate, EngineLog log, KlingTask task, RequestBody body)
{
    private readonly AcceptanceLook _look = new(api, clock, limits, log);
    private readonly SubmissionRecord _record = new(journal, clock, task);
    private DateTimeOffset _start;
    private int _attempts;
    private int _unsent;

    // Whether an attempt may have reached the service: makes a conflict proof of acceptance.
    private bool _mayHaveArrived;

    // Whether an attempt ended without a clear answer: from then on only proof may end in NotCharged.
    private bool _mayBeCharged;
    private bool _mustLook;
    private bool _posting;

    // Ends pauses, and with them what would follow; the first attempt and what is on its way go on.
    private CancellationToken _pauses;

    /// <summary>Whether to look once before the first attempt, because somebody else may have sent this id.</summary>
    internal bool LooksFirst { get; init; }

    internal async Task RunAsync(CancellationToken ending, CancellationToken token)
    {
        if (task.BillingState is BillingState.Accepted or BillingState.Billed)
        {
            throw new InvalidOperationException($"Task {task.TaskId:D} was accepted before; it is not sent again.");
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(token, ending);
        _pauses = either.Token;
        token.ThrowIfCancellationRequested();
        _mayHaveArrived = _mayBeCharged = _record.SentBefore;
        _mustLook = _record.SentBefore || LooksFirst;
        _record.Intent();
        _start = clock.UtcNow;
        try
        {
            await AttemptAsync(token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _record.Abandon(_posting || _mayBeCharged);
            throw;
        }
    }

    private async Task AttemptAsync(CancellationToken token)
    {
        ApiReply? last = null;
        while (true)
        {
            (_attempts == 0 ? token : _pauses).ThrowIfCancellationRequested();
            if (_mustLook)
            {
                LookRound round = await _look.RunAsync(task.TaskId, settles: _mayBeCharged, token).ConfigureAwait(false);
                if (round.Proof)
                {
                    _record.Accept();
                    return;
                }

                if (!round.Answered && await MayLookAgainAsync(round).ConfigureAwait(false))
                {
                    continue;
                }

                if (!round.Answered || !HasAttemptsLeft)
                {
                    throw EndUnseen(last ?? round.Last);
                }

                _mustLook = false;
            }

            last = await PostAsync(token).ConfigureAwait(false) ?? throw EndHeldBack(last);
            if (await SettleAsync(last, token).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    private bool HasAttemptsLeft => _attempts < limits.Attempts && TimeLeft > TimeSpan.Zero;

    private TimeSpan TimeLeft => _start + limits.Window - clock.UtcNow;

    /// <summary>Without a look that found nothing we never send again: if the service charges a repeated id, this is what prevents paying twice.</summary>
    private async Task<bool> MayLookAgainAsync(LookRound round)
    {
        // Where nothing is at stake yet, no more time is spent on it than on a POST that fails like this.
        _unsent += round.Last?.Outcome == ApiOutcome.Unsent ? 1 : 0;
        bool refused = round.Last is ApiReply last && ReplyReading.IsRefusedSession(last);
        if (!HasAttemptsLeft || (!_mayBeCharged && (refused || _unsent >= limits.UnsentAttempts)))
        {
            return false;
        }

        _attempts++;
        return await PauseAsync(round.Last).ConfigureAwait(false);
    }

    /// <summary>One POST; null where the service asked for more time than there is, so that nothing was sent.</summary>
    private async Task<ApiReply?> PostAsync(CancellationToken token)
    {
        if (!await gate.EnterAsync(TimeLeft, _pauses).ConfigureAwait(false))
        {
            return null;
        }

        ApiReply? reply = null;
        try
        {
            _attempts++;
            _posting = true;
            reply = await api.SendSafelyAsync(body, token).ConfigureAwait(false);
            _posting = false;
            return reply;
        }
        finally
        {
            gate.Leave(reply);
        }
    }

    /// <summary>Draws the conclusion of one attempt; true when the task is accepted, false when there is to be another attempt.</summary>
    private async Task<bool> SettleAsync(ApiReply reply, CancellationToken token)
    {
        SubmitVerdict verdict = RetryPolicy.Classify(reply, task.TaskId, _mayHaveArrived);
        _mayHaveArrived |= verdict != SubmitVerdict.Unsent;
        switch (verdict)
        {
            case SubmitVerdict.Acknowledged or SubmitVerdict.Conflict:
                _record.Accept();
                return true;
            case SubmitVerdict.Refused:
                return await EndRefusedAsync(reply, token).ConfigureAwait(false);
            case SubmitVerdict.RetryLater:
                return (!HasAttemptsLeft || !await PauseAsync(reply).ConfigureAwait(false))
                    && await EndUnacceptedAsync(KlingErrorCategory.RateLimit,
                        $"The service kept refusing task {task.TaskId:D} for now ({SubmitErrors.Reason(reply)}).", reply, token).ConfigureAwait(false);
            case SubmitVerdict.Unsent:
                return await SettleUnsentAsync(reply, token).ConfigureAwait(false);
            default:
                _mayBeCharged = true;
                _mustLook = true;

                // It asks for more time than there is: even a look would come too early.
                return reply.RetryAfter is null || await PauseAsync(reply).ConfigureAwait(false)
                    ? false
                    : throw _record.Unknown(SubmitErrors.CategoryOf(reply), reply);
        }
    }

    private async Task<bool> SettleUnsentAsync(ApiReply reply, CancellationToken token)
    {
        if (reply.BodyChanged)
        {
            return await EndUnacceptedAsync(KlingErrorCategory.Validation,
                $"Task {task.TaskId:D} was not sent: {SubmitErrors.Reason(reply)}", reply, token).ConfigureAwait(false);
        }

        _unsent++;
        bool again = _unsent < limits.UnsentAttempts && HasAttemptsLeft && await PauseAsync(reply).ConfigureAwait(false);
        return !again && await EndUnacceptedAsync(KlingErrorCategory.Connection,
            $"The service could not be reached for task {task.TaskId:D} ({SubmitErrors.Reason(reply)}).", reply, token).ConfigureAwait(false);
    }

    /// <summary>Waits before the next attempt; false when the service asks for more time than is left.</summary>
    private async Task<bool> PauseAsync(ApiReply? reply)
    {
        // The attempts are counted here, so the policy is asked only for the length of the pause.
        TimeSpan pause = reply?.RetryAfter
            ?? RetryPolicy.NextDelay(Math.Max(1, _attempts), reply ?? new ApiReply(), clock.NextDouble(), int.MaxValue)
            ?? TimeSpan.FromSeconds(1);
        log.Decide($"Task {task.TaskId:D}: attempt {_attempts} failed ({SubmitErrors.Reason(reply)}); where there is time, the next look or attempt is in {pause.TotalSeconds:0.#} s.");
        if (pause > TimeLeft)
        {
            return false;
        }

        await clock.DelayAsync(pause, _pauses).ConfigureAwait(false);
        return true;
    }

    private async Task<bool> EndRefusedAsync(ApiReply reply, CancellationToken token)
    {
        // Something used this id before: a proxy that repeated our request, or another machine. Neither is a refusal to charge.
        if (RetryPolicy.IsConflict(reply, task.TaskId))
        {
            throw _record.Unknown(KlingErrorCategory.Conflict, reply);
        }

        KlingErrorCategory category = SubmitErrors.CategoryOf(reply);
        string what = $"The service refused task {task.TaskId:D}: {SubmitErrors.Reason(reply)}.";

        // An attempt of another process may have had other bytes; what is refused now says nothing about it.
        if (_mayBeCharged && !_record.SentBefore && RepeatedRefusal.CoversEarlierAttempts(reply))
        {
            throw _record.NotCharged(category, what, reply);
        }

        return await EndUnacceptedAsync(category, what, reply, token).ConfigureAwait(false);
    }

    /// <summary>Ends without an acceptance: NotCharged where every attempt is accounted for, else one more look and Unknown.</summary>
    private async Task<bool> EndUnacceptedAsync(KlingErrorCategory category, string what, ApiReply reply, CancellationToken token)
    {
        if (!_mayBeCharged)
        {
            throw _record.NotCharged(category, what, reply);
        }

        if (reply.RetryAfter is not null && !await PauseAsync(reply).ConfigureAwait(false))
        {
            throw _record.Unknown(category, reply);
        }

        LookRound round = await _look.RunAsync(task.TaskId, settles: true, token).ConfigureAwait(false);
        if (!round.Proof)
        {
            throw _record.Unknown(category, reply);
        }

        _record.Accept();
        return true;
    }

    /// <summary>Ends because no look told anything, so that nothing may be sent.</summary>
    private KlingApiException EndUnseen(ApiReply? reply) => _mayBeCharged
        ? _record.Unknown(SubmitErrors.CategoryOf(reply), reply)
        : _record.NotCharged(SubmitErrors.CategoryOf(reply),
            $"Task {task.TaskId:D} was not sent: whether the service has it already could not be asked ({SubmitErrors.Reason(reply)}).", reply);

    /// <summary>Ends because the service asked for more time, in its answer to another task, than this one may take.</summary>
    private KlingApiException EndHeldBack(ApiReply? last) => _mayBeCharged
        ? _record.Unknown(KlingErrorCategory.RateLimit, last)
        : _record.NotCharged(KlingErrorCategory.RateLimit,
            $"Task {task.TaskId:D} was not sent: the service asked to wait longer than an attempt may take.", last);
}

/// <summary>What one submission writes into its task and the journal, at its start and at each of its ends.</summary>
internal sealed class SubmissionRecord(ITaskJournal journal, IClock clock, KlingTask task)
{
    /// <summary>Whether the task was sent before: by this machine, as far as its record tells.</summary>
    internal bool SentBefore { get; } = task.BillingState == BillingState.Unknown;

    /// <summary>Writes the intent; where that fails, nothing may be sent.</summary>
    internal void Intent()
    {
        lock (task)
        {
            // Written as Unknown: that is what it is for whoever finds this record after a crash.
            task.Status = KlingTaskStatus.Submitting;
            task.BillingState = BillingState.Unknown;
            task.Errors = [];
            task.CompletedAt = null;
        }

        try
        {
            journal.Append(JournalEvent.Intent, task);
        }
        catch
        {
            SetStates(SentBefore ? KlingTaskStatus.Unknown : KlingTaskStatus.Failed, SentBefore ? BillingState.Unknown : BillingState.NotCharged);
            throw;
        }
    }

    /// <summary>The service has the task.</summary>
    internal void Accept()
    {
        lock (task)
        {
            task.Status = KlingTaskStatus.Processing;
            task.BillingState = BillingState.Accepted;
            task.SubmittedAt = clock.UtcNow;
            task.Errors = [];
        }

        journal.Append(JournalEvent.Accepted, task);
    }

    /// <summary>Every attempt is accounted for, and none was accepted.</summary>
    internal KlingApiException NotCharged(KlingErrorCategory category, string what, ApiReply? reply)
    {
        lock (task)
        {
            task.Status = KlingTaskStatus.Failed;
            task.BillingState = BillingState.NotCharged;
            task.Errors = [.. reply?.Errors ?? []];
            task.CompletedAt = clock.UtcNow;
        }

        Exception? inner = reply is { BodyChanged: true } ? new BodyChangedException(SubmitErrors.Reason(reply)) : null;
        return SubmitErrors.NotCharged(task.TaskId, category, what, reply, TryAppend(JournalEvent.NotCharged) ?? inner);
    }

    /// <summary>It could not be found out.</summary>
    internal KlingApiException Unknown(KlingErrorCategory category, ApiReply? reply)
    {
        SetStates(KlingTaskStatus.Unknown, BillingState.Unknown);
        return SubmitErrors.Unknown(task.TaskId, category, reply, TryAppend(JournalEvent.Unknown));
    }

    /// <summary>Leaves on cancellation: the record stays an open intent, unless every attempt so far provably came to nothing.</summary>
    internal void Abandon(bool mayBeCharged)
    {
        if (mayBeCharged)
        {
            SetStates(KlingTaskStatus.Unknown, BillingState.Unknown);
            return;
        }

        SetStates(KlingTaskStatus.Failed, BillingState.NotCharged);
        TryAppend(JournalEvent.NotCharged);
    }

    private void SetStates(KlingTaskStatus status, BillingState billing)
    {
        lock (task)
        {
            task.Status = status;
            task.BillingState = billing;
        }
    }

    /// <summary>Records an end that loses nothing if it stays unrecorded: the open intent reads as Unknown, the careful side.</summary>
    private JournalException? TryAppend(JournalEvent what)
    {
        try
        {
            journal.Append(what, task);
            return null;
        }
        catch (JournalException failure)
        {
            return failure;
        }
    }
}

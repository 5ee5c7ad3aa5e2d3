using Kling.Client;
using Kling.Journal;
using Kling.Models;
using Kling.Requests;
using Kling.Support;

namespace Kling.Tasks;

/// <summary>One task on its way to the service; see <see cref="TaskSubmitter"/> for the rule.</summary>
internal sealed class Submission(IKlingApi api, ITaskJournal journal, IClock clock, SubmitLimits limits, SubmitGate gate, EngineLog log, KlingTask task, RequestBody body)
{
    private readonly AcceptanceLook _look = new(api, clock, limits, log);
    private readonly bool _sentBefore = task.BillingState == BillingState.Unknown;
    private DateTimeOffset _start;
    private int _attempts;
    private int _unsent;

    // Whether an attempt may have reached the service: makes a conflict proof of acceptance.
    private bool _mayHaveArrived;

    // Whether an attempt ended without a clear answer: from then on only proof may end in NotCharged.
    private bool _mayBeCharged;
    private bool _mustLook;
    private bool _posting;

    internal async Task RunAsync(CancellationToken token)
    {
        if (task.BillingState is BillingState.Accepted or BillingState.Billed)
        {
            throw new InvalidOperationException($"Task {task.TaskId:D} was accepted before; it is not sent again.");
        }

        token.ThrowIfCancellationRequested();
        _mayHaveArrived = _mayBeCharged = _mustLook = _sentBefore;
        RecordIntent();
        _start = clock.UtcNow;
        try
        {
            await AttemptAsync(token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Abandon();
            throw;
        }
    }

    private async Task AttemptAsync(CancellationToken token)
    {
        ApiReply? last = null;
        while (true)
        {
            token.ThrowIfCancellationRequested();
            if (_mustLook)
            {
                LookRound round = await _look.RunAsync(task.TaskId, token).ConfigureAwait(false);
                if (round.Proof)
                {
                    Accept();
                    return;
                }

                if (!HasAttemptsLeft)
                {
                    throw EndUnknown(SubmitErrors.CategoryOf(last ?? round.Last), last ?? round.Last);
                }

                if (!round.Answered)
                {
                    // Blind, nothing may be sent again: where a repeated id is charged, this is what keeps it from being paid twice.
                    _attempts++;
                    if (!await PauseAsync(round.Last, token).ConfigureAwait(false))
                    {
                        throw EndUnknown(SubmitErrors.CategoryOf(last ?? round.Last), last ?? round.Last);
                    }

                    continue;
                }

                _mustLook = false;
            }

            last = await PostAsync(token).ConfigureAwait(false);
            if (await SettleAsync(last, token).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    private bool HasAttemptsLeft => _attempts < limits.Attempts && clock.UtcNow - _start < limits.Window;

    private async Task<ApiReply> PostAsync(CancellationToken token)
    {
        await gate.EnterAsync(token).ConfigureAwait(false);
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
        SubmitVerdict verdict = RetryPolicy.Classify(reply, task.TaskId, _mayHaveArrived, earlierUnclear: false);
        _mayHaveArrived |= verdict != SubmitVerdict.Unsent;
        switch (verdict)
        {
            case SubmitVerdict.Acknowledged or SubmitVerdict.Conflict:
                Accept();
                return true;
            case SubmitVerdict.Refused:
                return await EndRefusedAsync(reply, token).ConfigureAwait(false);
            case SubmitVerdict.RetryLater:
                return (!HasAttemptsLeft || !await PauseAsync(reply, token).ConfigureAwait(false))
                    && await EndUnacceptedAsync(KlingErrorCategory.RateLimit,
                        $"The service kept refusing task {task.TaskId:D} for now ({SubmitErrors.Reason(reply)}).", reply, token).ConfigureAwait(false);
            case SubmitVerdict.Unsent:
                return await SettleUnsentAsync(reply, token).ConfigureAwait(false);
            default:
                _mayBeCharged = true;
                _mustLook = true;
                if (reply.RetryAfter is not null && !await PauseAsync(reply, token).ConfigureAwait(false))
                {
                    // It asks for more time than there is: look once more, but do not send before that time.
                    _attempts = limits.Attempts;
                }

                return false;
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
        bool again = _unsent < limits.UnsentAttempts && HasAttemptsLeft && await PauseAsync(reply, token).ConfigureAwait(false);
        return !again && await EndUnacceptedAsync(KlingErrorCategory.Connection,
            $"The service could not be reached for task {task.TaskId:D} ({SubmitErrors.Reason(reply)}).", reply, token).ConfigureAwait(false);
    }

    /// <summary>Waits before the next attempt; false when the service asks for more time than is left.</summary>
    private async Task<bool> PauseAsync(ApiReply? reply, CancellationToken token)
    {
        // The attempts are counted here, so the policy is asked only for the length of the pause.
        TimeSpan pause = reply?.RetryAfter
            ?? RetryPolicy.NextDelay(Math.Max(1, _attempts), reply ?? new ApiReply(), clock.NextDouble(), int.MaxValue)
            ?? TimeSpan.FromSeconds(1);
        log.Decide($"Task {task.TaskId:D}: attempt {_attempts} failed ({SubmitErrors.Reason(reply)}); where there is time, the next look or attempt is in {pause.TotalSeconds:0.#} s.");
        if (clock.UtcNow + pause - _start > limits.Window)
        {
            return false;
        }

        await clock.DelayAsync(pause, token).ConfigureAwait(false);
        return true;
    }

    private async Task<bool> EndRefusedAsync(ApiReply reply, CancellationToken token)
    {
        KlingErrorCategory category = SubmitErrors.CategoryOf(reply);
        string what = $"The service refused task {task.TaskId:D}: {SubmitErrors.Reason(reply)}.";

        // Something used this id before: a proxy that repeated our request, or another machine. Neither is a refusal to charge.
        if (category == KlingErrorCategory.Conflict)
        {
            throw EndUnknown(category, reply);
        }

        // An attempt of another process may have had other bytes; what is refused now says nothing about it.
        if (_mayBeCharged && !_sentBefore && RepeatedRefusal.CoversEarlierAttempts(reply))
        {
            throw EndNotCharged(category, what, reply, null);
        }

        return await EndUnacceptedAsync(category, what, reply, token).ConfigureAwait(false);
    }

    /// <summary>Ends without an acceptance: NotCharged where every attempt is accounted for, else one more look and Unknown.</summary>
    private async Task<bool> EndUnacceptedAsync(KlingErrorCategory category, string what, ApiReply reply, CancellationToken token)
    {
        if (!_mayBeCharged)
        {
            throw EndNotCharged(category, what, reply, reply.BodyChanged ? new BodyChangedException(SubmitErrors.Reason(reply)) : null);
        }

        LookRound round = await _look.RunAsync(task.TaskId, token).ConfigureAwait(false);
        if (!round.Proof)
        {
            throw EndUnknown(category, reply);
        }

        Accept();
        return true;
    }

    private void RecordIntent()
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
            SetStates(_sentBefore ? KlingTaskStatus.Unknown : KlingTaskStatus.Failed, _sentBefore ? BillingState.Unknown : BillingState.NotCharged);
            throw;
        }
    }

    private void Accept()
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

    private KlingApiException EndNotCharged(KlingErrorCategory category, string what, ApiReply reply, Exception? inner)
    {
        lock (task)
        {
            task.Status = KlingTaskStatus.Failed;
            task.BillingState = BillingState.NotCharged;
            task.Errors = [.. reply.Errors];
            task.CompletedAt = clock.UtcNow;
        }

        return SubmitErrors.NotCharged(task.TaskId, category, what, reply, TryAppend(JournalEvent.NotCharged) ?? inner);
    }

    private KlingApiException EndUnknown(KlingErrorCategory category, ApiReply? reply)
    {
        SetStates(KlingTaskStatus.Unknown, BillingState.Unknown);
        return SubmitErrors.Unknown(task.TaskId, category, reply, TryAppend(JournalEvent.Unknown));
    }

    /// <summary>Leaves on cancellation: the record stays an open intent, unless every attempt so far provably came to nothing.</summary>
    private void Abandon()
    {
        if (_posting || _mayBeCharged)
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

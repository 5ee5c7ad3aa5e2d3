using Kling.Journal;
using Kling.Requests;
using Kling.Wire;

namespace Kling.Submit;

/// <summary>
/// One task on its way to the service: its attempts, its looks, and what they write into the task and the journal.
/// <see cref="TaskSubmitter"/> states the rule.
/// </summary>
/// <param name="shared">What all tasks share.</param>
/// <param name="task">The task.</param>
/// <param name="body">The request's bytes.</param>
/// <param name="softStop">Ends pauses, and what would follow them; the first attempt and a request on its way go on.</param>
/// <param name="token">Stops at once.</param>
internal sealed class Submission(TaskSubmitter shared, KlingTask task, RequestBody body, CancellationToken softStop, CancellationToken token)
{
    // A round of looks that got no answer counts as an attempt.
    private const int MostAttempts = 6;

    // Attempts that provably never left. A dead endpoint is not worth more.
    private const int MostUnsent = 3;

    // No attempt starts later than this after the first.
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(10);

    private readonly AcceptanceLook _look = new(shared.Api, shared.Clock, shared.Log);

    // Whether this machine sent the task before, as far as its record tells.
    private readonly bool _sentBefore = task.BillingState == BillingState.Unknown;

    private DateTimeOffset _start;
    private int _attempts;
    private int _unsent;

    // Whether an attempt may have reached the service. It makes a conflict the proof of acceptance.
    private bool _mayHaveArrived;

    // Whether an attempt ended without a clear answer. From then on, only proof may end in NotCharged.
    private bool _mayBeCharged;
    private bool _mustLook;
    private bool _posting;

    /// <summary>Records the intent, then sends and looks until the service has the task.</summary>
    /// <param name="looksFirst">Whether to look once before the first attempt, because somebody else may have sent this id.</param>
    internal async Task RunAsync(bool looksFirst)
    {
        _mayHaveArrived = _mayBeCharged = _sentBefore;
        _mustLook = _sentBefore || looksFirst;
        WriteIntent();
        _start = shared.Clock.UtcNow;
        try
        {
            await AttemptAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Abandon();
            throw;
        }
    }

    private async Task AttemptAsync()
    {
        ApiReply? last = null;
        while (true)
        {
            (_attempts == 0 ? token : softStop).ThrowIfCancellationRequested();
            if (_mustLook)
            {
                LookRound round = await _look.RunAsync(task.TaskId, settles: _mayBeCharged, token).ConfigureAwait(false);
                if (round.Proof)
                {
                    Accept();
                    return;
                }

                if (!round.Answered && await MayLookAgainAsync(round).ConfigureAwait(false))
                {
                    continue;
                }

                if (!round.Answered || !HasAttemptsLeft)
                {
                    ApiReply? told = last ?? round.Last;
                    throw End(ErrorCategorizer.OfFailedSubmit(told),
                        $"Task {task.TaskId:D} was not sent: whether the service has it already could not be asked ({CallErrors.Reason(told)}).", told);
                }

                _mustLook = false;
            }

            last = await PostAsync().ConfigureAwait(false) ?? throw End(KlingErrorCategory.RateLimit,
                $"Task {task.TaskId:D} was not sent: the service asked to wait longer than an attempt may take.", last);
            if (await SettleAsync(last).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    private bool HasAttemptsLeft => _attempts < MostAttempts && TimeLeft > TimeSpan.Zero;

    private TimeSpan TimeLeft => _start + s_window - shared.Clock.UtcNow;

    /// <summary>
    /// Whether to look again after looks without an answer. Nothing is sent until a look was answered and found nothing: if the service
    /// charges a repeated id, this is what prevents paying twice.
    /// </summary>
    private async Task<bool> MayLookAgainAsync(LookRound round)
    {
        // While nothing may be charged yet, this takes no more time than a POST that fails in the same way.
        _unsent += round.Last?.Outcome == ApiOutcome.Unsent ? 1 : 0;
        bool refused = round.Last is ApiReply last && ReplyReading.IsRefusedSession(last);
        if (!HasAttemptsLeft || (!_mayBeCharged && (refused || _unsent >= MostUnsent)))
        {
            return false;
        }

        _attempts++;
        return await PauseAsync(round.Last).ConfigureAwait(false);
    }

    /// <summary>Makes one POST. Null when the service, in its answer to another task, asked for more time than there is; then nothing was sent.</summary>
    private async Task<ApiReply?> PostAsync()
    {
        if (!await shared.Gate.EnterAsync(TimeLeft, softStop).ConfigureAwait(false))
        {
            return null;
        }

        ApiReply? reply = null;
        try
        {
            _attempts++;
            _posting = true;
            reply = await shared.Api.SendSafelyAsync(body, token).ConfigureAwait(false);
            _posting = false;
            return reply;
        }
        finally
        {
            shared.Gate.Leave(reply);
        }
    }

    /// <summary>Draws the conclusion of one attempt. True when the task is accepted, false when another attempt follows.</summary>
    private async Task<bool> SettleAsync(ApiReply reply)
    {
        SubmitVerdict verdict = SubmitRules.Classify(reply, task.TaskId, _mayHaveArrived);
        _mayHaveArrived |= verdict != SubmitVerdict.Unsent;
        switch (verdict)
        {
            case SubmitVerdict.Acknowledged or SubmitVerdict.Conflict:
                Accept();
                return true;
            case SubmitVerdict.Refused:
                return await EndRefusedAsync(reply).ConfigureAwait(false);
            case SubmitVerdict.RetryLater:
                return (!HasAttemptsLeft || !await PauseAsync(reply).ConfigureAwait(false))
                    && await EndUnacceptedAsync(KlingErrorCategory.RateLimit,
                        $"The service kept refusing task {task.TaskId:D} for now ({CallErrors.Reason(reply)}).", reply).ConfigureAwait(false);
            case SubmitVerdict.Unsent:
                return await SettleUnsentAsync(reply).ConfigureAwait(false);
            default:
                _mayBeCharged = true;
                _mustLook = true;

                // The service asks for more time than there is: even a look would come too early.
                return reply.RetryAfter is null || await PauseAsync(reply).ConfigureAwait(false)
                    ? false
                    : throw Unknown(ErrorCategorizer.OfFailedSubmit(reply), reply);
        }
    }

    private async Task<bool> SettleUnsentAsync(ApiReply reply)
    {
        if (reply.BodyChanged)
        {
            return await EndUnacceptedAsync(KlingErrorCategory.Validation,
                $"Task {task.TaskId:D} was not sent: {CallErrors.Reason(reply)}", reply).ConfigureAwait(false);
        }

        _unsent++;
        bool again = _unsent < MostUnsent && HasAttemptsLeft && await PauseAsync(reply).ConfigureAwait(false);
        return !again && await EndUnacceptedAsync(KlingErrorCategory.Connection,
            $"The service could not be reached for task {task.TaskId:D} ({CallErrors.Reason(reply)}).", reply).ConfigureAwait(false);
    }

    /// <summary>Waits before the next attempt; false when the service asks for more time than is left.</summary>
    private async Task<bool> PauseAsync(ApiReply? reply)
    {
        TimeSpan pause = reply?.RetryAfter ?? Backoff.Delay(_attempts, null, shared.Clock.NextDouble());
        string failed = $"Task {task.TaskId:D}: attempt {_attempts} failed ({CallErrors.Reason(reply)})";
        shared.Log.Decide($"{failed}; where there is time, the next look or attempt is in {pause.TotalSeconds:0.#} s.");
        if (pause > TimeLeft)
        {
            return false;
        }

        await shared.Clock.DelayAsync(pause, softStop).ConfigureAwait(false);
        return true;
    }

    private async Task<bool> EndRefusedAsync(ApiReply reply)
    {
        // Somebody used this id before: a proxy that repeated our request, or another machine. Neither proves that nothing is charged.
        if (SubmitRules.IsConflict(reply, task.TaskId))
        {
            throw Unknown(KlingErrorCategory.Conflict, reply);
        }

        KlingErrorCategory category = ErrorCategorizer.OfFailedSubmit(reply);
        string what = $"The service refused task {task.TaskId:D}: {CallErrors.Reason(reply)}.";

        // An attempt of another process may have had other bytes; what is refused now says nothing about it.
        if (_mayBeCharged && !_sentBefore && SubmitRules.CoversEarlierAttempts(reply))
        {
            throw NotCharged(category, what, reply);
        }

        return await EndUnacceptedAsync(category, what, reply).ConfigureAwait(false);
    }

    /// <summary>Ends without an acknowledgement: NotCharged where every attempt is accounted for, else Unknown, unless one more look finds the task.</summary>
    private async Task<bool> EndUnacceptedAsync(KlingErrorCategory category, string what, ApiReply reply)
    {
        if (!_mayBeCharged)
        {
            throw NotCharged(category, what, reply);
        }

        if (reply.RetryAfter is not null && !await PauseAsync(reply).ConfigureAwait(false))
        {
            throw Unknown(category, reply);
        }

        LookRound round = await _look.RunAsync(task.TaskId, settles: true, token).ConfigureAwait(false);
        if (!round.Proof)
        {
            throw Unknown(category, reply);
        }

        Accept();
        return true;
    }

    /// <summary>Ends without a further look: Unknown where an attempt may be charged, else NotCharged.</summary>
    private KlingApiException End(KlingErrorCategory category, string what, ApiReply? reply) =>
        _mayBeCharged ? Unknown(category, reply) : NotCharged(category, what, reply);

    /// <summary>Writes the intent; where that fails, nothing may be sent.</summary>
    private void WriteIntent()
    {
        lock (task)
        {
            // Written as Unknown: that is what it is for whoever finds this record after a crash.
            SetStates(KlingTaskStatus.Submitting, BillingState.Unknown);
            task.Errors = [];
            task.CompletedAt = null;
        }

        try
        {
            shared.Journal.Append(JournalEvent.Intent, task);
        }
        catch
        {
            SetStates(_sentBefore ? KlingTaskStatus.Unknown : KlingTaskStatus.Failed, _sentBefore ? BillingState.Unknown : BillingState.NotCharged);
            throw;
        }
    }

    /// <summary>The service has the task.</summary>
    private void Accept()
    {
        lock (task)
        {
            SetStates(KlingTaskStatus.Processing, BillingState.Accepted);
            task.SubmittedAt = shared.Clock.UtcNow;
            task.Errors = [];
        }

        shared.Journal.Append(JournalEvent.Accepted, task);
    }

    /// <summary>Every attempt is accounted for, and none was accepted.</summary>
    private KlingApiException NotCharged(KlingErrorCategory category, string what, ApiReply? reply)
    {
        lock (task)
        {
            SetStates(KlingTaskStatus.Failed, BillingState.NotCharged);
            task.Errors = [.. reply?.Errors ?? []];
            task.CompletedAt = shared.Clock.UtcNow;
        }

        Exception? inner = reply is { BodyChanged: true } ? new BodyChangedException(CallErrors.Reason(reply)) : null;
        inner = TryAppend(JournalEvent.NotCharged) ?? inner;
        return CallErrors.Of($"{what} Nothing was charged.", category, BillingState.NotCharged, reply, task.TaskId, inner);
    }

    /// <summary>Whether the service has the task could not be found out.</summary>
    private KlingApiException Unknown(KlingErrorCategory category, ApiReply? reply)
    {
        SetStates(KlingTaskStatus.Unknown, BillingState.Unknown);
        string what = $"It could not be found out whether the service accepted task {task.TaskId:D} ({CallErrors.Reason(reply)}); it may be charged.";
        return CallErrors.Of($"{what} {CallErrors.Exits(task.TaskId)}", category, BillingState.Unknown, reply, task.TaskId, TryAppend(JournalEvent.Unknown));
    }

    /// <summary>Leaves on cancellation. The record stays an open intent, unless every attempt so far provably came to nothing.</summary>
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

    /// <summary>Records an end. Nothing is lost where that fails: an open intent reads as Unknown, the careful side.</summary>
    private JournalException? TryAppend(JournalEvent what)
    {
        try
        {
            shared.Journal.Append(what, task);
            return null;
        }
        catch (JournalException failure)
        {
            return failure;
        }
    }
}

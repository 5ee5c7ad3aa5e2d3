using Kling.Journal;
using Kling.Requests;
using Kling.Wire;

namespace Kling.Submit;

/// <summary>
/// One task on its way to the service: its attempts, its looks, and what they write into the task and the journal.
/// <see cref="TaskSubmitter"/> states the rule.
/// </summary>
/// <remarks>
/// <paramref name="ending"/> ends every pause and allows no second attempt. The first attempt is still made where nothing holds it back,
/// and a request on its way goes on. <paramref name="token"/> stops all at once, and cancels <paramref name="ending"/> too.
/// </remarks>
internal sealed class Submission(
    TaskSubmitter submitter, KlingTask task, RequestBody body, SubmitOptions options, CancellationToken ending, CancellationToken token)
{
    // A round of looks that got no answer counts as an attempt.
    private const int MostAttempts = 6;

    // Attempts that provably never left. A dead endpoint is not worth more.
    private const int MostUnsentAttempts = 3;

    // No attempt starts later than this after the first.
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(10);

    private readonly AcceptanceLook _look = new(submitter.Api, submitter.Clock, submitter.Log);

    // Whether an earlier command of this machine may have sent the task.
    private readonly bool _sentBefore = task.BillingState == BillingState.Unknown;

    private readonly SubmissionRecord _record = new(submitter.Journal, task, options.Claim);
    private DateTimeOffset _start;
    private int _attempts;
    private int _unsent;

    // An attempt may have reached the service. If the service then says that it has this id already, it has ours.
    private bool _mayHaveArrived;

    // An attempt got no clear answer. From then on, the task is NotCharged only where that is proved.
    private bool _mayBeCharged;

    // The next step is a look: nothing may be sent before it.
    private bool _mustLook;

    // A request is on its way. It stays true when that request is cancelled.
    private bool _posting;

    // Somebody else may have sent this id: it is looked for before every attempt, and nothing is recorded before it is ours.
    private bool _isForeign;

    // A request was begun at all. If not, a look found the task that somebody else had sent.
    private bool _hasPosted;

    // What was bought instead.
    private KlingTask? _other;

    /// <summary>Records the intent, then sends and looks until the service has the task.</summary>
    /// <returns>Null when the task was sent. Else the task that was bought instead, or this one where it was found before it was sent.</returns>
    internal async Task<KlingTask?> RunAsync()
    {
        // Who shares the id sends the same purchase. So if the service says that it has this id already, it has ours.
        _mayHaveArrived = _sentBefore || options.SharesId;
        _mayBeCharged = _sentBefore;
        _mustLook = _sentBefore || options.LooksFirst;
        _isForeign = options.LooksFirst && !_sentBefore && !options.SharesId;
        if (!_isForeign && _record.Begin() is KlingTask other)
        {
            return other;
        }

        _start = submitter.Clock.Steady;
        try
        {
            await AttemptAsync().ConfigureAwait(false);
            return _other ?? (_hasPosted ? null : task);
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
            (_attempts == 0 ? token : ending).ThrowIfCancellationRequested();
            if (_mustLook)
            {
                LookRound round = await _look.RunAsync(task.TaskId, overSettleTime: _mayBeCharged, token).ConfigureAwait(false);
                if (round.IsFound)
                {
                    await RequireSameRequestAsync(round).ConfigureAwait(false);
                    Accept();
                    return;
                }

                if (!round.LastLookAnswered && await PauseBeforeNextLookAsync(round).ConfigureAwait(false))
                {
                    continue;
                }

                if (!round.LastLookAnswered || !HasAttemptsLeft)
                {
                    ApiReply? told = last ?? round.Last;
                    string why = round.LastLookAnswered ? "the service does not show it, but no time or no attempt is left"
                        : $"whether the service has it already could not be asked ({CallErrors.Reason(told)})";
                    throw End(ErrorCategorizer.OfFailedSubmit(told), $"Task {task.TaskId:D} was not sent: {why}.", told);
                }

                _mustLook = false;
            }

            _other = _record.Begin();
            if (_other is not null)
            {
                return;
            }

            ApiReply? reply = await PostAsync().ConfigureAwait(false);
            if (reply is null)
            {
                throw End(KlingErrorCategory.RateLimit,
                    $"Task {task.TaskId:D} was not sent: the service asked to wait longer than the time left for this task.", last);
            }

            last = reply;
            if (await SettleAsync(reply).ConfigureAwait(false))
            {
                return;
            }

            _mustLook |= _isForeign;
        }
    }

    /// <summary>Makes sure that what the service has under somebody else's id is this request.</summary>
    private async Task RequireSameRequestAsync(LookRound round)
    {
        if (_isForeign && await _look.ForeignAsync(task, round, token).ConfigureAwait(false) is string problem)
        {
            throw End(KlingErrorCategory.Conflict, problem, round.Last);
        }
    }

    private bool HasAttemptsLeft => _attempts < MostAttempts && TimeLeft > TimeSpan.Zero;

    private TimeSpan TimeLeft => _start + s_window - submitter.Clock.Steady;

    /// <summary>
    /// Waits before looking again, because the last look got no answer; false when there is no next look. Nothing is sent until a look was
    /// answered and found nothing: if the service charges a repeated id, this is what prevents paying twice.
    /// </summary>
    private async Task<bool> PauseBeforeNextLookAsync(LookRound round)
    {
        if (round.Last?.Outcome == ApiOutcome.Unsent)
        {
            _unsent++;
        }

        // While nothing may be charged yet, this takes no more time than a POST that fails in the same way.
        bool isHopeless = _unsent >= MostUnsentAttempts || (round.Last is ApiReply last && ReplyReading.IsRefusedSession(last));
        if (!HasAttemptsLeft || (isHopeless && !_mayBeCharged))
        {
            return false;
        }

        _attempts++;
        return await PauseAsync(round.Last).ConfigureAwait(false);
    }

    /// <summary>Makes one POST. Null when the service, in its answer to another task, asked for more time than there is; then nothing was sent.</summary>
    private async Task<ApiReply?> PostAsync()
    {
        if (!await submitter.Gate.EnterAsync(TimeLeft, ending).ConfigureAwait(false))
        {
            return null;
        }

        ApiReply? reply = null;
        try
        {
            _attempts++;
            _posting = _hasPosted = true;
            reply = await submitter.Api.SendSafelyAsync(body, token).ConfigureAwait(false);
            _posting = false;
            return reply;
        }
        finally
        {
            submitter.Gate.Leave(reply);
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
                await EndRefusedAsync(reply).ConfigureAwait(false);
                return true;
            case SubmitVerdict.RetryLater:
                if (HasAttemptsLeft && await PauseAsync(reply).ConfigureAwait(false))
                {
                    return false;
                }

                await EndUnlessFoundAsync(KlingErrorCategory.RateLimit,
                    $"The service kept refusing task {task.TaskId:D} for now ({CallErrors.Reason(reply)}).", reply).ConfigureAwait(false);
                return true;
            case SubmitVerdict.Unsent:
                return await SettleUnsentAsync(reply).ConfigureAwait(false);
            default:
                _mayBeCharged = true;
                _mustLook = true;
                if (reply.RetryAfter is not null && !await PauseAsync(reply).ConfigureAwait(false))
                {
                    // The service asks for more time than there is: even a look would come too early.
                    throw Unknown(ErrorCategorizer.OfFailedSubmit(reply), reply);
                }

                return false;
        }
    }

    private async Task<bool> SettleUnsentAsync(ApiReply reply)
    {
        if (reply.BodyChanged)
        {
            await EndUnlessFoundAsync(KlingErrorCategory.Validation,
                $"Task {task.TaskId:D} was not sent: {CallErrors.Reason(reply)}", reply).ConfigureAwait(false);
            return true;
        }

        _unsent++;
        if (_unsent < MostUnsentAttempts && HasAttemptsLeft && await PauseAsync(reply).ConfigureAwait(false))
        {
            return false;
        }

        await EndUnlessFoundAsync(KlingErrorCategory.Connection,
            $"The service could not be reached for task {task.TaskId:D} ({CallErrors.Reason(reply)}).", reply).ConfigureAwait(false);
        return true;
    }

    /// <summary>Waits before the next attempt; false when the service asks for more time than is left.</summary>
    private async Task<bool> PauseAsync(ApiReply? reply)
    {
        // What the service asks for counts, also where it is shorter than our own pause.
        TimeSpan pause = reply?.RetryAfter ?? Backoff.Delay(_attempts, null, submitter.Clock.NextDouble());
        string failed = $"Task {task.TaskId:D}: attempt {_attempts} failed ({CallErrors.Reason(reply)})";
        submitter.Log.Decide($"{failed}; where there is time, the next look or attempt is in {pause.TotalSeconds:0.#} s.");
        if (pause > TimeLeft)
        {
            return false;
        }

        await submitter.Clock.DelayAsync(pause, ending).ConfigureAwait(false);
        return true;
    }

    /// <summary>Ends a refused task. It is accepted after all where an earlier attempt may have arrived and a last look finds the task.</summary>
    private async Task EndRefusedAsync(ApiReply reply)
    {
        // Somebody used this id before: a proxy that repeated our request, or another machine. Neither proves that nothing is charged.
        if (SubmitRules.IsConflict(reply, task.TaskId))
        {
            throw Unknown(KlingErrorCategory.Conflict, reply);
        }

        string category = ErrorCategorizer.OfFailedSubmit(reply);
        string message = category == KlingErrorCategory.Authentication ? CallErrors.KeyRefused(reply) : $"The service refused task {task.TaskId:D}: {CallErrors.Reason(reply)}.";

        // An attempt of another process may have had other bytes; what is refused now says nothing about it.
        if (_mayBeCharged && !_sentBefore && SubmitRules.CoversEarlierAttempts(reply))
        {
            throw NotCharged(category, message, reply);
        }

        await EndUnlessFoundAsync(category, message, reply).ConfigureAwait(false);
    }

    /// <summary>Ends a task that was not acknowledged, unless an earlier attempt may be charged and a last look finds the task: then it is accepted.</summary>
    private async Task EndUnlessFoundAsync(string category, string message, ApiReply reply)
    {
        if (!_mayBeCharged)
        {
            throw NotCharged(category, message, reply);
        }

        if (reply.RetryAfter is not null && !await PauseAsync(reply).ConfigureAwait(false))
        {
            throw Unknown(category, reply);
        }

        LookRound round = await _look.RunAsync(task.TaskId, overSettleTime: true, token).ConfigureAwait(false);
        if (!round.IsFound)
        {
            throw Unknown(category, reply);
        }

        Accept();
    }

    /// <summary>Ends without a further look: Unknown where an attempt may be charged, else NotCharged.</summary>
    private KlingApiException End(string category, string message, ApiReply? reply) =>
        _mayBeCharged ? Unknown(category, reply) : NotCharged(category, message, reply);

    /// <summary>The service has the task.</summary>
    private void Accept()
    {
        _record.Begin(mayYield: false);
        _record.Set(KlingTaskStatus.Processing, BillingState.Accepted, submittedAt: submitter.Clock.UtcNow);
        submitter.Journal.Append(JournalEvent.Accepted, task);
    }

    /// <summary>Every attempt is accounted for, and none was accepted.</summary>
    private KlingApiException NotCharged(string category, string message, ApiReply? reply)
    {
        _record.Set(KlingTaskStatus.Failed, BillingState.NotCharged, reply?.Errors, completedAt: submitter.Clock.UtcNow);
        Exception? inner = reply is { BodyChanged: true } ? new BodyChangedException(CallErrors.Reason(reply)) : null;
        inner = _record.TryEnd(JournalEvent.NotCharged) ?? inner;

        // Somebody else may have sent this id, and then that is charged.
        string money = options.LooksFirst && !_hasPosted ? "This command sent nothing." : "Nothing was charged.";
        return CallErrors.Of($"{message} {money}", category, BillingState.NotCharged, reply, task.TaskId, inner);
    }

    /// <summary>Whether the service has the task could not be found out.</summary>
    private KlingApiException Unknown(string category, ApiReply? reply)
    {
        _record.Set(KlingTaskStatus.Unknown, BillingState.Unknown);
        JournalException? unrecorded = _record.TryEnd(JournalEvent.Unknown);
        return CallErrors.Of($"It could not be found out whether the service accepted task {task.TaskId:D} ({CallErrors.Reason(reply)}); it may be charged. {CallErrors.NextSteps(task.TaskId)}", category, BillingState.Unknown, reply, task.TaskId, unrecorded);
    }

    /// <summary>Leaves on cancellation. The record stays an open intent, unless every attempt so far provably came to nothing.</summary>
    private void Abandon()
    {
        if (_posting || _mayBeCharged)
        {
            _record.Set(KlingTaskStatus.Unknown, BillingState.Unknown);
            return;
        }

        _record.Set(KlingTaskStatus.Failed, BillingState.NotCharged);
        _record.TryEnd(JournalEvent.NotCharged);
    }
}

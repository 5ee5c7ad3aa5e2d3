using Kling.Client;
using Kling.Requests;
using Kling.Wire;

namespace Kling.Submit;

/// <summary>Two ways to call the service: one that never throws for a defect below, and one that repeats what costs nothing.</summary>
internal static class ApiCalls
{
    // The user waits for the answer. A longer pause is not waited for; the error says what the service asked for.
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(1);

    /// <summary>Makes one attempt. An unexpected exception counts as "the request may have arrived", which is the safest guess.</summary>
    internal static async Task<ApiReply> SendSafelyAsync(this IKlingApi api, RequestBody body, CancellationToken token)
    {
        try
        {
            return await api.SendAsync(body, token).ConfigureAwait(false);
        }
        catch (BodyChangedException change)
        {
            return new ApiReply { Outcome = ApiOutcome.Unsent, BodyChanged = true, Fault = change.Message };
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !token.IsCancellationRequested)
        {
            // The contract forbids it; a defect below must still never turn a paid task into a lost one.
            return new ApiReply { Outcome = ApiOutcome.Ambiguous, Fault = failure.GetType().Name };
        }
    }

    /// <summary>
    /// Makes a call that costs nothing, and repeats it until it is answered or refused, or no attempt is left. Since it costs nothing, it
    /// may be repeated when its outcome is unknown. Each attempt has an id of its own, so that none conflicts with the last.
    /// </summary>
    internal static async Task<ApiReply> RetryUnpaidAsync(
        this IKlingApi api, IClock clock, Func<Guid, RequestBody> body, Func<ApiReply, bool> isAnswer, int maxAttempts, CancellationToken token)
    {
        for (int attempt = 1; ; attempt++)
        {
            ApiReply reply = await api.SendSafelyAsync(body(Guid.NewGuid()), token).ConfigureAwait(false);
            if (attempt >= maxAttempts || isAnswer(reply) || !(IsTransient(reply) || IsSilent(reply)))
            {
                return reply;
            }

            TimeSpan pause = Backoff.Delay(attempt, reply.RetryAfter, clock.NextDouble());
            if (pause > s_longestPause)
            {
                return reply;
            }

            await clock.DelayAsync(pause, token).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Whether the call itself failed in a way that may pass, so that an unpaid call is worth repeating. An error of a task that
    /// came with a good status is an answer, not a failed call.
    /// </summary>
    internal static bool IsTransient(ApiReply reply) => reply switch
    {
        { BodyChanged: true } => false,
        { Outcome: not ApiOutcome.Envelope } => true,
        { HttpStatus: 408 or 429 or >= 500 } => true,
        _ => reply.Items.Count == 0 && reply.Errors.Count > 0 && reply.Errors.All(MayPass),
    };

    private static bool MayPass(KlingTaskError error) => error.Category switch
    {
        KlingErrorCategory.RateLimit => error.TaskId is null || !error.Code.Contains("provider", StringComparison.OrdinalIgnoreCase),
        KlingErrorCategory.Server or KlingErrorCategory.Timeout or KlingErrorCategory.Connection => error.TaskId is null,
        _ => false,
    };

    private static bool IsSilent(ApiReply reply) =>
        reply is { Outcome: ApiOutcome.Envelope, Errors.Count: 0 } && reply.IsSuccessStatus;
}

using Kling.Client;
using Kling.Models;
using Kling.Requests;
using Kling.Support;
using Kling.Wire;

namespace Kling.Submit;

/// <summary>Calls that cost nothing, so that one whose outcome is not known may simply be made again.</summary>
internal sealed class FreeCall(IKlingApi api, IClock clock)
{
    // Whoever asks for a balance does not want to wait longer; the error says what the service asked for.
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(1);

    /// <summary>Sends until there is an answer, a refusal, or no attempt left.</summary>
    /// <param name="body">Makes the body of an attempt; each has an id of its own, so that none conflicts with the last.</param>
    /// <param name="isAnswer">Whether a reply is what was asked for.</param>
    /// <param name="maxAttempts">How many attempts there may be.</param>
    /// <param name="token">Stops the call.</param>
    /// <returns>The last reply.</returns>
    internal async Task<ApiReply> SendAsync(Func<Guid, RequestBody> body, Func<ApiReply, bool> isAnswer, int maxAttempts, CancellationToken token)
    {
        for (int attempt = 1; ; attempt++)
        {
            ApiReply reply = await api.SendSafelyAsync(body(Guid.NewGuid()), token).ConfigureAwait(false);
            TimeSpan? delay = isAnswer(reply) || !(RetryPolicy.IsTransient(reply) || IsSilent(reply))
                ? null
                : RetryPolicy.NextDelay(attempt, reply, clock.NextDouble(), maxAttempts);
            if (delay is not TimeSpan wait || wait > s_longestWait)
            {
                return reply;
            }

            await clock.DelayAsync(wait, token).ConfigureAwait(false);
        }
    }

    /// <summary>The failure of a call that got no answer.</summary>
    /// <param name="what">What could not be done.</param>
    /// <param name="reply">The last reply.</param>
    internal static KlingApiException Failure(string what, ApiReply reply) =>
        new($"{what} ({SubmitErrors.Reason(reply).TrimEnd('.')}). The call is free: nothing was charged.", LookFailures.Category(reply), BillingState.NotCharged)
        {
            Errors = reply.Errors,
            HttpStatus = reply.HttpStatus,
        };

    private static bool IsSilent(ApiReply reply) =>
        reply is { Outcome: ApiOutcome.Envelope, Errors.Count: 0, HttpStatus: null or (>= 200 and < 300) };
}

/// <summary>Sends, and takes any surprise for what is safest to assume: that the request may have arrived.</summary>
internal static class SafeSend
{
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
}

using Kling.Client;
using Kling.Requests;
using Kling.Wire;

namespace Kling.Submit;

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

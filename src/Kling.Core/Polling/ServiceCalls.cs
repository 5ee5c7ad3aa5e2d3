using Kling.Client;
using Kling.Requests;
using Kling.Submit;
using Kling.Wire;

namespace Kling.Polling;

/// <summary>The calls that are not about videos: the test of the connection and the account. None of them costs anything.</summary>
public sealed class ServiceCalls(IKlingApi api, IClock clock)
{
    // A test that is not answered at once is not worth waiting for.
    private const int PingAttempts = 2;
    private const int AccountAttempts = 4;

    /// <summary>Tests the address and the key.</summary>
    /// <exception cref="KlingApiException">The key was refused, the address was not reached, or something else answers there.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="token"/> was cancelled.</exception>
    public async Task PingAsync(CancellationToken token)
    {
        ApiReply reply = await api.RetryUnpaidAsync(clock, id => RequestBody.FromBytes(RequestJson.WritePing(id)), IsPong, PingAttempts, token).ConfigureAwait(false);
        if (!IsPong(reply))
        {
            throw CallErrors.Unpaid($"The test of {api.Endpoint.AbsoluteUri} failed", reply);
        }
    }

    /// <summary>Asks for balance and usage of the account behind the key.</summary>
    /// <exception cref="KlingApiException">It could not be asked, or refused to tell.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="token"/> was cancelled.</exception>
    public async Task<KlingAccount> GetAccountAsync(CancellationToken token)
    {
        ApiReply reply = await api.RetryUnpaidAsync(clock, id => RequestBody.FromBytes(RequestJson.WriteAccountDetails(id)),
            answer => answer.Account is not null, AccountAttempts, token).ConfigureAwait(false);
        KlingAccount account = reply.Account ?? throw CallErrors.Unpaid("The service did not tell the account's balance and usage", reply);
        account.Endpoint = api.Endpoint.AbsoluteUri;
        return account;
    }

    // A server that knows nothing of this API might also answer with an empty envelope.
    private static bool IsPong(ApiReply reply) =>
        reply is { Outcome: ApiOutcome.Envelope, Errors.Count: 0, IsSuccessStatus: true }
        && reply.Items.Any(item => string.Equals(item.TaskType, "ping", StringComparison.OrdinalIgnoreCase));
}

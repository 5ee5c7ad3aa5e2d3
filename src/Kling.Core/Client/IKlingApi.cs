using Kling.Requests;
using Kling.Wire;

namespace Kling.Client;

/// <summary>The one door to the service. One call is one HTTP attempt; nothing is repeated here.</summary>
public interface IKlingApi
{
    /// <summary>The API address.</summary>
    Uri Endpoint { get; }

    /// <summary>
    /// Posts a JSON array of task objects. Never throws for what the network or the service does: that is in the reply.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="token"/> was cancelled.</exception>
    Task<ApiReply> SendAsync(RequestBody body, CancellationToken token);
}

using Kling.Client;
using Kling.Requests;
using Kling.Wire;

namespace Kling.Pieces;

/// <summary>A service that answers from memory, one reply after the other, round and round.</summary>
internal sealed class AnsweringApi(ApiReply[] replies) : IKlingApi
{
    private readonly Task<ApiReply>[] _replies = [.. replies.Select(Task.FromResult)];
    private int _next;

    /// <inheritdoc/>
    public Uri Endpoint { get; } = new("https://api.example.test/v1");

    /// <inheritdoc/>
    public Task<ApiReply> SendAsync(RequestBody body, CancellationToken token) => _replies[_next++ % _replies.Length];
}

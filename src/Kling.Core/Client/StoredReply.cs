namespace Kling.Client;

/// <summary>Placeholder; replaced by the client room. What getTaskDetails tells.</summary>
public sealed class StoredReply
{
    /// <summary>The ids of the stored requests.</summary>
    public IReadOnlyList<Guid> RequestIds { get; init; } = [];

    /// <summary>The stored request.</summary>
    public StoredRequest? Request { get; init; }

    /// <summary>The results of the stored response.</summary>
    public IReadOnlyList<ResultItem> Items { get; init; } = [];

    /// <summary>The errors of the stored response.</summary>
    public IReadOnlyList<Models.KlingTaskError> Errors { get; init; } = [];

    /// <summary>Whether the archive holds our request.</summary>
    public bool HasRequest(Guid taskId) => RequestIds.Contains(taskId);
}

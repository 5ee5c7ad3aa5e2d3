using Kling.Models;

namespace Kling.Wire;

/// <summary>
/// What the service's archive (<c>getTaskDetails</c>) holds: what was asked and what was answered. The archive keeps the last
/// call with an id, so after a refused repetition it shows that refusal, not the first result (protocol note, recovery).
/// </summary>
public sealed class StoredReply
{
    /// <summary>The stored requests that name a task.</summary>
    public IReadOnlyList<StoredRequest> Requests { get; init; } = [];

    /// <summary>The items of the stored responses that are not failures.</summary>
    public IReadOnlyList<ResultItem> Items { get; init; } = [];

    /// <summary>The errors of the stored responses.</summary>
    public IReadOnlyList<KlingTaskError> Errors { get; init; } = [];

    /// <summary>Whether the archive holds a request for the task, so that it did arrive.</summary>
    public bool HasRequest(Guid taskId) => Find(taskId) is not null;

    /// <summary>The stored request of the task; null when the archive holds none.</summary>
    public StoredRequest? Find(Guid taskId) => Requests.FirstOrDefault(request => request.TaskId == taskId);
}

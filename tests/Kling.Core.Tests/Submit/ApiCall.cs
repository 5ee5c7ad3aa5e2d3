namespace Kling.Core.Tests.Submit;

/// <summary>One request as the fake service saw it.</summary>
internal sealed record ApiCall(string TaskType, IReadOnlyList<Guid> Ids, DateTimeOffset At, CancellationToken Token)
{
    /// <summary>The request as it was sent.</summary>
    public string Body { get; init; } = "";

    public bool IsSubmit => TaskType == "videoInference";

    public bool IsPoll => TaskType == "getResponse";

    public bool IsDetails => TaskType == "getTaskDetails";
}

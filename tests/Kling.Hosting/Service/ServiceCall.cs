namespace Kling.Hosting.Service;

/// <summary>One request that reached the scripted service.</summary>
/// <param name="Kind">What it asked for.</param>
/// <param name="TaskId">The task, or the first of several.</param>
/// <param name="Start">The first byte asked for, of a download that continues; else null.</param>
internal sealed record ServiceCall(CallKind Kind, Guid TaskId, long? Start = null);

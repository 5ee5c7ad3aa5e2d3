namespace Kling.Hosting.Service;

/// <summary>One request that reached the scripted service.</summary>
/// <param name="Kind">What it asked for.</param>
/// <param name="TaskId">The task, or the first of several.</param>
/// <param name="Start">The first byte asked for, of a download that continues; else null.</param>
/// <param name="Headers">The request line and the headers, as they came.</param>
internal sealed record ServiceCall(CallKind Kind, Guid TaskId, long? Start, string Headers);

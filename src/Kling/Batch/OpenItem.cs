using Kling.Models;

namespace Kling.Batch;

/// <summary>An item that became a task and has not ended: what the engine works on, beside what it came from.</summary>
internal sealed record OpenItem(KlingTask Task, RequestItem Item);

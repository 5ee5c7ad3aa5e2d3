using System.Runtime.InteropServices;
using Kling.Models;

namespace Kling.Batch;

/// <summary>What is kept of a paid task that has been written: 24 bytes, so that memory hardly grows with the batch.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ClosedTask(Guid Id, KlingTaskStatus Status, BillingState BillingState);

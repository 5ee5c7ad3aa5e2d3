namespace Kling.Core.Tests.EndToEnd;

/// <summary>What a soak did: tasks, virtual time, requests the service saw, and USD in its ledger and in our tasks.</summary>
internal sealed record SoakOutcome(int Tasks, TimeSpan Virtual, long Requests, decimal Billed, decimal Recorded);

namespace Kling.Benchmarks;

/// <summary>What the sandbox saw: accepted tasks, answered requests, USD billed, and when each task's video was finished.</summary>
internal sealed record Ledger(int Tasks, long Requests, decimal Billed, Dictionary<string, DateTimeOffset> Finished);

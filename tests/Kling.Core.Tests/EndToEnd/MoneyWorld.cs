using Kling.Core.Tests.Sandbox;
using Kling.Core.Tests.Support;
using Kling.Models;
using Kling.Requests;
using Kling.Sandbox;
using Kling.Sandbox.Engine;
using Kling.Submit;

namespace Kling.Core.Tests.EndToEnd;

/// <summary>One run of the property: a service with its faults, a disk, a clock, and what somebody wants to buy; all of it from one seed.</summary>
internal sealed class MoneyWorld
{
    private readonly Random _random;
    private readonly List<string> _broken = [];

    internal MoneyWorld(int seed, RepeatedIdMode mode)
    {
        _random = new Random(seed);

        // The pace of polls differs between a service far away and one on this machine.
        Endpoint = new Uri(_random.Next(2) == 0 ? "https://service.example/v1" : "http://127.0.0.1:1/v1");
        IsEndless = _random.Next(12) == 0;
        SandboxFault[] pool = [.. FaultMatrix.Honest(mode)];
        Service = new SandboxEngine(
            new SandboxOptions
            {
                ApiKey = Sandbox.SandboxBench.Key,
                Clock = Clock,
                GenerationDelay = TimeSpan.FromSeconds(1 + _random.Next(90)),
                RepeatedIdMode = mode,
                UnknownIdMode = (UnknownIdMode)_random.Next(3),
                Faults = [.. Enumerable.Range(0, _random.Next(7)).Select(_ => pool[_random.Next(pool.Length)]), .. Rare(SandboxFaultKind.NeverEnding, IsEndless), .. Rare(SandboxFaultKind.PartialResult, _random.Next(5) == 0)],
                Seed = seed,
            },
            new Uri(Endpoint, "/video"));
        Disk = new MoneyDisk(Endpoint.AbsoluteUri);
        Requests = [.. Enumerable.Range(0, 1 + _random.Next(4)).Select(_ => new VideoRequest
        {
            TaskId = Guid.NewGuid(),
            Image = new RequestImage(ImageKind.Base64, SandboxBench.Png),
            Prompt = "slow dolly in",
            Duration = _random.Next(2) == 0 ? 5m : 10m,
            NumberResults = _random.Next(1, 4),
            IncludeCost = true,
        })];
        Budget = new SpendBudget(_random.Next(3) == 0 ? null : _random.Next(1, 9) * 0.185m);
    }

    internal FakeClock Clock { get; } = new();

    internal Uri Endpoint { get; }

    internal SandboxEngine Service { get; }

    internal MoneyDisk Disk { get; }

    /// <summary>Whether a task never ends here; then only a deadline ends the last wait for it, and that of others with it.</summary>
    internal bool IsEndless { get; }

    internal IReadOnlyList<VideoRequest> Requests { get; }

    /// <summary>What the first process may spend.</summary>
    internal SpendBudget Budget { get; }

    /// <summary>Whether that process still runs; the ceiling is one invocation's.</summary>
    internal bool IsBudgeted { get; set; } = true;

    /// <summary>Ids that another machine sent as well.</summary>
    internal HashSet<Guid> SentElsewhere { get; } = [];

    /// <summary>What a look at the ledger found wrong in the middle of the run; empty when nothing.</summary>
    internal IReadOnlyList<string> Broken
    {
        get
        {
            lock (_broken)
            {
                return [.. _broken];
            }
        }
    }

    internal int Next(int count)
    {
        lock (_random)
        {
            return _random.Next(count);
        }
    }

    internal bool OneIn(int count) => Next(count) == 0;

    /// <summary>A fault that the pool would bring too seldom.</summary>
    private static SandboxFault[] Rare(SandboxFaultKind kind, bool isThere) => isThere ? [new SandboxFault(kind)] : [];

    internal KlingTask NewTask(VideoRequest request) => KlingTaskBuilder.From(request, Pricing.Estimate(request), Endpoint);

    /// <summary>After every answer of the service: what it has billed is within what is reserved, and that within the ceiling.</summary>
    internal void CheckSpending()
    {
        // Read in this order: a reservation is lowered only to what was billed before.
        decimal billed = Service.TotalBilled;
        decimal committed = Budget.Committed;
        if (IsBudgeted && (billed > committed || committed > (Budget.Ceiling ?? decimal.MaxValue)))
        {
            lock (_broken)
            {
                _broken.Add($"billed {billed}, reserved or spent {committed}, ceiling {Budget.Ceiling}");
            }
        }
    }
}

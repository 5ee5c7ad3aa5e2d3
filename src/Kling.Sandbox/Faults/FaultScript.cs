using Kling.Sandbox.Engine;

namespace Kling.Sandbox.Faults;

/// <summary>The faults still to come. Not thread-safe: the engine holds its lock around it.</summary>
internal sealed class FaultScript
{
    private readonly List<Entry> _entries = [];

    internal void Add(SandboxFault fault) => _entries.Add(new Entry(fault));

    internal void Clear() => _entries.Clear();

    /// <summary>Takes the first fault that strikes a call of this class, and notes it there.</summary>
    internal SandboxFault? TakeForCall(SandboxFaultTarget target, SandboxCall call, TaskStore store)
    {
        SandboxFault? fault = Take(fault => !FaultTargets.IsOutcome(fault.Kind) && FaultTargets.Strikes(fault, target) && Applies(fault.Kind, call, store));
        call.Fault = fault?.Kind;
        return fault;
    }

    /// <summary>Takes the first fault that decides how an accepted task ends.</summary>
    internal SandboxFaultKind? TakeOutcome() => Take(fault => FaultTargets.IsOutcome(fault.Kind))?.Kind;

    /// <summary>Whether a call has what a kind needs to show.</summary>
    private static bool Applies(SandboxFaultKind kind, SandboxCall call, TaskStore store) => kind switch
    {
        SandboxFaultKind.ChunkRefused or SandboxFaultKind.OmitIds => call.Looks > 1,
        SandboxFaultKind.LaggingLook => call.TaskIds.Exists(id => store.Find(id) is not null),
        _ => true,
    };

    private SandboxFault? Take(Predicate<SandboxFault> strikes)
    {
        int index = _entries.FindIndex(entry => strikes(entry.Fault));
        if (index < 0)
        {
            return null;
        }

        Entry taken = _entries[index];
        if (taken.Left > 0 && --taken.Left == 0)
        {
            _entries.RemoveAt(index);
        }

        return taken.Fault;
    }

    private sealed class Entry(SandboxFault fault)
    {
        internal SandboxFault Fault { get; } = fault;

        /// <summary>How many times are left; -1 never runs out.</summary>
        internal int Left { get; set; } = fault.Times;
    }
}

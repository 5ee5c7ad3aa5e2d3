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

/// <summary>Which kind of fault can strike which requests.</summary>
internal static class FaultTargets
{
    private static readonly SandboxFaultTarget[] s_everywhere =
    [
        SandboxFaultTarget.Any, SandboxFaultTarget.Submit, SandboxFaultTarget.SubmitAccepted, SandboxFaultTarget.Poll,
        SandboxFaultTarget.Details, SandboxFaultTarget.Download,
    ];

    internal static bool Allows(SandboxFaultKind kind, SandboxFaultTarget target) =>
        target == SandboxFaultTarget.Default || Array.IndexOf(Of(kind), target) >= 0;

    internal static string Describe(SandboxFaultKind kind) => string.Join(", ", Of(kind));

    /// <summary>Whether the kind decides how a task ends rather than how a request is answered.</summary>
    internal static bool IsOutcome(SandboxFaultKind kind) => kind is SandboxFaultKind.PartialResult or SandboxFaultKind.FailureTopLevel
        or SandboxFaultKind.FailureNested or SandboxFaultKind.FailureFlat or SandboxFaultKind.FailureText
        or SandboxFaultKind.Moderation or SandboxFaultKind.NeverEnding;

    /// <summary>Whether a fault strikes a request of this class; a submit counts for both sides of its acceptance.</summary>
    internal static bool Strikes(SandboxFault fault, SandboxFaultTarget request) => fault.Target switch
    {
        SandboxFaultTarget.Any => true,
        SandboxFaultTarget.SubmitAccepted => request == SandboxFaultTarget.Submit,
        // Everywhere-kinds list Any first, so that it is their default; LaggingLook has two defaults.
        SandboxFaultTarget.Default => Of(fault.Kind)[0] == SandboxFaultTarget.Any || Of(fault.Kind)[0] == request
            || (fault.Kind == SandboxFaultKind.LaggingLook && request == SandboxFaultTarget.Details),
        _ => fault.Target == request,
    };

    private static SandboxFaultTarget[] Of(SandboxFaultKind kind) => kind switch
    {
        SandboxFaultKind.Conflict409 or SandboxFaultKind.Conflict400 => [SandboxFaultTarget.Submit, SandboxFaultTarget.SubmitAccepted],
        SandboxFaultKind.LostAckBeforeAccept or SandboxFaultKind.LostAckAfterAccept or SandboxFaultKind.NoCredit402
            or SandboxFaultKind.ForgottenMedia => [SandboxFaultTarget.Submit],
        SandboxFaultKind.EmptyPoll or SandboxFaultKind.LaggingLook => [SandboxFaultTarget.Poll, SandboxFaultTarget.Details],
        SandboxFaultKind.ChunkRefused or SandboxFaultKind.OmitIds => [SandboxFaultTarget.Poll],
        SandboxFaultKind.TruncatedDownload or SandboxFaultKind.ExpiredDownload or SandboxFaultKind.WrongContentDownload => [SandboxFaultTarget.Download],
        _ => IsOutcome(kind) ? [SandboxFaultTarget.Submit] : s_everywhere,
    };
}

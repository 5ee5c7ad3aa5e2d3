using Kling.Sandbox;
using Kling.Sandbox.Faults;

namespace Kling.Core.Tests.EndToEnd;

/// <summary>Which fault can sensibly strike where, what has to happen before it does, and how the struck task must end.</summary>
internal static class FaultMatrix
{
    /// <summary>What the faults that announce a time announce.</summary>
    internal static readonly TimeSpan Asked = TimeSpan.FromSeconds(7);

    private static readonly SandboxFaultKind[] s_conflicts = [SandboxFaultKind.Conflict409, SandboxFaultKind.Conflict400];

    // A conflict that is made up would be taken for proof; a task that never ends would keep the walk waiting; stalls are in the matrix.
    private static readonly SandboxFaultKind[] s_notWalked =
        [SandboxFaultKind.Conflict400, SandboxFaultKind.Conflict409, SandboxFaultKind.NeverEnding, SandboxFaultKind.Stall];

    internal static TheoryData<SandboxFaultKind, SandboxFaultTarget> Cases(RepeatedIdMode mode)
    {
        var cases = new TheoryData<SandboxFaultKind, SandboxFaultTarget>();
        foreach (SandboxFaultKind kind in Enum.GetValues<SandboxFaultKind>())
        {
            foreach (SandboxFaultTarget target in Enum.GetValues<SandboxFaultTarget>().Where(target => IsSensible(kind, target, mode)))
            {
                cases.Add(kind, target);
            }
        }

        return cases;
    }

    /// <summary>Whether a time is announced in a form that whoever asks there reads: a file's host has no words for it in a body.</summary>
    internal static bool AnnouncesATime(SandboxFaultKind kind, SandboxFaultTarget target) =>
        AnnouncesATime(kind) && !(target == SandboxFaultTarget.Download && kind == SandboxFaultKind.TooMany429RetryAfterBody);

    private static bool AnnouncesATime(SandboxFaultKind kind) => kind is SandboxFaultKind.TooMany429RetryAfterHeader
        or SandboxFaultKind.TooMany429RetryAfterDate or SandboxFaultKind.TooMany429RetryAfterBody;

    /// <summary>Nobody can be right about a service that takes a task and says in clear words that it did not.</summary>
    internal static bool IsSensible(SandboxFaultKind kind, SandboxFaultTarget target, RepeatedIdMode mode)
    {
        if (target == SandboxFaultTarget.Default || !FaultTargets.Allows(kind, target))
        {
            return false;
        }

        return target != SandboxFaultTarget.SubmitAccepted || (kind != SandboxFaultKind.Unauthorized401 && (!IsPace(kind) || mode == RepeatedIdMode.Refuse));
    }

    /// <summary>The faults to script: the one in question, behind what makes it possible.</summary>
    internal static string[] Script(SandboxFaultKind kind, SandboxFaultTarget target)
    {
        string fault = FormattableString.Invariant($"{kind}:{target}:1:{Asked.TotalSeconds}");
        return target switch
        {
            // The archive is only asked where an acknowledgement was lost.
            SandboxFaultTarget.Details => ["LostAckAfterAccept:Submit", fault],

            // A proxy that sends a request twice makes the second an accepted one in conflict; it takes an attempt of ours before it.
            SandboxFaultTarget.SubmitAccepted when s_conflicts.Contains(kind) => ["LostAckBeforeAccept:Submit", fault],
            _ => [fault],
        };
    }

    internal static TaskEnd EndOf(SandboxFaultKind kind, SandboxFaultTarget target) => kind switch
    {
        SandboxFaultKind.PartialResult => TaskEnd.Partial,
        SandboxFaultKind.NeverEnding => TaskEnd.Open,
        _ when FaultTargets.IsOutcome(kind) => TaskEnd.Failed,
        SandboxFaultKind.Unauthorized401 or SandboxFaultKind.NoCredit402
            when target is SandboxFaultTarget.Submit or SandboxFaultTarget.Any => TaskEnd.NotCharged,
        SandboxFaultKind.Conflict409 or SandboxFaultKind.Conflict400
            when target is SandboxFaultTarget.Submit or SandboxFaultTarget.Any => TaskEnd.Unknown,
        _ => TaskEnd.Succeeded,
    };

    internal static bool IsPace(SandboxFaultKind kind) => kind == SandboxFaultKind.TooMany429 || AnnouncesATime(kind);

    /// <summary>Single faults for a random walk in which the looks tell the truth; few of them decide how a task ends, so those are there more often.</summary>
    internal static IEnumerable<SandboxFault> Honest(RepeatedIdMode mode)
    {
        foreach (SandboxFaultKind kind in Enum.GetValues<SandboxFaultKind>().Except(s_notWalked))
        {
            foreach (SandboxFaultTarget target in Enum.GetValues<SandboxFaultTarget>())
            {
                // Where a repeated id is charged, the guarantee ends where looks lie; where it is refused, "too fast" said of an accepted task
                // is only found out by the next attempt, which another refusal may keep from happening.
                bool lies = (target == SandboxFaultTarget.SubmitAccepted && IsPace(kind)) || (mode == RepeatedIdMode.Charge && (kind == SandboxFaultKind.LaggingLook || (kind == SandboxFaultKind.EmptyPoll && target == SandboxFaultTarget.Details)));
                if (target != SandboxFaultTarget.Download && !lies && IsSensible(kind, target, mode))
                {
                    // Few of the faults decide how a task ends, and they should not be rare.
                    for (int share = FaultTargets.IsOutcome(kind) ? 3 : 1; share > 0; share--)
                    {
                        yield return new SandboxFault(kind, target: target);
                    }
                }
            }
        }
    }
}

using Kling.Submit;

namespace Kling.Polling;

/// <summary>The time to wait for a task is over. The task goes on at the service, and one can wait for it again.</summary>
public sealed class KlingWaitTimeoutException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="task">A copy of the task as it was known last; it does not change any more.</param>
    /// <param name="waited">How long the caller waited.</param>
    /// <param name="lastFault">Why the last status request failed, redacted; null when it did not.</param>
    /// <param name="isUnknown">Whether the service said last that it does not know the task.</param>
    public KlingWaitTimeoutException(KlingTask task, TimeSpan waited, string? lastFault, bool isUnknown = false)
        : base(ConsoleText.Of(Text(task, waited, lastFault, isUnknown)))
    {
        Task = task;
    }

    /// <summary>The task's id.</summary>
    public Guid TaskId => Task.TaskId;

    /// <summary>Whether the task is charged, as far as that is known.</summary>
    public string BillingState => Task.BillingState;

    /// <summary>The task as it was known last.</summary>
    public KlingTask Task { get; }

    private static string Text(KlingTask task, TimeSpan waited, string? lastFault, bool isUnknown)
    {
        bool unknown = task.BillingState == Models.BillingState.Unknown;
        string state = isUnknown && !unknown ? "the service says that it does not know it any more"
            : unknown ? "whether the service has it is not known" : "it stays open at the service";
        string fault = lastFault is null ? "" : $" The last look failed: {lastFault}.";
        string text = FormattableString.Invariant(
            $"Task {task.TaskId:D} has not ended within {waited.TotalSeconds:0.###} s; {state} (billing: {task.BillingState}).{fault}");

        // A task of another machine cannot be sent again from here: its request is not known.
        return unknown && task.Model is not null ? $"{text} {CallErrors.NextSteps(task.TaskId)}"
            : isUnknown && !unknown ? $"{text} {CallErrors.GiveUp(task.TaskId)}"
            : text;
    }
}

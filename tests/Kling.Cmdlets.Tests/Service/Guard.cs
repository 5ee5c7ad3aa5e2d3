namespace Kling.Cmdlets.Tests.Service;

/// <summary>
/// Bounds waits for events, so that a hang fails instead of lasting. No outcome depends on the length: it is what a busy
/// machine may need, many times over.
/// </summary>
internal static class Guard
{
    /// <summary>The longest wait for one event.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Waits for a task; its failure is thrown.</summary>
    internal static void Wait(Task task, string problem)
    {
        Assert.True(Task.WhenAny(task, Task.Delay(Limit)).GetAwaiter().GetResult() == task, $"After {Limit.TotalSeconds} s: {problem}.");
        task.GetAwaiter().GetResult();
    }

    /// <summary>Waits for a task with a value.</summary>
    internal static T Wait<T>(Task<T> task, string problem)
    {
        Wait((Task)task, problem);
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Waits for a state that raises no event.</summary>
    internal static void Until(Func<bool> reached, string problem) =>
        Assert.True(SpinWait.SpinUntil(reached, Limit), $"After {Limit.TotalSeconds} s: {problem}.");

    /// <summary>Runs what must come back.</summary>
    internal static T Returns<T>(Func<T> work, string problem) => Wait(Task.Run(work), problem);
}

namespace Kling.Cmdlets.Tests.Service;

/// <summary>
/// Bounds waits for events, so that a hang fails instead of lasting. No outcome depends on the length: it is what a busy
/// machine may need, many times over.
/// </summary>
internal static class Guard
{
    /// <summary>The longest wait for one event.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>The longest run of a script that waits by design, as the look before a second sending does for 5 s.</summary>
    internal static readonly TimeSpan ScriptLimit = TimeSpan.FromSeconds(60);

    /// <summary>Waits for a task; its failure is thrown.</summary>
    internal static void Wait(Task task, string problem, TimeSpan? limit = null)
    {
        TimeSpan longest = limit ?? Limit;
        Assert.True(Task.WhenAny(task, Task.Delay(longest)).GetAwaiter().GetResult() == task, $"After {longest.TotalSeconds} s: {problem}.");
        task.GetAwaiter().GetResult();
    }

    /// <summary>Waits for a task with a value.</summary>
    internal static T Wait<T>(Task<T> task, string problem, TimeSpan? limit = null)
    {
        Wait((Task)task, problem, limit);
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Waits for a state that raises no event.</summary>
    internal static void Until(Func<bool> reached, string problem) =>
        Assert.True(SpinWait.SpinUntil(reached, Limit), $"After {Limit.TotalSeconds} s: {problem}.");

    /// <summary>Runs what must come back.</summary>
    internal static T Returns<T>(Func<T> work, string problem, TimeSpan? limit = null) => Wait(Task.Run(work), problem, limit);
}

namespace Kling.Hosting.Service;

/// <summary>
/// Bounds waits for events, so that a hang fails instead of lasting. No outcome depends on the length: it is what a busy
/// machine may need, many times over.
/// </summary>
internal static class Guard
{
    /// <summary>The longest wait for one event.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The longest run of a script that waits by design, as the look before a second sending does for 5 s.</summary>
    internal static readonly TimeSpan ScriptLimit = TimeSpan.FromSeconds(60);

    /// <summary>Waits for a task; its failure is thrown.</summary>
    /// <exception cref="TimeoutException">It did not end in time.</exception>
    internal static void Wait(Task task, string problem, TimeSpan? limit = null)
    {
        TimeSpan longest = limit ?? Limit;
        if (Task.WhenAny(task, Task.Delay(longest)).GetAwaiter().GetResult() != task)
        {
            throw new TimeoutException($"After {longest.TotalSeconds} s: {problem}.");
        }

        task.GetAwaiter().GetResult();
    }

    /// <summary>Waits for a task with a value.</summary>
    internal static T Wait<T>(Task<T> task, string problem, TimeSpan? limit = null)
    {
        Wait((Task)task, problem, limit);
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Waits for a state that raises no event.</summary>
    internal static void Until(Func<bool> reached, string problem)
    {
        if (!SpinWait.SpinUntil(reached, Limit))
        {
            throw new TimeoutException($"After {Limit.TotalSeconds} s: {problem}.");
        }
    }

    /// <summary>Runs what must come back.</summary>
    internal static T Returns<T>(Func<T> work, string problem, TimeSpan? limit = null) => Wait(Task.Run(work), problem, limit);
}

using System.Diagnostics;

namespace Kling.Core.Tests.EndToEnd;

/// <summary>What a leak would show in: open handles, threads that are not the pool's, and bytes that are still reachable.</summary>
/// <param name="Handles">Open files (but assemblies), sockets and pipes; all handles where the system has no list of them.</param>
/// <param name="Threads">Threads beside those of the thread pool, which keeps its own number.</param>
/// <param name="Bytes">Managed memory after a full collection.</param>
internal sealed record ProcessState(int Handles, int Threads, long Bytes)
{
    private const string Descriptors = "/proc/self/fd";

    internal static ProcessState Now()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long bytes = GC.GetTotalMemory(forceFullCollection: true);
        using Process self = Process.GetCurrentProcess();
        int handles = Directory.Exists(Descriptors) ? Targets().Count() : self.HandleCount;
        return new ProcessState(handles, self.Threads.Count - ThreadPool.ThreadCount, bytes);
    }

    /// <summary>What the open handles are, for the eye; empty where the system does not tell.</summary>
    internal static string Open() => !Directory.Exists(Descriptors) ? ""
        : string.Join(", ", Targets().GroupBy(target => target.Split(':')[0]).Select(group => $"{group.Count()} {group.Key}"));

    // The runtime keeps an assembly's file open from when it is first needed to the end of the process.
    private static IEnumerable<string> Targets() => Directory.GetFileSystemEntries(Descriptors)
        .Select(entry => new FileInfo(entry).LinkTarget ?? "gone").Where(target => !target.EndsWith(".dll", StringComparison.Ordinal));

    /// <summary>The least that is seen in a few looks: connections are closed, and what ran up to here is off the stack, only after a while.</summary>
    internal static async Task<ProcessState> SettledAsync()
    {
        ProcessState least = Now();
        for (int looks = 0; looks < 20; looks++)
        {
            await Task.Yield();
            ProcessState now = Now();
            least = new ProcessState(Math.Min(least.Handles, now.Handles), Math.Min(least.Threads, now.Threads), Math.Min(least.Bytes, now.Bytes));
        }

        return least;
    }
}

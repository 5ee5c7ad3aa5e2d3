using System.Globalization;

namespace Kling.Benchmarks;

/// <summary>This process's memory as the system counts it, in bytes (Linux only: from /proc).</summary>
internal static class ProcessMemory
{
    internal static long Resident => Read("VmRSS:");

    /// <summary>What is resident once all garbage is gone and its memory given back.</summary>
    internal static long InUse()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Resident;
    }

    internal static long Peak => Read("VmHWM:");

    /// <summary>Makes the peak start anew from what is resident now.</summary>
    internal static void ResetPeak() => File.WriteAllText("/proc/self/clear_refs", "5");

    private static long Read(string name)
    {
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return 1024 * long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    }
}

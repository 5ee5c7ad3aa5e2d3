using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Kling.Hosting;

namespace Kling.Benchmarks;

/// <summary>Runs a command and measures it as a whole, with all processes that it starts (Linux only). A process of its own measures, so that nothing else counts.</summary>
internal static class WholeProcess
{
    private const int Children = -1;

    /// <summary>Runs a command in the repository's folder.</summary>
    /// <param name="home">Its KLING_HOME.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="environment">What it finds in its environment.</param>
    internal static ProcessCost Measure(string home, string[] command, params (string Name, string Value)[] environment)
    {
        string line = OtherProgram.Lines([Environment.GetCommandLineArgs()[0], "measure", .. command], [("KLING_HOME", home), .. environment]).Single();
        return JsonSerializer.Deserialize<ProcessCost>(line)!;
    }

    /// <summary>The measuring process: it drops what the command writes, and writes the cost.</summary>
    internal static int Run(string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardInput = true, WorkingDirectory = RepositoryPaths.Root };
        var watch = Stopwatch.StartNew();
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("The command did not start.");
        process.StandardInput.Close();
        process.StandardOutput.BaseStream.CopyTo(Stream.Null);
        process.WaitForExit();
        double seconds = watch.Elapsed.TotalSeconds;
        if (GetUsage(Children, out Usage usage) != 0)
        {
            throw new Win32Exception();
        }

        Console.WriteLine(JsonSerializer.Serialize(new ProcessCost(seconds, usage.User.Seconds + usage.System.Seconds, usage.LargestKilobytes / 1024.0)));
        return process.ExitCode;
    }

    [DllImport("libc", EntryPoint = "getrusage", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetUsage(int who, out Usage usage);

    /// <summary>struct timeval.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeValue
    {
        private readonly long _seconds;
        private readonly long _microseconds;

        internal double Seconds => _seconds + (_microseconds / 1e6);
    }

    /// <summary>struct rusage.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    private readonly struct Usage
    {
        internal readonly TimeValue User;
        internal readonly TimeValue System;
        internal readonly long LargestKilobytes;
    }
}

/// <summary>What a command took as a whole.</summary>
/// <param name="Seconds">From its start to its end.</param>
/// <param name="Cpu">Seconds of CPU of all its processes.</param>
/// <param name="PeakMegabytes">The most memory that its largest process had at once.</param>
internal sealed record ProcessCost(double Seconds, double Cpu, double PeakMegabytes)
{
    public static ProcessCost operator -(ProcessCost whole, ProcessCost part) =>
        new(whole.Seconds - part.Seconds, whole.Cpu - part.Cpu, whole.PeakMegabytes - part.PeakMegabytes);
}

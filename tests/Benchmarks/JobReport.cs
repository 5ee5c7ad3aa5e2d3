namespace Kling.Benchmarks;

/// <summary>What a job's own process measured about itself: seconds, bytes, and when it noticed each task's end.</summary>
internal sealed record JobReport(double Wall, double Cpu, long IdleMemory, long PeakMemory, int Succeeded, Dictionary<string, DateTimeOffset> Submitted, Dictionary<string, DateTimeOffset> Noticed);

namespace Kling.Benchmarks;

/// <summary>Seconds to submit and to wait, seconds of CPU while waiting, bytes resident before and with all tasks open, tasks that succeeded.</summary>
internal sealed record ScaleReport(double Submit, double Wait, double WaitCpu, long IdleMemory, long OpenMemory, int Succeeded);

namespace Kling.Benchmarks;

/// <summary>Seconds to submit and to wait, seconds of CPU while waiting, bytes in use before, with all tasks open, while all are waited for, and resident at most then, tasks that succeeded.</summary>
internal sealed record ScaleReport(double Submit, double Wait, double WaitCpu, long IdleMemory, long OpenMemory, long WaitMemory, long PeakMemory, int Succeeded);

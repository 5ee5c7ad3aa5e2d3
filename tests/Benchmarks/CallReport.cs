namespace Kling.Benchmarks;

/// <summary>Per item: milliseconds, those of a bare round trip of the same bytes, milliseconds of CPU of both, bytes allocated, bytes read from files.</summary>
internal sealed record CallReport(double Item, double RoundTrip, double Cpu, double RoundTripCpu, double Allocated, double Read);

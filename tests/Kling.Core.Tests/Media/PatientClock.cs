using Kling.Support;

namespace Kling.Core.Tests.Media;

/// <summary>For real connections: pauses pass at once, but patience is never at an end.</summary>
internal sealed class PatientClock : IClock
{
    public DateTimeOffset UtcNow => new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public Task DelayAsync(TimeSpan delay, CancellationToken token) =>
        delay < TimeSpan.FromSeconds(30) ? Task.CompletedTask : Task.Delay(Timeout.Infinite, token);

    public double NextDouble() => 0.5;
}

namespace Kling.Support;

/// <summary>Time, waiting and chance, injected so that no test sleeps and every run can be repeated.</summary>
public interface IClock
{
    /// <summary>The current time in UTC.</summary>
    DateTimeOffset UtcNow { get; }

    /// <summary>Completes after <paramref name="delay"/>, or is cancelled with <paramref name="token"/>.</summary>
    Task DelayAsync(TimeSpan delay, CancellationToken token);

    /// <summary>A random number in [0, 1), used for jitter.</summary>
    double NextDouble();
}

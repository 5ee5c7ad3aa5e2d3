namespace Kling.Binding;

/// <summary>Reads -Timeout: seconds, 30 minutes when left out, -1 for no limit.</summary>
internal static class WaitTime
{
    internal static TimeSpan? From(decimal? seconds) => seconds switch
    {
        null => TimeSpan.FromMinutes(30),
        -1m => null,
        decimal given => TimeSpan.FromSeconds((double)given),
    };
}

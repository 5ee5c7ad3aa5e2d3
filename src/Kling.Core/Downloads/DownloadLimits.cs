namespace Kling.Downloads;

/// <summary>How large one download may become and how long it may take. The host's word counts for neither.</summary>
internal sealed class DownloadLimits(DownloadTarget target, DownloadOptions options, IClock clock)
{
    private readonly DateTimeOffset _start = clock.Steady;

    /// <summary>The time that is left; null without a limit.</summary>
    private TimeSpan? Left => options.Time - (clock.Steady - _start);

    /// <summary>How long a wait for the network may take, by its own limit and by the download's.</summary>
    /// <exception cref="DownloadException">No time is left.</exception>
    internal TimeSpan Wait(TimeSpan longest)
    {
        RequireTime(TimeSpan.Zero);
        return Left < longest ? Left.Value : longest;
    }

    /// <summary>Refuses to go on when the time is over, or would be over after a pause.</summary>
    /// <exception cref="DownloadException">There is not enough time.</exception>
    internal void RequireTime(TimeSpan pause)
    {
        if (Left <= pause)
        {
            throw target.Fail(DownloadFailure.TooSlow,
                FormattableString.Invariant($"it was not complete after {options.Time!.Value.TotalSeconds:0.###} s, the most it may take; what arrived is kept"));
        }
    }

    /// <summary>Refuses a video of more bytes than allowed.</summary>
    /// <param name="bytes">How many bytes it has at least; null where that is not known.</param>
    /// <exception cref="DownloadException">It is too large.</exception>
    internal void RequireSize(long? bytes)
    {
        if (bytes > options.MaxBytes)
        {
            throw target.Fail(DownloadFailure.TooLarge, FormattableString.Invariant($"it has more than {options.MaxBytes} bytes, the most a video may have"));
        }
    }
}

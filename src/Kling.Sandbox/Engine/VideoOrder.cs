using System.Globalization;
using Kling.Models;
using Kling.Requests;

namespace Kling.Sandbox.Engine;

/// <summary>
/// What a valid task asks for: how many videos, of which length, at which price, and the file that is served for them. What the model's
/// schema leaves open is simulated.
/// </summary>
internal sealed class VideoOrder
{
    // Simulated: what the service makes of a request without a size or a length is not known of each model.
    private const int UsualSeconds = 5;
    private const int LongSeconds = 10;
    private const int MostSeconds = 1_000_000;
    private const int MostLifetime = 1_000_000_000;
    private const int MostSide = 100_000;
    private const int MostVideos = 100;
    private const string UsualFormat = "mp4";

    private static readonly VideoSize[] s_sizes = [new(1280, 720, "16:9", ""), new(720, 720, "1:1", ""), new(720, 1280, "9:16", "")];
    private static readonly string[] s_formats = [UsualFormat, "webm", "mov"];

    internal VideoOrder(SubmittedTask task)
    {
        ModelSpec model = task.Model;
        decimal seconds = Number(task, "duration", model.DefaultDuration > 0m ? model.DefaultDuration : UsualSeconds, MostSeconds);
        Count = (int)Number(task, "numberResults", 1m, MostVideos);
        bool hasSound = model.Parameter(nameof(VideoSettings.Sound)) is { } row && task.At(row.WireName) is true;

        // A model without a price that we know costs nothing here: any number would be made up.
        decimal rate = model.BilledPerSecond ?? model.PricePerSecond(new VideoSettings { Sound = hasSound }) ?? 0m;
        Price = Math.Round(rate * seconds, 4, MidpointRounding.AwayFromZero);

        Lifetime = task.At("ttl") is decimal ? TimeSpan.FromSeconds((double)Number(task, "ttl", 0m, MostLifetime)) : null;
        VideoSize usual = model.Sizes.Count > 0 ? model.Sizes[0] : s_sizes[0];
        (int width, int height) = ((int)Number(task, "width", usual.Width, MostSide), (int)Number(task, "height", usual.Height, MostSide));
        string format = (task.At("outputFormat") as string ?? model.Parameter(nameof(VideoSettings.OutputFormat))?.DefaultText ?? UsualFormat).ToLowerInvariant();
        string served = s_formats.Contains(format) ? format : UsualFormat;
        VideoSize size = s_sizes.MaxBy(size => size.KeptShare(width, height))!;
        int length = seconds < (UsualSeconds + LongSeconds) / 2m ? UsualSeconds : LongSeconds;
        VideoName = FormattableString.Invariant($"{size.Dimensions}-{length}s.{served}");
        string asked = string.Create(CultureInfo.InvariantCulture, $"{width}x{height}-{seconds:0.##}s.{served}");
        Substitute = served != format ? $"{VideoName} stands for {width}x{height} in another format"
            : asked != VideoName ? $"{VideoName} stands for {asked}"
            : null;
    }

    internal int Count { get; }

    /// <summary>USD for each result, to 4 decimals, as it was seen billed or is listed.</summary>
    internal decimal Price { get; }

    /// <summary>How long the videos are kept; null is for as long as the sandbox runs.</summary>
    internal TimeSpan? Lifetime { get; }

    /// <summary>The file that is served.</summary>
    internal string VideoName { get; }

    /// <summary>What the file stands for, where there is none of that size, length or format; else null.</summary>
    internal string? Substitute { get; }

    private static decimal Number(SubmittedTask task, string field, decimal usual, decimal most) =>
        Math.Clamp(task.At(field) as decimal? ?? usual, 1m, most);
}

using System.Globalization;
using Kling.Models;

namespace Kling.Files;

/// <summary>What a gallery says about a task, as plain text.</summary>
internal static class GalleryWords
{
    internal static string Title(KlingTask task)
    {
        string stem = FileNames.Stem(task.Image);
        return stem.Length == 0 ? $"Task {ShortId(task)}" : stem;
    }

    internal static string ShortId(KlingTask task) => task.TaskId.ToString("N")[..8];

    /// <summary>The state where it is worth a word: a finished task shows its videos.</summary>
    internal static string? State(KlingTask task) => task.Status switch
    {
        KlingTaskStatus.Succeeded => null,
        KlingTaskStatus.PartiallySucceeded => "Partly failed",
        KlingTaskStatus.Failed => "Failed",
        KlingTaskStatus.Unknown => "Outcome unknown",
        _ => "In progress",
    };

    internal static bool IsBad(KlingTask task) => task.Status is KlingTaskStatus.PartiallySucceeded or KlingTaskStatus.Failed or KlingTaskStatus.Unknown;

    internal static string Cost(KlingTask task)
    {
        string estimate = task.EstimatedCost is decimal price ? $"estimate {Money(price)}" : "estimate unknown";
        return task.BillingState switch
        {
            BillingState.NotCharged => "Not charged",
            _ when task.Cost is decimal cost => $"Billed {Money(cost)} · {estimate}",
            BillingState.Unknown => $"May be charged · {estimate}",
            _ => $"Billed: not reported · {estimate}",
        };
    }

    /// <summary>The settings that were given, in one line; null when all was left to the service.</summary>
    internal static string? Settings(KlingTask task)
    {
        string[] given =
        [
            task.Duration is decimal seconds ? $"{Number(seconds)} s" : "",
            task is { Width: int width, Height: int height } ? $"{Number(width)} × {Number(height)}" : "",
            task.CfgScale is decimal scale ? $"CFG {Number(scale)}" : "",
            task.NumberResults is int count and > 1 ? $"{Number(count)} results" : "",
            task.OutputFormat ?? "",
            task.OutputQuality is int quality ? $"quality {Number(quality)}" : "",
            task.SafetyMode is string mode ? $"safety {mode}" : task.CheckContent is bool check ? $"safety check {(check ? "on" : "off")}" : "",
        ];
        string line = string.Join(" · ", given.Where(text => text.Length > 0));
        return line.Length == 0 ? null : line;
    }

    internal static string Money(decimal amount) => amount.ToString("0.0000", CultureInfo.InvariantCulture) + " USD";

    internal static string Number(decimal number) => number.ToString("0.####", CultureInfo.InvariantCulture);

    internal static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    internal static string Counted(int number, string one) => Number(number) + " " + one + (number == 1 ? "" : "s");
}

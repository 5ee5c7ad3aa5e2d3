using System.Globalization;
using Kling.Requests;

namespace Kling.Journal;

/// <summary>Sums tasks by day and model. Pure.</summary>
internal static class SpendingReport
{
    private const string Total = "Total";

    /// <summary>One sum for each day and model, the oldest day first; then the total, where there are several.</summary>
    /// <param name="tasks">The tasks, each with when it was sent.</param>
    /// <param name="zone">The time zone whose days are meant.</param>
    /// <param name="endpoint">The API address of the tasks.</param>
    internal static IReadOnlyList<KlingSpending> Of(IEnumerable<(DateTimeOffset SentAt, KlingTask Task)> tasks, TimeZoneInfo zone, string endpoint)
    {
        KlingSpending[] days =
        [
            .. tasks
                .GroupBy(sent => (Day: Day(sent.SentAt, zone), sent.Task.Model), sent => sent.Task)
                .OrderBy(group => group.Key.Day, StringComparer.Ordinal).ThenBy(group => group.Key.Model, StringComparer.Ordinal)
                .Select(group => Sum(group.Key.Day, group.Key.Model, group, endpoint)),
        ];
        return days.Length < 2 ? days : [.. days, Add(days, endpoint)];
    }

    private static string Day(DateTimeOffset time, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(time, zone).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static KlingSpending Sum(string day, string? model, IEnumerable<KlingTask> tasks, string endpoint)
    {
        KlingTask[] all = [.. tasks];
        KlingTask[] charged = [.. all.Where(task => task.BillingState != BillingState.NotCharged)];
        return new KlingSpending
        {
            Day = day,
            ModelId = model,
            TaskCount = all.Length,
            VideoCount = all.Sum(task => task.Videos.Count),
            FailedCount = all.Count(task => task.Status == KlingTaskStatus.Failed),
            EstimatedCost = charged.Sum(task => ReportedCost.EstimateOf(task) ?? 0m),
            UnpricedCount = charged.Count(task => ReportedCost.EstimateOf(task) is null),
            BilledCost = SumOf(all.Select(ReportedCost.Of)),
            Endpoint = endpoint,
        };
    }

    private static KlingSpending Add(KlingSpending[] days, string endpoint) => new()
    {
        Day = Total,
        TaskCount = days.Sum(day => day.TaskCount),
        VideoCount = days.Sum(day => day.VideoCount),
        FailedCount = days.Sum(day => day.FailedCount),
        EstimatedCost = days.Sum(day => day.EstimatedCost),
        UnpricedCount = days.Sum(day => day.UnpricedCount),
        BilledCost = SumOf(days.Select(day => day.BilledCost)),
        Endpoint = endpoint,
    };

    private static decimal? SumOf(IEnumerable<decimal?> amounts)
    {
        decimal[] known = [.. amounts.OfType<decimal>()];
        return known.Length > 0 ? known.Sum() : null;
    }
}

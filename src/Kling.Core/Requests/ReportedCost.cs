using System.Globalization;

namespace Kling.Requests;

/// <summary>
/// Which reported costs are believed: 0 to 100 times the list price of a video. Any other is kept as text in an error of its task, and is in no
/// sum: it could exceed what a decimal holds, or release and use up budgets.
/// </summary>
internal static class ReportedCost
{
    /// <summary>The most of one video, in USD, where its list price is unknown.</summary>
    internal const decimal MostUnpriced = 1000m;

    private const decimal MostTimesListPrice = 100m;

    // No invocation reaches it: a task has a few videos of a few seconds.
    private const decimal MostEstimated = 1_000_000m;

    private const string Code = "costNotBelieved";

    /// <summary>The most that is believed of one video, in USD.</summary>
    internal static decimal MostOfVideo(VideoSettings settings) =>
        Pricing.Estimate(settings with { NumberResults = null }) is decimal price and > 0m ? price * MostTimesListPrice : MostUnpriced;

    /// <summary>A task's cost, where it is believed.</summary>
    internal static decimal? Of(KlingTask task) =>
        task.Cost is decimal cost && cost >= 0m && cost <= MostOfVideo(task.Settings) * Math.Max(1, Math.Max(task.ExpectedResults, task.Videos.Count)) ? cost : null;

    /// <summary>A task's list price, where it can be one.</summary>
    internal static decimal? EstimateOf(KlingTask task) => task.EstimatedCost is decimal price and >= 0m and <= MostEstimated ? price : null;

    /// <summary>A cost as text.</summary>
    internal static string Text(decimal cost) => cost.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether an error keeps a cost. It is no failure: the video may be there.</summary>
    internal static bool IsKeptBy(KlingTaskError error) => error.Code == Code;

    /// <summary>The error that keeps a cost.</summary>
    /// <param name="task">The task.</param>
    /// <param name="videoId">The video; null for a cost of the whole task.</param>
    /// <param name="cost">What was reported.</param>
    internal static KlingTaskError Keep(KlingTask task, string? videoId, string cost) => new()
    {
        Code = Code,
        Category = KlingErrorCategory.Protocol,
        Message = FormattableString.Invariant($"{cost} USD was reported as billed{(videoId is null ? "" : " for one video")}; believed: 0 to {MostOfVideo(task.Settings):0.####} for each. It is in no sum. Get-KlingAccount shows the balance."),
        TaskId = task.TaskId,
        VideoId = videoId,
    };

    /// <summary>Takes what is not believed out of a task that was read from a file.</summary>
    internal static void Clean(KlingTask task)
    {
        decimal most = MostOfVideo(task.Settings);
        List<KlingTaskError> kept = [];
        task.Videos = [.. task.Videos.Select(video =>
        {
            if (video.VideoCost is not decimal cost || (cost >= 0m && cost <= most))
            {
                return video;
            }

            kept.Add(Keep(task, video.VideoId, Text(cost)));
            return video.WithoutCost();
        })];
        if (task.Cost is decimal sum && Of(task) is null)
        {
            decimal[] believed = [.. task.Videos.Select(video => video.VideoCost).OfType<decimal>()];
            task.Cost = believed.Length > 0 ? believed.Sum() : null;
            if (kept.Count == 0)
            {
                kept.Add(Keep(task, null, Text(sum)));
            }
        }

        task.EstimatedCost = EstimateOf(task);
        IEnumerable<KlingTaskError> news = kept.Where(error => !task.Errors.Any(known => IsKeptBy(known) && known.VideoId == error.VideoId));
        if (kept.Count > 0)
        {
            task.Errors = [.. task.Errors, .. news];
        }
    }
}

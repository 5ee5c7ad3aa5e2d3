using Kling.Models;

namespace Kling.Files;

/// <summary>What the tasks of a gallery come to.</summary>
internal sealed class GalleryTotals
{
    internal GalleryTotals(IReadOnlyList<KlingTask> tasks)
    {
        KlingTask[] charged = [.. tasks.Where(task => task.BillingState != BillingState.NotCharged)];
        Videos = tasks.Sum(task => task.Videos.Count);
        Failed = tasks.Count(task => task.Status is KlingTaskStatus.Failed or KlingTaskStatus.PartiallySucceeded);
        Billed = charged.Sum(task => task.Cost ?? 0m);
        NotReported = charged.Count(task => task.Cost is null);
        Estimated = charged.Sum(task => task.EstimatedCost ?? 0m);
        Unpriced = charged.Count(task => task.EstimatedCost is null);
    }

    internal int Videos { get; }

    /// <summary>Tasks of which something failed.</summary>
    internal int Failed { get; }

    /// <summary>The sum of what was reported as billed, in USD.</summary>
    internal decimal Billed { get; }

    /// <summary>Tasks that may cost money and whose cost was not reported.</summary>
    internal int NotReported { get; }

    /// <summary>List price of the tasks that may cost money, in USD; those that were not charged do not count.</summary>
    internal decimal Estimated { get; }

    /// <summary>Tasks that may cost money and whose list price is not known.</summary>
    internal int Unpriced { get; }
}

using Kling.Models;

namespace Kling.Polling;

/// <summary>Keeps each failure of a task once and counts them; the rule is on <see cref="TaskState"/>.</summary>
internal static class FailureMerge
{
    internal static bool Into(KlingTask task, IReadOnlyList<KlingTaskError> reported, bool replacesRefusal)
    {
        List<KlingTaskError> errors = replacesRefusal ? [] : [.. task.Errors];
        KlingTaskError[] before = [.. errors];
        foreach (KlingTaskError error in reported)
        {
            // A text may differ from poll to poll (seconds, request ids); without a video's name only the code tells failures of different replies apart.
            if (!IsKnown(before, error) && !errors.Any(other => IsSame(other, error)))
            {
                errors.Add(error);
            }
        }

        errors.RemoveAll(error => error.VideoId is string id && task.Videos.Any(video => SameId(video.VideoId, id)));
        if (errors.SequenceEqual(task.Errors))
        {
            return false;
        }

        task.Errors = errors;
        return true;
    }

    /// <summary>Whether an earlier reply reported this failure.</summary>
    internal static bool IsKnown(IEnumerable<KlingTaskError> known, KlingTaskError error) =>
        known.Any(other => IsSame(other, error) || (error.VideoId is null && other.VideoId is null && other.Code == error.Code));

    internal static int CountNamed(KlingTask task) =>
        task.Errors.Where(error => error.VideoId is not null).Select(error => error.VideoId!.ToUpperInvariant()).Distinct().Count();

    internal static int CountUnnamed(KlingTask task) => task.Errors
        .Where(error => error.VideoId is null && !task.Errors.Any(named => named.VideoId is not null && named.Code == error.Code && named.Message == error.Message))
        .Select(error => error.Code)
        .Distinct()
        .Count();

    private static bool IsSame(KlingTaskError one, KlingTaskError other) =>
        one.Code == other.Code && one.Message == other.Message && SameId(one.VideoId, other.VideoId);

    private static bool SameId(string? one, string? other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}

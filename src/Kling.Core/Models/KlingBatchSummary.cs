namespace Kling.Models;

/// <summary>What came of one command. <c>-SummaryVariable</c> gives it; its numbers are final once the command has ended, however it ended.</summary>
public sealed class KlingBatchSummary
{
    /// <summary>How many items are done: their task ended well, and their videos are saved where that was asked for.</summary>
    public int Done { get; set; }

    /// <summary>How many items failed, in whole or in part.</summary>
    public int Failed { get; set; }

    /// <summary>How many items have a task that goes on at the service, or may be there.</summary>
    public int Open { get; set; }

    /// <summary>How many items were read and not sent: the command ended before. They cost nothing.</summary>
    public int NotSent { get; set; }

    /// <summary>What the service reported as billed for this command's tasks, in USD.</summary>
    public decimal Billed { get; set; }

    /// <summary>List price in USD of this command's tasks that may cost money; a task of unknown price counts as 0.</summary>
    public decimal Estimated { get; set; }

    /// <summary>How long the command took.</summary>
    public TimeSpan Elapsed { get; set; }

    /// <summary>What failed, as it was given: rows, paths, or tasks. To try it again, pipe it into the same command.</summary>
    public IReadOnlyList<object> FailedRows { get; set => field = JoinedList<object>.Of(value); } = JoinedList<object>.None;
}

using System.Management.Automation.Host;

namespace Kling.Pipeline;

/// <summary>Says what a command leaves behind that was stopped, and how to go on. After Ctrl+C only the host can still be written to.</summary>
internal static class DetachNotice
{
    // Only tasks that no list of the journal holds are named one by one.
    private const int MostNamed = 50;

    /// <summary>Says it, unless nothing is left behind.</summary>
    internal static void Show(PSHost host, StoppedWork work)
    {
        KlingTask[] left = [.. work.Tasks.Where(task => task.BillingState != BillingState.NotCharged && IsLeft(task, work.Directory is not null))];
        if (left.Length == 0 && work.NotSent == 0)
        {
            return;
        }

        int Count(Func<KlingTask, bool> which) => left.Count(which);
        string?[] facts =
        [
            Fact(work.Done, "done"),
            Fact(work.Failed, "failed"),
            Fact(Count(task => !task.IsTerminal && !IsUnsure(task)), "going on"),
            Fact(Count(task => IsUnsure(task) && task.Model is not null), "perhaps sent"),
            Fact(Count(task => IsUnsure(task) && task.Model is null), "not known here"),
            Fact(Count(task => task.IsTerminal), work.Directory is null ? "ended" : "ended and not saved"),
            Fact(work.NotSent, "not sent"),
        ];
        string rest = work.HasMoreInput ? "; the rest of the input was not read" : "";
        bool isMore = work.NotSent > 0 || work.HasMoreInput;
        string again = left.Length + work.Done + work.Failed == 0 ? " Nothing was bought."
            : work.Repeat is string repeat && isMore ? $" Go on: {repeat}."
            : "";
        host.UI.Warn($"Stopped: {string.Join(", ", facts.Where(fact => fact is not null))}{rest}.{again}");
        if (left.Length == 0)
        {
            return;
        }

        host.UI.Warn($"{(again.Length > 0 ? "Only what is paid" : "Go on")}: {Command(left, work.Directory)}");
        if (Array.FindAll(left, task => IsUnsure(task) && task.Model is not null) is { Length: > 0 } sent)
        {
            string id = sent.Length == 1 ? $"{sent[0].TaskId:D}" : "<id>";
            host.UI.Warn($"Where the service does not have {(sent.Length == 1 ? "it" : "one")}: New-KlingVideo … -TaskId {id} sends the same id again, Remove-KlingTask -TaskId {id} gives it up.");
        }
    }

    private static string? Fact(int count, string what) => count > 0 ? FormattableString.Invariant($"{count} {what}") : null;

    private static bool IsUnsure(KlingTask task) => !task.IsTerminal && task.BillingState == BillingState.Unknown;

    // A video gets its file as soon as that is saved; a video without one was interrupted. Where nothing is saved, its task was not written.
    private static bool IsLeft(KlingTask task, bool saves) => !task.IsTerminal || (saves ? task.Videos.Any(video => video.File is null) : task.Videos.Count > 0);

    /// <summary>One command for all of them. A task of another machine is in no list of this one.</summary>
    private static CommandLine Command(KlingTask[] left, string? folder)
    {
        bool isNamed = left.Length == 1 || left.Any(task => task.Model is null);
        IEnumerable<Guid> ids = left.Take(MostNamed).Select(task => task.TaskId);
        return (isNamed, folder) switch
        {
            (true, null) => Line($"Wait-KlingTask -TaskId {ids}"),
            (true, _) => Line($"Save-KlingVideo -TaskId {ids} -OutDirectory {folder}"),
            (false, null) when left.Any(task => task.IsTerminal) => Line($"Get-KlingTask -Unsaved | Wait-KlingTask"),
            (false, null) when left.All(IsUnsure) => Line($"Get-KlingTask -Status Unknown | Wait-KlingTask"),
            (false, null) when left.Any(IsUnsure) => Line($"Get-KlingTask -Status Processing, Unknown | Wait-KlingTask"),
            (false, null) => Line($"Get-KlingTask -Status Processing | Wait-KlingTask"),
            _ => Line($"Get-KlingTask -Unsaved | Save-KlingVideo -OutDirectory {folder}"),
        };
    }

    // The branches of a choice are plain text, unless one says what they are.
    private static CommandLine Line(CommandLine line) => line;
}

/// <summary>What a command was doing when it was stopped.</summary>
internal sealed record StoppedWork
{
    /// <summary>The tasks that were under way, in whatever state they are now.</summary>
    internal required IReadOnlyCollection<KlingTask> Tasks { get; init; }

    /// <summary>The folder that their videos were being saved to; null where none is.</summary>
    internal string? Directory { get; init; }

    /// <summary>How many items are done.</summary>
    internal int Done { get; init; }

    /// <summary>How many items failed.</summary>
    internal int Failed { get; init; }

    /// <summary>How many items were read and not sent.</summary>
    internal int NotSent { get; init; }

    /// <summary>Whether the input had not ended.</summary>
    internal bool HasMoreInput { get; init; }

    /// <summary>How to run the command again so that it goes on; null where it would begin anew.</summary>
    internal string? Repeat { get; init; }
}

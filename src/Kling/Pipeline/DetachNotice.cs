using System.Management.Automation.Host;

namespace Kling.Pipeline;

/// <summary>Names the commands that re-attach. After Ctrl+C only the host can still be written to.</summary>
internal static class DetachNotice
{
    // More ids would fill the screen, and the journal knows them all.
    private const int MostNamed = 50;

    /// <param name="host">Where it is shown.</param>
    /// <param name="tasks">The tasks that were under way, in whatever state they are now.</param>
    /// <param name="directory">The folder their videos were being saved to; null where it is not known.</param>
    /// <param name="notSent">How many requests were checked and never sent.</param>
    internal static void Show(PSHost host, IReadOnlyCollection<KlingTask> tasks, string? directory = null, int notSent = 0)
    {
        if (notSent > 0)
        {
            host.UI.Warn($"{notSent} request(s) were not sent yet. They cost nothing.");
        }

        KlingTask[] paid = [.. tasks.Where(task => task.BillingState != BillingState.NotCharged)];
        Show(host, paid.Where(task => !task.IsTerminal && task.BillingState != BillingState.Unknown),
            directory is null ? "go on at the service. To wait for them:" : "go on at the service. To wait for them and save their videos:",
            ids => directory is null ? Wait(ids) : Save(ids, directory),
            directory is null ? Line($"Get-KlingTask -Status Processing | Wait-KlingTask") : SaveAll(directory));
        Show(host, paid.Where(task => !task.IsTerminal && task.BillingState == BillingState.Unknown && task.Model is null),
            "are not known here, and the service may not have them. To look again:", ids => $"Get-KlingTask -TaskId {ids}");
        Show(host, paid.Where(task => !task.IsTerminal && task.BillingState == BillingState.Unknown && task.Model is not null),
            "were being sent, and the service may have them. To find out:", Wait, $"Get-KlingTask -Status Unknown | Wait-KlingTask",
            id => $". Where it does not: New-KlingVideo … -TaskId {id} sends the same id again, Remove-KlingTask -TaskId {id} gives it up.");

        // A video gets its file as soon as that is saved; a video without one was interrupted.
        Show(host, paid.Where(task => task.IsTerminal && task.Videos.Any(video => video.File is null)),
            "have ended, and their videos are not all saved. To save them:", ids => Save(ids, directory), SaveAll(directory));
    }

    private static CommandLine Wait(Guid[] ids) => $"Wait-KlingTask -TaskId {ids}";

    private static CommandLine Save(Guid[] ids, string? folder) =>
        folder is null ? Line($"Save-KlingVideo -TaskId {ids} -OutDirectory <folder>") : Line($"Save-KlingVideo -TaskId {ids} -OutDirectory {folder}");

    private static CommandLine SaveAll(string? folder) =>
        folder is null ? Line($"Get-KlingTask -Unsaved | Save-KlingVideo -OutDirectory <folder>") : Line($"Get-KlingTask -Unsaved | Save-KlingVideo -OutDirectory {folder}");

    // Both branches of a choice are plain text, unless one says what they are.
    private static CommandLine Line(CommandLine line) => line;

    private static void Show(
        PSHost host, IEnumerable<KlingTask> tasks, string what, Func<Guid[], CommandLine> command, CommandLine? listing = null, Func<string, string>? exits = null)
    {
        Guid[] ids = [.. tasks.Select(task => task.TaskId)];
        if (ids.Length > 0)
        {
            CommandLine named = ids.Length > MostNamed && listing is not null ? listing : command(ids);
            host.UI.Warn($"{ids.Length} task(s) {what} {named}{exits?.Invoke(ids.Length == 1 ? $"{ids[0]:D}" : "<id>")}");
        }
    }
}

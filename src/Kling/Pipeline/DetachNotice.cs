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
            host.UI.WriteWarningLine($"{notSent} request(s) were not sent yet. They cost nothing.");
        }

        string folder = directory is null ? "<folder>" : $"'{directory.Replace("'", "''")}'";
        KlingTask[] paid = [.. tasks.Where(task => task.BillingState != BillingState.NotCharged)];
        Show(host, paid.Where(task => !task.IsTerminal && task.BillingState != BillingState.Unknown),
            directory is null ? "go on at the service. To wait for them:" : "go on at the service. To wait for them and save their videos:",
            ids => directory is null ? $"Wait-KlingTask -TaskId {ids}" : $"Save-KlingVideo -TaskId {ids} -OutDirectory {folder}",
            directory is null ? "Get-KlingTask -Status Processing | Wait-KlingTask" : $"Get-KlingTask -Unsaved | Save-KlingVideo -OutDirectory {folder}");
        Show(host, paid.Where(task => !task.IsTerminal && task.BillingState == BillingState.Unknown && task.Model is null),
            "are not known here, and the service may not have them. To look again:", ids => $"Get-KlingTask -TaskId {ids}");
        Show(host, paid.Where(task => !task.IsTerminal && task.BillingState == BillingState.Unknown && task.Model is not null),
            "were being sent, and the service may have them. To find out:", ids => $"Wait-KlingTask -TaskId {ids}", "Get-KlingTask -Status Unknown | Wait-KlingTask",
            ids => $". Where it does not: New-KlingVideo … -TaskId {ids} sends the same id again, Remove-KlingTask -TaskId {ids} gives it up.");

        // A video gets its file as soon as that is saved; a video without one was interrupted.
        Show(host, paid.Where(task => task.IsTerminal && task.Videos.Any(video => video.File is null)),
            "have ended, and their videos are not all saved. To save them:", ids => $"Save-KlingVideo -TaskId {ids} -OutDirectory {folder}",
            $"Get-KlingTask -Unsaved | Save-KlingVideo -OutDirectory {folder}");
    }

    private static void Show(
        PSHost host, IEnumerable<KlingTask> tasks, string what, Func<string, string> command, string? listing = null, Func<string, string>? exits = null)
    {
        string[] ids = [.. tasks.Select(task => task.TaskId.ToString("D"))];
        if (ids.Length > 0)
        {
            string named = ids.Length > MostNamed && listing is not null ? listing : command(string.Join(",", ids));
            host.UI.WriteWarningLine($"{ids.Length} task(s) {what} {named}{exits?.Invoke(ids.Length == 1 ? ids[0] : "<id>")}");
        }
    }
}

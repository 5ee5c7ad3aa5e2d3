using System.Management.Automation.Host;
using Kling.Models;

namespace Kling.Pipeline;

/// <summary>Names the command that re-attaches, where Ctrl+C leaves no other way to write.</summary>
internal static class DetachNotice
{
    internal static void Show(PSHost host, IReadOnlyCollection<KlingTask> open)
    {
        KlingTask[] paid = [.. open.Where(task => !task.IsTerminal && task.BillingState != BillingState.NotCharged)];
        if (paid.Length > 0)
        {
            host.UI.WriteWarningLine($"{paid.Length} task(s) go on at the service. To wait for them: Wait-KlingTask -TaskId {string.Join(",", paid.Select(task => task.TaskId.ToString("D")))}");
        }
    }
}

using Kling.Models;
using Kling.Wire;

namespace Kling.Polling;

/// <summary>Fills in what the archive knows of a task that was sent by another machine.</summary>
internal static class RequestFill
{
    internal static bool Fill(KlingTask task, StoredReply? stored)
    {
        if (task.Model is not null || stored?.Find(task.TaskId) is not StoredRequest request || request.Settings.Model is null)
        {
            return false;
        }

        task.Settings = request.Settings;
        task.Image = request.Image;
        return true;
    }
}

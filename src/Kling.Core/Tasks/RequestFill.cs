using Kling.Client;
using Kling.Models;

namespace Kling.Tasks;

/// <summary>Fills in what the archive knows of a task that was sent by another machine.</summary>
internal static class RequestFill
{
    internal static bool Fill(KlingTask task, StoredReply? stored)
    {
        if (task.Model is not null || stored?.Find(task.TaskId) is not StoredRequest request || request.Model is null)
        {
            return false;
        }

        task.Model = request.Model;
        task.Image = request.Image;
        task.Prompt = request.Prompt;
        task.Duration = request.Duration;
        task.Width = request.Width;
        task.Height = request.Height;
        task.CfgScale = request.CfgScale;
        task.NumberResults = request.NumberResults;
        task.OutputFormat = request.OutputFormat;
        task.OutputQuality = request.OutputQuality;
        task.CheckContent = request.CheckContent;
        task.SafetyMode = request.SafetyMode;
        task.Ttl = request.Ttl;
        return true;
    }
}

using Kling.Media;
using Kling.Models;
using Kling.Session;

namespace Kling.Paths;

/// <summary>Saves every video of a task; one that fails does not keep the others from being saved.</summary>
internal static class VideoSaver
{
    internal static async Task SaveAllAsync(
        KlingEngine engine, KlingTask task, string directory, bool force, Action<string> saved, Action<Exception> failed, CancellationToken token)
    {
        for (int index = 0; index < task.Videos.Count; index++)
        {
            KlingVideo video = task.Videos[index];
            try
            {
                string name = FileNames.For(task, video, index, task.Image);
                video.File = await engine.Downloader.SaveAsync(video, directory, name, force, null, token).ConfigureAwait(false);
                saved(video.File);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                failed(failure);
            }
        }
    }
}

using System.Text;
using Kling.Models;

namespace Kling.Media;

/// <summary>
/// The small file beside a <c>.part</c> that says which video its bytes are of and which version, so that only the same
/// bytes are ever continued. Two lines: the video's id and the ETag or Last-Modified.
/// </summary>
internal static class PartMark
{
    internal const string Suffix = ".part.etag";

    /// <summary>The version to continue from; null where nothing may be continued.</summary>
    internal static string? Read(string path, KlingVideo video)
    {
        try
        {
            string[] lines = File.ReadAllLines(path, Encoding.UTF8);
            return lines.Length == 2 && video.VideoId.Length > 0 && lines[0] == video.VideoId && lines[1].Length > 0 ? lines[1] : null;
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    internal static void Write(string path, KlingVideo video, string? version)
    {
        if (version is null)
        {
            File.Delete(path);
            return;
        }

        File.WriteAllText(path, $"{video.VideoId}\n{version}\n", new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }
}

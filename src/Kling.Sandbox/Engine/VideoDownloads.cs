using System.Globalization;
using Kling.Sandbox.Faults;
using Kling.Sandbox.Replies;

namespace Kling.Sandbox.Engine;

/// <summary>Answers GET and HEAD of a video: whole, a range, or a fault.</summary>
internal static class VideoDownloads
{
    internal static SandboxReply Answer(SandboxRequest request, SandboxTask task, SandboxResult result, SandboxFaultKind? fault)
    {
        byte[] video = fault == SandboxFaultKind.WrongContentDownload ? FaultReplies.Page() : SandboxVideos.Bytes(task.VideoName);
        // The tag names the content and the video, so that two tasks never share one.
        string tag = $"\"{SandboxIds.Sha256(video)[..16]}-{result.VideoId:N}\"";
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["Content-Type"] = SandboxVideos.ContentType(task.VideoName),
            ["ETag"] = tag,
            ["Accept-Ranges"] = "bytes",
        };

        int status = 200;
        byte[] body = video;
        string? range = request.Header("Range");
        if (range is not null && request.Method == "GET" && (request.Header("If-Range") ?? tag) == tag)
        {
            switch (ByteRange.Read(range, video.Length))
            {
                case { IsSatisfiable: false }:
                    headers["Content-Range"] = FormattableString.Invariant($"bytes */{video.Length}");
                    return new SandboxReply { Status = 416, Headers = headers };
                case { } part:
                    status = 206;
                    body = video.AsSpan(part.First, part.Length).ToArray();
                    headers["Content-Range"] = FormattableString.Invariant($"bytes {part.First}-{part.First + part.Length - 1}/{video.Length}");
                    break;
            }
        }

        headers["Content-Length"] = body.Length.ToString(CultureInfo.InvariantCulture);
        return new SandboxReply
        {
            Status = status,
            Headers = headers,
            Body = request.Method == "HEAD" ? [] : body,
            BodyTail = fault switch
            {
                SandboxFaultKind.TruncatedDownload => SandboxBodyTail.Truncate,
                SandboxFaultKind.Reset => SandboxBodyTail.Reset,
                SandboxFaultKind.Stall => SandboxBodyTail.Stall,
                _ => SandboxBodyTail.Complete,
            },
        };
    }
}

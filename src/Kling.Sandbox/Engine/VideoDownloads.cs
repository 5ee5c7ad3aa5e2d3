using System.Globalization;
using System.Net.Http.Headers;
using Kling.Sandbox.Faults;
using Kling.Sandbox.Replies;
using Kling.Support;

namespace Kling.Sandbox.Engine;

/// <summary>Answers GET and HEAD of a video: whole, a range, or a fault.</summary>
internal static class VideoDownloads
{
    internal static SandboxReply Answer(SandboxRequest request, SandboxTask task, SandboxResult result, SandboxFaultKind? fault)
    {
        byte[] video = fault == SandboxFaultKind.WrongContentDownload ? FaultReplies.Page : SandboxVideos.Bytes(task.VideoName);
        // The tag names the content and the video, so that two tasks never share one.
        string tag = $"\"{Sha256Text.Of(video)[..16]}-{result.VideoId:N}\"";
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
            switch (Range(range, video.Length))
            {
                case { Length: 0 }:
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

    /// <summary>
    /// The first byte and the length that a Range header asks for; the length is 0 where the video has none of these bytes. Null
    /// when the header is to be ignored (another unit, several ranges, unreadable), as HTTP allows.
    /// </summary>
    private static (int First, int Length)? Range(string header, int total)
    {
        if (!RangeHeaderValue.TryParse(header, out RangeHeaderValue? asked)
            || !asked.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase)
            || asked.Ranges.Count != 1)
        {
            return null;
        }

        RangeItemHeaderValue range = asked.Ranges.First();
        long first = range.From ?? Math.Max(0, total - range.To!.Value);
        long last = range.From is null ? total - 1 : Math.Min(range.To ?? long.MaxValue, total - 1);
        return first > last ? (0, 0) : ((int)first, (int)(last - first + 1));
    }
}

/// <summary>Answers GET and HEAD of an uploaded image.</summary>
internal static class ImageDownloads
{
    /// <summary>The folder of the images beside that of the videos.</summary>
    internal static Uri Folder(Uri videoBase) => new(videoBase, "../image/");

    /// <summary>Answers one request for the image of this name, which is its id.</summary>
    internal static SandboxReply Answer(SandboxRequest request, string name, MediaStore media, SandboxCall call)
    {
        if (request.Method is not ("GET" or "HEAD"))
        {
            return FaultReplies.NotAllowed("GET, HEAD");
        }

        if (!SandboxIds.TryParse(name, out Guid id) || media.Find(id) is not { Bytes: { } bytes } image)
        {
            call.Summary = "no such image, or it was too big to be kept";
            return FaultReplies.Expired();
        }

        call.Summary = "image";
        return new SandboxReply
        {
            Status = 200,
            Headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
            {
                ["Content-Type"] = image.ContentType,
                ["Content-Length"] = bytes.Length.ToString(CultureInfo.InvariantCulture),
            },
            Body = request.Method == "HEAD" ? [] : bytes,
        };
    }
}

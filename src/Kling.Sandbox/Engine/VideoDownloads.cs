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

/// <summary>One range of bytes as a Range header asks for it.</summary>
internal sealed class ByteRange
{
    private ByteRange(int first, int length)
    {
        First = first;
        Length = length;
    }

    internal int First { get; }

    internal int Length { get; }

    internal bool IsSatisfiable => Length > 0;

    /// <summary>Reads the header; null when it is to be ignored (another unit, several ranges, unreadable), as HTTP allows.</summary>
    internal static ByteRange? Read(string header, int total)
    {
        const string Unit = "bytes=";
        string[] ends = header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase) ? header[Unit.Length..].Trim().Split('-') : [];
        if (ends.Length != 2)
        {
            return null;
        }

        bool hasFirst = TryRead(ends[0], out long first);
        bool hasLast = TryRead(ends[1], out long last);
        if (hasFirst && (hasLast || ends[1].Length == 0))
        {
            long end = hasLast ? Math.Min(last, total - 1) : total - 1;
            return hasLast && last < first ? null : Of(first, end - first + 1, total);
        }

        return ends[0].Length == 0 && hasLast ? Of(Math.Max(0, total - last), Math.Min(last, total), total) : null;
    }

    private static ByteRange Of(long first, long length, int total) => first >= total ? new ByteRange(0, 0) : new ByteRange((int)first, (int)length);

    private static bool TryRead(string text, out long value) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}

/// <summary>Answers GET and HEAD of an uploaded image.</summary>
internal static class ImageDownloads
{
    /// <summary>The folder of the images beside that of the videos.</summary>
    internal static Uri Folder(Uri videoBase) => new(videoBase, "../image/");

    /// <summary>Answers one request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="name">What follows the images' folder in its path: the image's id.</param>
    /// <param name="media">The images.</param>
    /// <param name="call">Takes the note for the log.</param>
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

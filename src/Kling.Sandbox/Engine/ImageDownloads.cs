using System.Globalization;
using Kling.Sandbox.Faults;
using Kling.Sandbox.Replies;

namespace Kling.Sandbox.Engine;

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

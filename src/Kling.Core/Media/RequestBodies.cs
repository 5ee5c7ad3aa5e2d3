using Kling.Models;
using Kling.Requests;

namespace Kling.Media;

/// <summary>The body of a video request, whatever its image is.</summary>
public static class RequestBodies
{
    /// <summary>A body that streams the image where it is a file, and otherwise is in memory.</summary>
    /// <param name="request">The request; a file must have been loaded by <see cref="ImageFile"/>.</param>
    /// <exception cref="ArgumentException">The image is a file whose hash or size is not known.</exception>
    public static RequestBody For(VideoRequest request)
    {
        if (request.Image is not { Kind: ImageKind.File } image)
        {
            return RequestBody.FromBytes(RequestJson.Write(request));
        }

        (byte[] before, byte[] after) = RequestJson.Around(request);
        return new ImageBody(image, before, after);
    }
}

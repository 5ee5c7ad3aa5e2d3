using Kling.Models;
using Kling.Requests;

namespace Kling.Images;

/// <summary>The bodies of requests that carry an image, whatever it is.</summary>
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
    /// <summary>The body of an upload: it streams a file, and holds anything else in memory.</summary>
    /// <param name="image">The image; a file must have been loaded by <see cref="ImageFile"/>.</param>
    /// <param name="kind">The task type.</param>
    /// <param name="id">An id of its own.</param>
    /// <exception cref="ArgumentException">The image is a file whose hash or size is not known, or already has a UUID.</exception>
    public static RequestBody ForUpload(RequestImage image, UploadKind kind, Guid id)
    {
        if (image.Kind != ImageKind.File)
        {
            return RequestBody.FromBytes(UploadJson.Write(kind, id, image));
        }

        (byte[] before, byte[] after) = UploadJson.Around(kind, id, image);
        return new ImageBody(image, before, after);
    }
}

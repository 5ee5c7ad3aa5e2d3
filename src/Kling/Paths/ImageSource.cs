using Kling.Images;
using Kling.Models;
using Kling.Session;

namespace Kling.Paths;

/// <summary>An image that was found but not read yet, so that many can be counted and priced before the first is read.</summary>
/// <param name="Kind">How it is given.</param>
/// <param name="Value">The UUID, URL, data URI, base64 text, or full file path.</param>
internal sealed record ImageSource(ImageKind Kind, string Value)
{
    /// <summary>The name for messages.</summary>
    internal string Name => Kind is ImageKind.File ? Value : ImageResolver.Shown(Value);

    /// <summary>Reads and checks it.</summary>
    /// <exception cref="ImageException">It is no usable image.</exception>
    internal RequestImage Load(ImageFileCache files) => Kind switch
    {
        ImageKind.File => files.Load(Value),
        ImageKind.DataUri or ImageKind.Base64 => InlineImage.Load(Kind, Value),

        // An uploaded image is the same purchase as its file: -Resume knows it by its bytes.
        ImageKind.Uuid => new RequestImage(Kind, Value) { Sha256 = KlingSession.UploadedHash(Guid.Parse(Value)) },
        _ => new RequestImage(Kind, Value),
    };
}

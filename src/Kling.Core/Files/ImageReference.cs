using Kling.Images;
using Kling.Models;
using Kling.Support;

namespace Kling.Files;

/// <summary>A task's image as files beside the videos name it.</summary>
internal static class ImageReference
{
    /// <summary>
    /// A file's path from a folder, so that both can be moved together and no folder above them is told; anything else as it may be
    /// shown, without data or queries.
    /// </summary>
    /// <param name="folder">The folder's full path.</param>
    /// <param name="image">The image as the task names it.</param>
    internal static string? From(string folder, string? image)
    {
        if (string.IsNullOrEmpty(image) || AddressText.IsMasked(image))
        {
            return image;
        }

        return ImageText.Recognise(image!, IsPath) switch
        {
            ImageKind.File => RelativePath.From(folder, image!),
            ImageKind.Url => AddressText.Shown(image),
            ImageKind.DataUri or ImageKind.Base64 => AddressText.InlineShown(image),
            _ => image,
        };
    }

    /// <summary>Paths in tasks are full ones; the check comes first, since no path holds a NUL.</summary>
    private static bool IsPath(string text) => text.IndexOf('\0') < 0 && Path.IsPathRooted(text);
}

using Kling.Images;

namespace Kling.Files;

/// <summary>A task's image as files beside the videos name it.</summary>
internal static class ImageReference
{
    /// <summary>
    /// A file's path as seen from a folder, so that both can be moved together and no parent folder is revealed. Anything else as
    /// it may be shown, without data or queries.
    /// </summary>
    internal static string? From(string folder, string? image)
    {
        if (string.IsNullOrEmpty(image) || Masking.IsMasked(image))
        {
            return image;
        }

        return ImageKindDetector.Detect(image, IsPath) switch
        {
            null => image,
            ImageKind.File => RelativePath.From(folder, image),
            ImageKind kind => new RequestImage(kind, image).Shown,
        };
    }

    /// <summary>The path of the file, where the image is one.</summary>
    internal static string? FileOf(string? image) =>
        !string.IsNullOrEmpty(image) && !Masking.IsMasked(image) && ImageKindDetector.Detect(image, IsPath) == ImageKind.File ? image : null;

    /// <summary>Paths in tasks are full ones; the check comes first, since no path holds a NUL.</summary>
    private static bool IsPath(string text) => text.IndexOf('\0') < 0 && Path.IsPathRooted(text);
}

/// <summary>Paths as seen from a folder, with forward slashes, which every platform reads.</summary>
internal static class RelativePath
{
    /// <summary>The path from a folder: beginning with <c>./</c> or <c>../</c>, or the full path where no way leads there (another drive).</summary>
    internal static string From(string folder, string path)
    {
        string way = Path.GetRelativePath(folder, Path.GetDirectoryName(Path.GetFullPath(path))!).Replace(Path.DirectorySeparatorChar, '/');
        if (Path.IsPathRooted(way))
        {
            return Path.GetFullPath(path);
        }

        string start = way is "." or ".." || way.StartsWith("../", StringComparison.Ordinal) ? way : "./" + way;
        return $"{start}/{Path.GetFileName(path)}";
    }
}

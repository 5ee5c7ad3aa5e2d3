using System.Collections;
using System.Management.Automation.Language;
using Kling.Images;
using static System.FormattableString;

namespace Kling.Binding;

/// <summary>Completes images and folders, not every file. The tips say how large the first images are, in pixels and bytes.</summary>
public sealed class ImageCompleter : IArgumentCompleter
{
    // Each is read to its end to know its size, and the person waits.
    private const int MostRead = 40;
    private const long LongestRead = 8 * 1024 * 1024;
    private static readonly HashSet<string> s_endings = new(StringComparer.OrdinalIgnoreCase) { ".jpg", ".jpeg", ".jfif", ".png", ".webp", ".gif", ".bmp" };

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        int read = 0;
        foreach (CompletionResult found in CompletionCompleters.CompleteFilename(wordToComplete))
        {
            if (found.ResultType == CompletionResultType.ProviderContainer)
            {
                yield return found;
            }
            else if (s_endings.Contains(Path.GetExtension(found.ListItemText)))
            {
                yield return CompletionText.Offer(found.CompletionText, found.ListItemText, Tip(found.ToolTip, read++ < MostRead));
            }
        }
    }

    private static string Tip(string path, bool reads)
    {
        try
        {
            var file = new FileInfo(path);
            using FileStream? stream = reads && file.Length <= LongestRead ? file.OpenRead() : null;
            ImageInfo? info = null;
            string? fault = null;
            bool isWhole = stream is null || ImageReader.TryRead(stream, out info, out fault);
            string size = Formatting.KlingFormat.Bytes(file.Length);
            return !isWhole ? $"{file.Name} {fault}"
                : info is null ? $"{file.Name}: {size}"
                : Invariant($"{file.Name}: {info.Width}x{info.Height}, {info.Format}, {size}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return path;
        }
    }
}

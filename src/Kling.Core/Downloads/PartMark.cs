using System.Globalization;
using System.Text;

namespace Kling.Downloads;

/// <summary>What is known of an unfinished download, kept beside it: which video, its entity tag, its length.</summary>
/// <param name="Identity">Which video.</param>
/// <param name="Tag">The strong entity tag, with its quotes.</param>
/// <param name="Total">The whole length in bytes, where the host announced it.</param>
internal sealed record PartMark(string Identity, string Tag, long? Total)
{
    /// <summary>No honest mark is longer.</summary>
    internal const int MaxBytes = 4096;

    private const string Title = "kling-part 1";

    /// <summary>The mark's text; null where it would not be read back.</summary>
    internal byte[]? ToBytes()
    {
        string total = Total?.ToString(CultureInfo.InvariantCulture) ?? "-";
        byte[] bytes = Encoding.UTF8.GetBytes($"{Title}\n{Identity}\n{Tag}\n{total}\nend\n");
        return bytes.Length <= MaxBytes && Read(bytes, bytes.Length) == this ? bytes : null;
    }

    /// <summary>Reads a mark; null for one that is torn or not ours.</summary>
    internal static PartMark? Read(byte[] bytes, int count)
    {
        string[] lines = Encoding.UTF8.GetString(bytes, 0, count).Split('\n');
        if (lines.Length != 6 || lines[0] != Title || lines[4] != "end" || lines[2].Length < 3 || lines[2][0] != '"')
        {
            return null;
        }

        return lines[3] == "-" ? new PartMark(lines[1], lines[2], null)
            : long.TryParse(lines[3], NumberStyles.None, CultureInfo.InvariantCulture, out long total) ? new PartMark(lines[1], lines[2], total)
            : null;
    }
}

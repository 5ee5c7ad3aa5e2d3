using System.Globalization;

namespace Kling.Sandbox.Engine;

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

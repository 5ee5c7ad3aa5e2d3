namespace Kling.Downloads;

/// <summary>Room on disks.</summary>
internal static class DiskSpace
{
    // Linux and macOS: no space, quota exceeded (122 and 69). Windows: disk full, in two forms.
    private static readonly HashSet<int> s_full = [28, 122, 69, unchecked((int)0x80070070), unchecked((int)0x80070027)];

    /// <summary>How many bytes this user may still write below a folder; null where that cannot be told, as of a network share.</summary>
    internal static long? Free(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Then the disk itself tells.
            return null;
        }
    }

    /// <summary>Whether a failed write means that the disk, or the user's share of it, is full.</summary>
    internal static bool IsExhausted(Exception failure) => failure is IOException && s_full.Contains(failure.HResult);
}

using System.Runtime.InteropServices;

namespace Kling.Journal;

/// <summary>
/// Tells whether a file or folder of ours is what it should be. A link leads what is paid for elsewhere (/dev/null among others), and what
/// another user owns, that user can change.
/// </summary>
internal static class FileOwner
{
    private const int KindMask = 0xF000;
    private const int Link = 0xA000;
    private const int Folder = 0x4000;
    private const int RegularFile = 0x8000;

    // .NET's own record of a file: flags, mode, user, group and more. Only the first fields are read; the room is for all of them.
    private const int StatusBytes = 512;
    private const int ModeAt = 4;
    private const int UserAt = 8;

    /// <summary>Why it must not be used; null where it may be, or is not there yet.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="isFolder">Whether it should be a folder.</param>
    internal static string? Refusal(string path, bool isFolder)
    {
        if (OperatingSystem.IsWindows())
        {
            return LinkRefusal(path);
        }

        byte[] status = new byte[StatusBytes];
        try
        {
            // What is not there, or cannot be reached, is told by opening it.
            return LStat(path, status) == 0 ? Judge(BitConverter.ToInt32(status, ModeAt), BitConverter.ToUInt32(status, UserAt), GetEUid(), isFolder) : null;
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            return LinkRefusal(path);
        }
    }

    private static string? Judge(int mode, uint owner, uint user, bool isFolder) => (mode & KindMask) switch
    {
        Link => "it is a link",
        int kind when kind != (isFolder ? Folder : RegularFile) => isFolder ? "it is no folder" : "it is no regular file",
        _ when owner != user => FormattableString.Invariant($"it belongs to another user (number {owner}, and this process runs as number {user})"),
        _ => null,
    };

    private static string? LinkRefusal(string path) => new FileInfo(path).LinkTarget is null ? null : "it is a link";

    // The runtime's own library, which is beside every .NET: .NET has no other way to a file's owner.
    [DllImport("libSystem.Native", EntryPoint = "SystemNative_LStat", CharSet = CharSet.Unicode, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int LStat([MarshalAs(UnmanagedType.LPUTF8Str)] string path, byte[] status);

    [DllImport("libSystem.Native", EntryPoint = "SystemNative_GetEUid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint GetEUid();
}

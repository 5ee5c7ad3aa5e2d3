using System.Runtime.InteropServices;

namespace Kling.Journal;

/// <summary>
/// The calls of the Unix C library that netstandard2.0 has no counterpart for. None of them takes variable arguments
/// (as <c>open</c> does), because those are passed differently on some processors.
/// </summary>
internal static class NativeMethods
{
    internal const int EEXIST = 17;

    [DllImport("libc", EntryPoint = "mkdir", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static extern int MakeDirectory(byte[] path, uint mode);

    /// <summary>Creates a new file with mode 0600 under a name made from the template, which it fills in.</summary>
    [DllImport("libc", EntryPoint = "mkstemp", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static extern int MakeTemporary(byte[] template);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static extern int Close(int descriptor);
}

using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Kling.Journal;

/// <summary>
/// Makes folders and files that only their owner can open: 0700 and 0600 on Unix from the first moment, never narrowed
/// afterwards. On Windows they inherit the access of the user's profile (not verified on Windows).
/// </summary>
internal static class OwnerOnly
{
    private const uint OwnerFolder = 448; // 0700

    /// <summary>
    /// Makes the folder where it is missing. One that exists is left as it is: <c>KLING_HOME</c> may name a folder that
    /// others need to open.
    /// </summary>
    /// <exception cref="IOException">It could not be made.</exception>
    internal static void CreateFolder(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        if (!IsUnix)
        {
            Directory.CreateDirectory(path);
            return;
        }

        string? parent = Path.GetDirectoryName(path.TrimEnd(Path.DirectorySeparatorChar));
        if (!string.IsNullOrEmpty(parent))
        {
            Directory.CreateDirectory(parent!);
        }

        if (NativeMethods.MakeDirectory(CString(path), OwnerFolder) == 0)
        {
            return;
        }

        int error = Marshal.GetLastWin32Error();
        if (error != NativeMethods.EEXIST || !Directory.Exists(path))
        {
            throw new IOException($"The folder '{path}' could not be made (error {error.ToString(CultureInfo.InvariantCulture)}).");
        }
    }

    /// <summary>Makes an empty file where it is missing; one that another process made meanwhile is left whole.</summary>
    /// <exception cref="IOException">It could not be made.</exception>
    internal static void CreateFile(string path)
    {
        if (File.Exists(path))
        {
            return;
        }

        if (!IsUnix)
        {
            try
            {
                new FileStream(path, FileMode.CreateNew, FileAccess.Write).Dispose();
            }
            catch (IOException) when (File.Exists(path))
            {
            }

            return;
        }

        byte[] name = CString(path + ".XXXXXX");
        int descriptor = NativeMethods.MakeTemporary(name);
        if (descriptor < 0)
        {
            int error = Marshal.GetLastWin32Error();
            throw new IOException($"The file '{path}' could not be made (error {error.ToString(CultureInfo.InvariantCulture)}).");
        }

        _ = NativeMethods.Close(descriptor);
        string temporary = Encoding.UTF8.GetString(name, 0, name.Length - 1);
        try
        {
            // Move does not replace: whoever comes second keeps the first one's file.
            File.Move(temporary, path);
        }
        catch (IOException) when (File.Exists(path))
        {
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static bool IsUnix => !RuntimeInformation.IsOSPlatform(OSPlatform.Windows);

    private static byte[] CString(string text) => Encoding.UTF8.GetBytes(text + "\0");
}

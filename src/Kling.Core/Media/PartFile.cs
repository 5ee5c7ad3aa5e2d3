using System.Runtime.InteropServices;
using Kling.Models;

namespace Kling.Media;

/// <summary>The unfinished file of one download, held exclusively.</summary>
internal sealed class PartFile : IDisposable
{
    private readonly string _path;
    private readonly string _mark;
    private readonly KlingVideo _video;
    private readonly FileStream _stream;
    private bool _moved;

    private PartFile(string target, KlingVideo video)
    {
        _path = target + ".part";
        _mark = target + PartMark.Suffix;
        _video = video;
        _stream = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.Asynchronous);
        try
        {
            Version = PartMark.Read(_mark, video);
            if (Version is null)
            {
                Restart(null);
            }
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    /// <summary>Bytes that are there.</summary>
    internal long Length => _stream.Length;

    /// <summary>The ETag or Last-Modified of these bytes; null when they cannot be continued.</summary>
    internal string? Version { get; private set; }

    /// <summary>Opens the unfinished file of a target, with the bytes of an earlier try where they are of the same video.</summary>
    /// <exception cref="IOException">Another download holds it, or it cannot be written.</exception>
    internal static PartFile Open(string target, KlingVideo video) => new(target, video);

    /// <summary>Drops all bytes; what comes now is of the given version.</summary>
    internal void Restart(string? version)
    {
        _stream.SetLength(0);
        Version = version;
        PartMark.Write(_mark, _video, version);
    }

    internal async Task AppendAsync(byte[] buffer, int count, CancellationToken token)
    {
        _stream.Seek(0, SeekOrigin.End);
        await _stream.WriteAsync(buffer, 0, count, token).ConfigureAwait(false);
    }

    /// <summary>The first bytes.</summary>
    internal byte[] Head()
    {
        byte[] head = new byte[(int)Math.Min(ContainerSignature.Length, _stream.Length)];
        _stream.Seek(0, SeekOrigin.Begin);
        int read = 0;
        while (read < head.Length)
        {
            int count = _stream.Read(head, read, head.Length - read);
            if (count == 0)
            {
                break;
            }

            read += count;
        }

        return head;
    }

    /// <summary>Makes the finished file appear under its name, all at once.</summary>
    /// <exception cref="IOException">A file of that name is there and may not be replaced.</exception>
    internal void MoveTo(string target, bool replace)
    {
        _stream.Flush(flushToDisk: true);
        if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
        {
            // Windows does not rename an open file; elsewhere it stays held, so that nobody continues a file that is being renamed.
            _stream.Dispose();
        }

        if (replace && File.Exists(target))
        {
            File.Replace(_path, target, destinationBackupFileName: null);
        }
        else
        {
            File.Move(_path, target);
        }

        _moved = true;
        File.Delete(_mark);
    }

    /// <summary>Lets go of the file; bytes that can be continued stay, others are removed.</summary>
    public void Dispose()
    {
        bool worthless = !_moved && _stream.CanWrite && (_stream.Length == 0 || Version is null);
        if (worthless)
        {
            File.Delete(_mark);
            if (!RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
            {
                File.Delete(_path);
            }
        }

        _stream.Dispose();
        if (worthless && RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
        {
            DeleteQuietly(_path);
        }
    }

    private static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (IOException)
        {
            // Another download has just taken it over.
        }
    }
}

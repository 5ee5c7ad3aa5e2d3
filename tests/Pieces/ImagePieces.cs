using BenchmarkDotNet.Attributes;
using Kling.Media;
using Kling.Models;
using Kling.Requests;

namespace Kling.Pieces;

/// <summary>An image from the disk to the wire.</summary>
public class ImagePieces
{
    private readonly RequestImage _small = Make(8 * 1024);
    private readonly RequestImage _large = Make(4 * 1024 * 1024);

    /// <summary>Hash, format and size of a small image.</summary>
    [Benchmark(Description = "Check and hash a file of 8 KB")]
    public object LoadSmall() => ImageFile.Load(_small.Value);

    /// <summary>Hash, format and size of a large image.</summary>
    [Benchmark(Description = "Check and hash a file of 4 MB")]
    public object LoadLarge() => ImageFile.Load(_large.Value);

    /// <summary>Base64 of a small image, made while it is sent.</summary>
    [Benchmark(Description = "Stream base64 of a file of 8 KB")]
    public Task StreamSmall() => Body(_small).WriteAsync(Stream.Null, CancellationToken.None);

    /// <summary>Base64 of a large image, made while it is sent.</summary>
    [Benchmark(Description = "Stream base64 of a file of 4 MB")]
    public Task StreamLarge() => Body(_large).WriteAsync(Stream.Null, CancellationToken.None);

    /// <summary>Removes the files.</summary>
    [GlobalCleanup]
    public void Clean()
    {
        File.Delete(_small.Value);
        File.Delete(_large.Value);
    }

    private static RequestBody Body(RequestImage image) => RequestBodies.For(new VideoRequest { TaskId = Guid.NewGuid(), Image = image, Prompt = "slow dolly in" });

    private static RequestImage Make(int size)
    {
        byte[] bytes = new byte[size];
        new Random(1).NextBytes(bytes);
        byte[] head = [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, (byte)'I', (byte)'H', (byte)'D', (byte)'R', 0, 0, 5, 0, 0, 0, 2, 208];
        head.CopyTo(bytes, 0);
        string path = Path.Combine(Path.GetTempPath(), FormattableString.Invariant($"kling-piece-{Environment.ProcessId}-{size}.png"));
        File.WriteAllBytes(path, bytes);
        return ImageFile.Load(path);
    }
}

using System.Buffers.Binary;
using Kling.Hosting;

namespace Kling.Benchmarks;

/// <summary>Real PNGs, padded behind their end to the wanted size, as large photos would be.</summary>
internal static class SampleImage
{
    internal static string Write(int bytes)
    {
        string path = Path.Combine(Path.GetTempPath(), $"kling-benchmark-{bytes}.png");
        File.WriteAllBytes(path, Bytes(bytes));
        return path;
    }

    /// <summary>Writes images that all differ into a folder.</summary>
    internal static string[] WriteDistinct(string folder, int count, int bytes)
    {
        byte[] image = Bytes(bytes);
        string[] paths = [.. Enumerable.Range(1, count).Select(number => Path.Combine(folder, FormattableString.Invariant($"shot-{number:0000}.png")))];
        for (int i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(image.AsSpan(image.Length - sizeof(int)), i);
            File.WriteAllBytes(paths[i], image);
        }

        return paths;
    }

    private static byte[] Bytes(int bytes)
    {
        byte[] source = File.ReadAllBytes(Directory.GetFiles(Path.Combine(RepositoryPaths.Root, "examples", "images"), "*.png")[0]);
        byte[] image = new byte[Math.Max(bytes, source.Length)];
        new Random(1).NextBytes(image);
        source.CopyTo(image, 0);
        return image;
    }
}

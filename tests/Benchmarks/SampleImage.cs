using Kling.Hosting;

namespace Kling.Benchmarks;

/// <summary>A real PNG, padded behind its end to the wanted size, as a large photo would be.</summary>
internal static class SampleImage
{
    internal static string Write(int bytes)
    {
        byte[] source = File.ReadAllBytes(Directory.GetFiles(Path.Combine(RepositoryPaths.Root, "examples", "images"), "*.png")[0]);
        byte[] image = new byte[Math.Max(bytes, source.Length)];
        new Random(1).NextBytes(image);
        source.CopyTo(image, 0);
        string path = Path.Combine(Path.GetTempPath(), $"kling-benchmark-{bytes}.png");
        File.WriteAllBytes(path, image);
        return path;
    }
}

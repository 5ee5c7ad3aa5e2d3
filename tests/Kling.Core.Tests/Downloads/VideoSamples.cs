using Kling.Core.Tests.Conventions;

namespace Kling.Core.Tests.Downloads;

/// <summary>The real videos that the sandbox serves.</summary>
internal static class VideoSamples
{
    private static readonly string s_folder = Path.Combine(RepositoryFiles.Root, "src", "Kling.Sandbox", "Videos");

    internal static IReadOnlyList<string> Names { get; } = [.. Directory.GetFiles(s_folder).Select(path => Path.GetFileName(path)).Order()];

    internal static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(s_folder, name));
}

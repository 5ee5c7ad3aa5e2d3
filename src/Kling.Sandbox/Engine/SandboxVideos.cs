using System.Collections.Concurrent;

namespace Kling.Sandbox.Engine;

/// <summary>The playable videos the sandbox serves, made once by <c>scripts/make-sandbox-videos.sh</c> and embedded by file name.</summary>
internal static class SandboxVideos
{
    private static readonly ConcurrentDictionary<string, byte[]> s_bytes = new(StringComparer.Ordinal);

    /// <summary>The bytes of a video such as <c>1280x720-5s.mp4</c>.</summary>
    internal static byte[] Bytes(string name) => s_bytes.GetOrAdd(name, Load);

    internal static string ContentType(string name) => Path.GetExtension(name) switch
    {
        ".webm" => "video/webm",
        ".mov" => "video/quicktime",
        _ => "video/mp4",
    };

    private static byte[] Load(string name)
    {
        using Stream resource = typeof(SandboxVideos).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The sandbox has no video '{name}'.");
        using var buffer = new MemoryStream();
        resource.CopyTo(buffer);
        return buffer.ToArray();
    }
}

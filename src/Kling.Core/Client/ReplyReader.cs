using System.Net.Http;

namespace Kling.Client;

/// <summary>Reads a reply in chunks, so that a stop takes effect at once and a wrong server cannot fill the memory.</summary>
internal static class ReplyReader
{
    /// <summary>The reply's bytes; null when there are more than <paramref name="longest"/>.</summary>
    internal static async Task<byte[]?> ReadAsync(HttpContent? content, int longest, CancellationToken token)
    {
        if (content is null)
        {
            return [];
        }

        using Stream stream = await content.ReadAsStreamAsync(token).ConfigureAwait(false);
        using var bytes = new MemoryStream();
        byte[] chunk = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(chunk, token).ConfigureAwait(false)) > 0)
        {
            if (bytes.Length + read > longest)
            {
                return null;
            }

            bytes.Write(chunk, 0, read);
        }

        return bytes.ToArray();
    }
}

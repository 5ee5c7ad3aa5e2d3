using Kling.Requests;

namespace Kling.Core.Tests.Client;

/// <summary>A body that writes some of the bytes it announced and then does what the test says.</summary>
internal sealed class FakeBody(long announced, int written, Exception? fault = null) : RequestBody
{
    public override long Length => announced;

    public override async Task WriteAsync(Stream stream, CancellationToken token)
    {
        for (int left = written; left > 0; left -= 4096)
        {
            byte[] chunk = new byte[Math.Min(left, 4096)];
            Array.Fill(chunk, (byte)' ');
            await stream.WriteAsync(chunk, token);
        }

        if (fault is not null)
        {
            throw fault;
        }
    }
}

using Kling.Requests;

namespace Kling.Core.Tests.Submit;

/// <summary>A body whose image changes after some writes.</summary>
internal sealed class ChangedBody(RequestBody? inner = null, int writes = 0) : RequestBody
{
    private int _left = writes;

    public override long Length => inner?.Length ?? 1;

    public override Task WriteAsync(Stream stream, CancellationToken token) =>
        _left-- > 0 ? inner!.WriteAsync(stream, token) : throw new BodyChangedException("the image changed");
}

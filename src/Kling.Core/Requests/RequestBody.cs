namespace Kling.Requests;

/// <summary>The bytes of one HTTP request, written when they are needed, so that an image is never held whole as text.</summary>
public abstract class RequestBody
{
    /// <summary>Length in bytes, known before anything is written.</summary>
    public abstract long Length { get; }

    /// <summary>Writes exactly <see cref="Length"/> bytes.</summary>
    /// <exception cref="BodyChangedException">What is read now is not what was validated; the rest is not written.</exception>
    public abstract Task WriteAsync(Stream stream, CancellationToken token);

    /// <summary>A body that is already in memory.</summary>
    public static RequestBody FromBytes(byte[] bytes) => new MemoryBody(bytes);
}

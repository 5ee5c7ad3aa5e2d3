namespace Kling.Requests;

/// <summary>The bytes of one HTTP request, written when they are needed, so that an image is never held whole as text.</summary>
public abstract class RequestBody
{
    /// <summary>Length in bytes, known before anything is written.</summary>
    public abstract long Length { get; }

    /// <summary>Writes exactly <see cref="Length"/> bytes.</summary>
    /// <exception cref="BodyChangedException">What is read now is not what was validated; the rest is not written.</exception>
    public abstract Task WriteAsync(Stream stream, CancellationToken token);

    /// <summary>The body for the eye, an image file as its name and size. It is not redacted yet.</summary>
    public virtual string Text => FormattableString.Invariant($"[{Length} bytes]");

    /// <summary>A body that is already in memory.</summary>
    public static RequestBody FromBytes(byte[] bytes) => new MemoryBody(bytes);
}

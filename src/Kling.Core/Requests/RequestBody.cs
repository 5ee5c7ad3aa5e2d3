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

/// <summary>A body that is already in memory.</summary>
internal sealed class MemoryBody(byte[] bytes) : RequestBody
{
    /// <inheritdoc/>
    public override long Length => bytes.Length;

    /// <inheritdoc/>
    public override string Text => System.Text.Encoding.UTF8.GetString(bytes);

    /// <inheritdoc/>
    public override Task WriteAsync(Stream stream, CancellationToken token) => stream.WriteAsync(bytes, 0, bytes.Length, token);
}

/// <summary>An image changed between its validation and its sending; the request was cut off and cannot have been accepted.</summary>
public sealed class BodyChangedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What changed.</param>
    /// <param name="innerException">The failure behind it.</param>
    public BodyChangedException(string message, Exception? innerException = null)
        : base(ConsoleText.Of(message), innerException)
    {
    }
}

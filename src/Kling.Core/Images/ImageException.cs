namespace Kling.Images;

/// <summary>An image that cannot be used; the message names it and says what is allowed.</summary>
public sealed class ImageException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">The image, what is wrong, what is allowed; without secrets.</param>
    /// <param name="innerException">The failure behind it.</param>
    public ImageException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>An image that cannot be used was not sent, so nothing was charged.</summary>
    public BillingState BillingState { get; } = BillingState.NotCharged;
}

/// <summary>Bytes that are no whole image. The message is the end of a sentence that begins with the file.</summary>
internal sealed class ImageFaultException(string what) : Exception(what)
{
    /// <summary>The image ends before it is complete.</summary>
    internal static ImageFaultException CutOff(string format, long length) =>
        new(FormattableString.Invariant($"is a {format} image that is cut off: it ends after {length} bytes, before it is complete"));

    /// <summary>The image contradicts its own format.</summary>
    internal static ImageFaultException Damaged(string format, string what) => new($"is a damaged {format} image: {what}");
}

namespace Kling.Images;

/// <summary>An image that cannot be used; the message names it and says what is allowed.</summary>
public sealed class ImageException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">The image, what is wrong, what is allowed; without secrets.</param>
    /// <param name="innerException">The failure behind it.</param>
    public ImageException(string message, Exception? innerException = null)
        : base(ConsoleText.Of(message), innerException)
    {
    }

    /// <summary>An image that cannot be used was not sent, so nothing was charged.</summary>
    public string BillingState { get; } = Models.BillingState.NotCharged;
}

/// <summary>Bytes that are no whole image. The message is the end of a sentence that begins with the file.</summary>
internal sealed class ImageFaultException(string what) : Exception(what);

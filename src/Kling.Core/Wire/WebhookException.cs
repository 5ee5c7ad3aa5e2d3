namespace Kling.Wire;

/// <summary>A webhook's body that cannot be used; the message says why, without showing the body.</summary>
public sealed class WebhookException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was given and what is allowed.</param>
    public WebhookException(string message)
        : base(message)
    {
    }
}

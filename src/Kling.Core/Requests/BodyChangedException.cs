namespace Kling.Requests;

/// <summary>An image changed between its validation and its sending; the request was cut off and cannot have been accepted.</summary>
public sealed class BodyChangedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What changed.</param>
    /// <param name="innerException">The failure behind it.</param>
    public BodyChangedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

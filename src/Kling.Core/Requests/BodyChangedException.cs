namespace Kling.Requests;

/// <summary>An image changed between its validation and its sending; the request was cut off and cannot have been accepted.</summary>
public sealed class BodyChangedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public BodyChangedException(string message)
        : base(message)
    {
    }
}

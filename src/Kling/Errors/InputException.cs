namespace Kling.Errors;

/// <summary>Something the user gave cannot be used; nothing was sent.</summary>
public sealed class InputException : Exception
{
    /// <summary>Creates the exception.</summary>
    public InputException(string id, string message, string recommendation)
        : base(message)
    {
        Id = id;
        Recommendation = recommendation;
    }

    /// <summary>The error's id in the catalog.</summary>
    public string Id { get; }

    /// <summary>What to do, ready to paste.</summary>
    public string Recommendation { get; }
}

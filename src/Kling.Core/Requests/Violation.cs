namespace Kling.Requests;

/// <summary>One thing that is wrong with a request.</summary>
/// <param name="Parameter">The parameter's name.</param>
/// <param name="Given">What was given, without secrets; null for nothing.</param>
/// <param name="Allowed">What is allowed.</param>
public sealed record Violation(string Parameter, string? Given, string Allowed)
{
    /// <summary>The sentence for the user: parameter, what was given, what is allowed.</summary>
    public string Message => Given is null
        ? $"{Parameter}: nothing was given; allowed: {Allowed}."
        : $"{Parameter}: '{Given}' was given; allowed: {Allowed}.";

    /// <inheritdoc/>
    public override string ToString() => Message;
}

namespace Kling.Files;

/// <summary>A piece of a template: text as it was typed, or a field.</summary>
/// <param name="Text">The typed text, or the field's name.</param>
/// <param name="IsField">Whether it is a field.</param>
/// <param name="Format">A date's format; null for the usual one.</param>
internal sealed record FileNamePart(string Text, bool IsField, string? Format)
{
    /// <summary>Whether the field may be any length and is cut first.</summary>
    internal bool IsLong => IsField && Text is FileNameFields.Source or FileNameFields.Prompt;
}

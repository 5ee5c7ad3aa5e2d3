namespace Kling.Hosting;

/// <summary>One line a person would have seen.</summary>
/// <param name="Kind">Which call showed it.</param>
/// <param name="Text">The text, colours included.</param>
public sealed record CapturedLine(CapturedKind Kind, string Text);

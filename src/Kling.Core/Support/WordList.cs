namespace Kling.Support;

/// <summary>Lists in messages.</summary>
internal static class WordList
{
    /// <summary><c>a, b or c</c>.</summary>
    internal static string Or(IReadOnlyList<string> words) => words.Count switch
    {
        0 => "",
        1 => words[0],
        _ => $"{string.Join(", ", words.Take(words.Count - 1))} or {words[words.Count - 1]}",
    };
}

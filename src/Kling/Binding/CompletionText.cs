namespace Kling.Binding;

/// <summary>Values as completion puts them on the command line.</summary>
internal static class CompletionText
{
    /// <summary>The value, in quotes where PowerShell would read it as anything but itself.</summary>
    internal static string Quoted(string value) =>
        value.Length > 0 && value.All(char.IsLetterOrDigit) ? value : $"'{value.Replace("'", "''")}'";

    /// <summary>What was typed so far, without the quotes around it.</summary>
    internal static string Typed(string? word) => (word ?? "").Trim('\'', '"');

    /// <summary>A text in one line of at most this many characters.</summary>
    internal static string Short(string? text, int longest)
    {
        string line = string.Join(" ", (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= longest)
        {
            return line;
        }

        // Not through the middle of a character outside the basic plane.
        int cut = char.IsHighSurrogate(line[longest - 2]) ? longest - 2 : longest - 1;
        return string.Concat(line.AsSpan(0, cut), "…");
    }
}

using System.Text.RegularExpressions;

namespace Kling.Module.Tests.Documents;

/// <summary>Takes out of a screen's text what differs from run to run: ids, ports, times, seeds and fills of columns.</summary>
internal static partial class OutputText
{
    internal static string Normalize(string text)
    {
        string same = Changing().Replace(text.ReplaceLineEndings("\n"), "~");
        return string.Join("\n", same.Split('\n').Select(line => Blanks().Replace(line, " ").Trim()).Where(line => line.Length > 0));
    }

    [GeneratedRegex(@"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=-)[0-9a-f]{8}(?=\.)|^[0-9a-f]{8}(?= )|(?<=[a-z]-)[0-9a-f]{0,8}…|127\.0\.0\.1:\d+|\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\dZ?|\b\d{6,19}\b(?! bytes)|\b\d+[smhd]\b", RegexOptions.Multiline)]
    private static partial Regex Changing();

    [GeneratedRegex(@"[ -]{2,}|…")]
    private static partial Regex Blanks();
}

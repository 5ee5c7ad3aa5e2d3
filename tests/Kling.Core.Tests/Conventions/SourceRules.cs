using System.Text.RegularExpressions;

namespace Kling.Core.Tests.Conventions;

/// <summary>The rules about single files, as pure functions over their text. Rules about code are the compiler's and RoomRules'.</summary>
internal static partial class SourceRules
{
    internal const int MaximalLines = 400;

    /// <summary>A public type that lives in another one's file: its enum, its exception, a small record.</summary>
    internal const int MaximalCompanionLines = 45;

    /// <summary>A test class may be longer: it is read case by case.</summary>
    internal const int MaximalTestLines = 600;

    // Put together, so that this file does not break its own rule.
    private static readonly string[] s_bannedWords = ["TO" + "DO", "FIX" + "ME", "HA" + "CK", "XX" + "X", "NotImplemented" + "Exception"];

    private static readonly string[] s_bannedPlaces =
    [
        "/" + "work/", "/" + "root/", "/" + "tmp/w/", "bash" + "_jobs", "nuget" + ".org", "npmjs" + ".org", "npmjs" + ".com", "pypi" + ".org",
        "powershellgallery" + ".com", "artifact" + "ory", "pkgs." + "dev.azure.com",
    ];

    /// <summary>A file with public types is named like one of its types; the others are its small companions.</summary>
    internal static IEnumerable<string> PublicTypePerFile(SourceFile file)
    {
        Match[] types = PublicType().Matches(file.Text).ToArray();
        string own = file.Name.Split('.')[0];
        if (types.Length > 0 && !Regex.IsMatch(file.Text, $@"^(?:public|internal) [\w ]*\b{own}\b", RegexOptions.Multiline))
        {
            yield return $"{file.Path}: declares {string.Join(", ", types.Select(type => type.Groups[1].Value))}";
        }

        foreach (Match type in types.Where(type => type.Groups[1].Value != own))
        {
            int end = file.Text.IndexOf("\n}", type.Index, StringComparison.Ordinal);
            int lines = type.Value.EndsWith(';') || end < 0 ? 1 : file.Text[type.Index..end].Count(c => c == '\n') + 2;
            if (lines > MaximalCompanionLines)
            {
                yield return $"{file.Path}: its companion {type.Groups[1].Value} has {lines} lines";
            }
        }
    }

    internal static IEnumerable<string> TooLong(SourceFile file)
    {
        int lines = file.Text.Count(c => c == '\n');
        return lines > (file.Path.StartsWith("tests/", StringComparison.Ordinal) ? MaximalTestLines : MaximalLines) ? [$"{file.Path}: {lines} lines"] : [];
    }

    internal static IEnumerable<string> BannedWords(SourceFile file) =>
        s_bannedWords.Where(word => Regex.IsMatch(file.Text, $@"\b{word}\b")).Select(word => $"{file.Path}: {word}");

    /// <summary>Paths of the machine that built it, and hosts of package registries.</summary>
    internal static IEnumerable<string> BannedPlaces(SourceFile file) =>
        s_bannedPlaces.Where(place => file.Text.Contains(place, StringComparison.OrdinalIgnoreCase)).Select(place => $"{file.Path}: {place}");

    internal static IEnumerable<string> SilencedWarnings(SourceFile file) =>
        Silencer().Matches(file.Text).Select(use => $"{file.Path}: {use.Value}");

    /// <summary>
    /// PowerShell is quoted for in one place: the module writes a CommandLine, whose holes become literals. The engine, which knows no
    /// PowerShell, puts ids into commands and nothing else.
    /// </summary>
    internal static IEnumerable<string> RawCommands(SourceFile file) => file.Name == "CommandLine.cs" ? []
        : RawCommand().Matches(file.Text).Concat(file.Path.StartsWith("src/Kling/", StringComparison.Ordinal) ? [] : RawValue().Matches(file.Text))
            .Select(use => $"{file.Path}: {use.Value}");

    [GeneratedRegex(@"^public (?:(?:static|sealed|abstract|partial|readonly|ref) )*(?:class|record(?: class| struct)?|struct|interface|enum|delegate [\w<>?\[\],.]+) (\w+)", RegexOptions.Multiline)]
    private static partial Regex PublicType();

    // Doubled quotes, PowerShell's own way to double them, and a parameter whose value is put between quotes.
    [GeneratedRegex("""Replace\("'"|"''"\)|\bCodeGeneration\b|-[A-Z]\w+ ["']\{(?!\{)""")]
    private static partial Regex RawCommand();

    [GeneratedRegex(@" -[A-Z]\w+ \{(?!\{|[^}]*:D\})")]
    private static partial Regex RawValue();

    [GeneratedRegex(@"#pragma\s+warning\s+disable|\bSuppressMessage\b|\bNoWarn\b|CS1591")]
    private static partial Regex Silencer();
}

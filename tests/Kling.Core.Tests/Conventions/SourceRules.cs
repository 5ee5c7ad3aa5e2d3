using System.Text.RegularExpressions;

namespace Kling.Core.Tests.Conventions;

/// <summary>The rules about single files, as pure functions over their text.</summary>
internal static partial class SourceRules
{
    internal const int MaximalLines = 300;

    /// <summary>A test class may be longer: it is read case by case.</summary>
    internal const int MaximalTestLines = 600;

    // Put together, so that this file does not break its own rule.
    private static readonly string[] s_bannedWords = ["TO" + "DO", "FIX" + "ME", "HA" + "CK", "XX" + "X", "NotImplemented" + "Exception"];

    private static readonly string[] s_bannedPlaces =
    [
        "/" + "work/", "/" + "root/", "/" + "tmp/w/", "bash" + "_jobs", "nuget" + ".org", "npmjs" + ".org", "npmjs" + ".com", "pypi" + ".org",
        "powershellgallery" + ".com", "artifact" + "ory", "pkgs." + "dev.azure.com",
    ];

    /// <summary>One type per file, named like the file.</summary>
    internal static IEnumerable<string> TypePerFile(SourceFile file)
    {
        string expected = file.Name.Split('.')[0];
        string[] types = [.. TopLevelTypes(file.Code).Distinct()];
        if (types is not [var only] || only != expected)
        {
            yield return $"{file.Path}: declares {(types.Length == 0 ? "nothing" : string.Join(", ", types))}";
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

    /// <summary>They reference an assembly that no shared framework contains, and fail when the cmdlet runs.</summary>
    internal static IEnumerable<string> AsyncStreams(SourceFile file) =>
        AsyncStreamUse().Matches(file.Code).Select(use => $"{file.Path}: {use.Value}");

    internal static IEnumerable<string> SilencedWarnings(SourceFile file) =>
        Silencer().Matches(file.Text).Select(use => $"{file.Path}: {use.Value}");

    /// <summary>Awaits whose own expression does not end in ConfigureAwait(false).</summary>
    internal static IEnumerable<string> UnconfiguredAwaits(SourceFile file)
    {
        foreach (Match await in Await().Matches(file.Code))
        {
            if (!IsConfigured(file.Code, await.Index + await.Length))
            {
                int line = file.Code.AsSpan(0, await.Index).Count('\n') + 1;
                yield return $"{file.Path}({line}): await without ConfigureAwait(false)";
            }
        }
    }

    private static bool IsConfigured(string code, int at)
    {
        int depth = 0;
        for (int i = at; i < code.Length; i++)
        {
            Match generic = depth == 0 ? GenericArguments().Match(code, i) : Match.Empty;
            if (generic.Success)
            {
                i += generic.Length - 1;
            }
            else if (code[i] is '(' or '[' or '{')
            {
                depth++;
            }
            else if (code[i] is ')' or ']' or '}' && --depth < 0)
            {
                return false;
            }
            else if (depth == 0 && code[i] is (';' or ','))
            {
                return false;
            }
            else if (depth == 0 && Configured().IsMatch(code, i))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<string> TopLevelTypes(string code)
    {
        int depth = 0;
        int from = 0;
        for (int i = 0; i <= code.Length; i++)
        {
            if (i == code.Length || code[i] is '{' or '}')
            {
                if (depth == 0)
                {
                    foreach (Match type in TypeDeclaration().Matches(code[from..i]))
                    {
                        yield return type.Groups[1].Value;
                    }
                }

                depth += i == code.Length ? 0 : code[i] == '{' ? 1 : -1;
                from = i + 1;
            }
        }
    }

    [GeneratedRegex(@"\b(?:class|struct|interface|enum|record|delegate\s+[\w<>?\[\],]+)\s+(?!class\b|struct\b)(\w+)(?=\s*[<(:{;]|\s*$|\s+where\b)")]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"\bIAsyncEnumerable\b|\bIAsyncDisposable\b|\bawait\s+foreach\b|\bawait\s+using\b")]
    private static partial Regex AsyncStreamUse();

    [GeneratedRegex(@"#pragma\s+warning\s+disable|\bSuppressMessage\b|\bNoWarn\b|CS1591")]
    private static partial Regex Silencer();

    [GeneratedRegex(@"\bawait\s+(?!foreach\b|using\b)")]
    private static partial Regex Await();

    [GeneratedRegex(@"\G(?<=\w)<[\w\s,.<>?\[\]]*>(?=\()")]
    private static partial Regex GenericArguments();

    [GeneratedRegex(@"\G\.ConfigureAwait\(\s*(?:continueOnCapturedContext:\s*)?false\s*\)")]
    private static partial Regex Configured();
}

using System.Text.RegularExpressions;

namespace Kling.Core.Tests.Conventions;

/// <summary>Reads cmdlets and their parameters out of C# sources.</summary>
internal static partial class CmdletSources
{
    internal static IReadOnlyList<CmdletSource> Read(IEnumerable<SourceFile> files)
    {
        var classes = files
            .Select(file => (File: file, Class: ClassLine().Match(file.Text)))
            .Where(pair => pair.Class.Success)
            .ToDictionary(pair => pair.Class.Groups["name"].Value, pair => (pair.File.Text, Base: pair.Class.Groups["base"].Value));
        return [.. classes.Select(entry => Cmdlet(entry.Key, classes)).OfType<CmdletSource>().OrderBy(cmdlet => cmdlet.Name, StringComparer.Ordinal)];
    }

    /// <summary>The parameters a class declares itself.</summary>
    internal static IEnumerable<ParameterSource> Parameters(string text) => Property().Matches(text)
        .Where(property => ParameterAttribute().IsMatch(property.Groups["attributes"].Value))
        .Select(Parameter);

    private static CmdletSource? Cmdlet(string name, Dictionary<string, (string Text, string Base)> classes)
    {
        Match attribute = CmdletAttribute().Match(classes[name].Text);
        if (!attribute.Success)
        {
            return null;
        }

        var parameters = new List<ParameterSource>();
        for (string current = name; classes.TryGetValue(current, out (string Text, string Base) found); current = found.Base)
        {
            parameters.AddRange(Parameters(found.Text));
        }

        if (attribute.Value.Contains("SupportsShouldProcess = true", StringComparison.Ordinal))
        {
            parameters.Add(new ParameterSource("WhatIf", "SwitchParameter", ["wi"], null, false, false, false));
            parameters.Add(new ParameterSource("Confirm", "SwitchParameter", ["cf"], null, false, false, false));
        }

        return new CmdletSource($"{attribute.Groups["verb"].Value}-{attribute.Groups["noun"].Value}", name, [.. parameters.Where(p => !p.Hidden)]);
    }

    private static ParameterSource Parameter(Match property)
    {
        string attributes = property.Groups["attributes"].Value;
        Match position = Regex.Match(attributes, @"Position = (\d+)");
        Match alias = Regex.Match(attributes, @"Alias\(([^)]*)\)");
        return new ParameterSource(
            property.Groups["name"].Value,
            property.Groups["type"].Value.TrimEnd('?'),
            [.. Regex.Matches(alias.Value, "\"(\\w+)\"").Select(match => match.Groups[1].Value)],
            position.Success ? int.Parse(position.Groups[1].Value) : null,
            Regex.IsMatch(attributes, @"ValueFromPipeline = true"),
            attributes.Contains("ValueFromPipelineByPropertyName = true", StringComparison.Ordinal),
            attributes.Contains("DontShow = true", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\bclass\s+(?<name>\w+)(?:\([^)]*\))?\s*:\s*(?<base>\w+)")]
    private static partial Regex ClassLine();

    [GeneratedRegex(@"\[Cmdlet\(\s*Verbs\w+\.(?<verb>\w+),\s*""(?<noun>\w+)""[^\]]*\]")]
    private static partial Regex CmdletAttribute();

    [GeneratedRegex(@"(?<attributes>(?:^[ \t]*\[[^\r\n]*\][ \t]*\r?\n)+)^[ \t]*public\s+(?:virtual\s+|override\s+|new\s+)?(?<type>[\w\[\]<>?.]+)\s+(?<name>\w+)\s*\{", RegexOptions.Multiline)]
    private static partial Regex Property();

    [GeneratedRegex(@"\[Parameter\b")]
    private static partial Regex ParameterAttribute();
}

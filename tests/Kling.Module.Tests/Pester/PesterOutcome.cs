using System.Collections;
using System.Management.Automation;
using System.Text.RegularExpressions;

namespace Kling.Module.Tests.Pester;

/// <summary>What became of one It.</summary>
/// <param name="Name">Describe, Context and It, joined by points; values of -ForEach filled in where discovery knows them.</param>
/// <param name="Result">Pester's word: Passed, Failed, Skipped, Inconclusive or NotRun.</param>
/// <param name="Errors">Why it did not pass.</param>
internal sealed partial record PesterOutcome(string Name, string Result, string Errors)
{
    /// <summary>Reads Pester's own object.</summary>
    internal static PesterOutcome Of(PSObject test) => new(
        Filled(string.Join('.', ((IEnumerable)test.Properties["Path"].Value).Cast<object>()), test.Properties["Data"]?.Value as IDictionary),
        $"{test.Properties["Result"].Value}",
        string.Join("\n", ((IEnumerable)test.Properties["ErrorRecord"].Value).Cast<object>().Select(error => $"{error}")));

    private static string Filled(string name, IDictionary? data) =>
        Placeholder().Replace(name, match => data?.Contains(match.Groups[1].Value) == true ? $"{data[match.Groups[1].Value]}" : match.Value);

    [GeneratedRegex("<(\\w+)>")]
    private static partial Regex Placeholder();
}

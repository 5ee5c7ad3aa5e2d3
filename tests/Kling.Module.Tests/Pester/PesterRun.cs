using System.Collections;
using System.Management.Automation;
using System.Reflection;
using Kling.Hosting;

namespace Kling.Module.Tests.Pester;

/// <summary>What Pester reports of one file of tests/Pester.</summary>
/// <param name="Its">Its Its, in order.</param>
/// <param name="Problems">What went wrong outside of an It: discovery, BeforeAll, AfterAll.</param>
internal sealed record PesterRun(IReadOnlyList<PesterOutcome> Its, IReadOnlyList<string> Problems)
{
    private const string Script = """
        param($Pester, $Path, $SkipRun)
        Import-Module $Pester
        $configuration = New-PesterConfiguration
        $configuration.Run.Path = $Path
        $configuration.Run.SkipRun = $SkipRun
        $configuration.Run.PassThru = $true
        $configuration.Output.Verbosity = 'None'
        $result = Invoke-Pester -Configuration $configuration
        foreach ($container in $result.Containers) {
            $tests = [Collections.Generic.List[object]]::new()
            $errors = [Collections.Generic.List[object]]::new(@($container.ErrorRecord))
            function Walk($blocks) {
                foreach ($block in $blocks) {
                    foreach ($test in $block.Tests) { $tests.Add($test) }
                    foreach ($problem in $block.ErrorRecord) { $errors.Add($problem) }
                    Walk $block.Blocks
                }
            }
            Walk $container.Blocks
            [pscustomobject]@{ File = $container.Item.Name; Tests = $tests; Problems = @($errors | ForEach-Object { "$_ $($_.ScriptStackTrace)" }) }
        }
        """;

    /// <summary>Finds the Its of all files without running them; by file name.</summary>
    internal static IReadOnlyDictionary<string, PesterRun> Discover(string folder) => Invoke(folder, skipRun: true);

    /// <summary>Runs one file in a runspace of its own.</summary>
    internal static PesterRun Run(string path) => Invoke(path, skipRun: false).Values.Single();

    private static Dictionary<string, PesterRun> Invoke(string path, bool skipRun)
    {
        using var engine = new EngineHost();
        EngineResult result = engine.Run(Script, null, new Hashtable { ["Pester"] = Manifest, ["Path"] = path, ["SkipRun"] = skipRun });
        if (result.Failure is { } failure)
        {
            throw new InvalidOperationException($"Pester failed: {failure.Message}", failure);
        }

        return result.Output.ToDictionary(
            file => (string)file.Properties["File"].Value,
            file => new PesterRun(
                [.. Items(file, "Tests").Select(PesterOutcome.Of)],
                [.. Items(file, "Problems").Select(problem => problem.ToString())]));
    }

    private static IEnumerable<PSObject> Items(PSObject file, string property) =>
        ((IEnumerable)file.Properties[property].Value).Cast<object>().Select(PSObject.AsPSObject);

    /// <summary>The manifest of the restored Pester; the build writes its path into the assembly.</summary>
    internal static string Manifest => typeof(PesterRun).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Pester").Value!;
}

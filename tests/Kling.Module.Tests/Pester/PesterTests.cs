using System.Collections.Concurrent;
using Kling.Hosting;

namespace Kling.Module.Tests.Pester;

/// <summary>Each It of tests/Pester/*.Tests.ps1 as a test of its own. Pester runs each file once, when its first row is asked for.</summary>
[Collection(EngineCollection.Name)]
public sealed class PesterTests
{
    private static readonly ConcurrentDictionary<string, Lazy<PesterRun>> s_files = new();

    [Theory]
    [PesterIts]
    public void It(PesterIt it)
    {
        ArgumentNullException.ThrowIfNull(it);
        PesterRun file = s_files.GetOrAdd(it.File, name => new(() => PesterRun.Run(Path.Combine(RepositoryPaths.PesterFiles, name)))).Value;
        if (it.Index < 0)
        {
            Assert.True(file.Problems.Count == 0, string.Join("\n", file.Problems));
            Assert.NotEmpty(file.Its);
            return;
        }

        PesterOutcome found = file.Its[it.Index];
        Assert.Equal(it.Name, found.Name);
        Assert.True(found.Result == "Passed", $"{found.Result}: {found.Errors}");
    }
}

using Kling.Hosting;

namespace Kling.Cmdlets.Tests.Pester;

/// <summary>Each It of tests/Cmdlets/*.Tests.ps1 as a case of its own, run by the shim (not by Pester) in the bare engine.</summary>
[Collection(EngineCollection.Name)]
public sealed class PesterTests(ModuleUnderTest module)
{
    [Theory]
    [PesterIts]
    [PesterIts(Skipped = true, Skip = "Marked -Skip in the Pester file.")]
    public void It(PesterIt it)
    {
        ArgumentNullException.ThrowIfNull(it);
        PesterFile result = module.Run(it.File);
        Assert.True(result.Failure is null, $"{it.File}: {result.Failure}");
        Assert.InRange(it.Index, 0, result.Cases.Count - 1);
        PesterCase found = result.Cases[it.Index];
        Assert.Equal(it.Name, found.Name);
        Assert.True(found.Result == "Passed", $"{found.Result}: {found.Message}");
    }
}

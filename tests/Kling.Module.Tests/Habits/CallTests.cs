using System.Management.Automation;
using Kling.Hosting;

namespace Kling.Module.Tests.Habits;

/// <summary>
/// Every exported cmdlet alone: by name, by position, from the pipeline; and every alias of every parameter. What there is to
/// test comes from the packaged module, so that nothing new can be forgotten.
/// </summary>
[Collection(EngineCollection.Name)]
public sealed class CallTests
{
    private static readonly string[] s_common = ["wi", "cf"];
    private static readonly Lazy<IReadOnlyList<CmdletInfo>> s_cmdlets = new(Load);

    public CallTests(ModuleUnderTest module) => Assert.NotNull(module);

    public static TheoryData<string> Cmdlets() => [.. CmdletCall.All.Select(call => call.Cmdlet)];

    public static TheoryData<string, string, string> Aliases()
    {
        var data = new TheoryData<string, string, string>();
        foreach (CmdletInfo cmdlet in s_cmdlets.Value)
        {
            foreach (ParameterMetadata parameter in Own(cmdlet))
            {
                foreach (string alias in parameter.Aliases.Except(s_common))
                {
                    data.Add(cmdlet.Name, parameter.Name, alias);
                }
            }
        }

        return data;
    }

    [Fact]
    public void Every_exported_cmdlet_is_called() => Assert.Equal(
        s_cmdlets.Value.Select(cmdlet => cmdlet.Name).Order(StringComparer.Ordinal), CmdletCall.All.Select(call => call.Cmdlet).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_way_that_a_cmdlet_has_is_tried() => Assert.All(s_cmdlets.Value, cmdlet =>
    {
        CmdletCall call = CmdletCall.All.Single(one => one.Cmdlet == cmdlet.Name);
        ParameterSetMetadata[] facts = [.. Own(cmdlet).SelectMany(parameter => parameter.ParameterSets.Values)];
        Assert.Equal(facts.Any(fact => fact.Position >= 0), call.Positional is not null);
        Assert.Equal(facts.Any(fact => fact.ValueFromPipeline), call.ByValue is not null);
        Assert.Equal(facts.Any(fact => fact.ValueFromPipelineByPropertyName), call.ByName is not null);
    });

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Cmdlet_does_the_same_in_each_way(string cmdlet)
    {
        CmdletCall call = CmdletCall.All.Single(one => one.Cmdlet == cmdlet);
        foreach (string script in new[] { call.Named, call.Positional, call.ByValue, call.ByName }.OfType<string>())
        {
            using var bench = new ExampleBench(withSandbox: true);
            Check(bench, script, call.Check);
        }
    }

    [Fact]
    public void Every_alias_has_a_sample() => Assert.Empty(
        Aliases().Select(row => ((string)row[0], (string)row[1])).Distinct().Except(AliasSample.All.Keys));

    [Theory]
    [MemberData(nameof(Aliases))]
    public void Alias_binds(string cmdlet, string parameter, string alias)
    {
        AliasSample sample = AliasSample.All[(cmdlet, parameter)];
        using (var bench = new ExampleBench(withSandbox: true))
        {
            Check(bench, $"{sample.Call} -{alias} {sample.Value}", sample.Shows);
        }

        CmdletInfo info = s_cmdlets.Value.Single(one => one.Name == cmdlet);
        if (info.Parameters[parameter].ParameterSets.Values.Any(set => set.ValueFromPipelineByPropertyName))
        {
            using var bench = new ExampleBench(withSandbox: true);
            Check(bench, $"[pscustomobject] @{{ {alias} = {sample.Value} }} | {sample.Call}", sample.Shows);
        }
    }

    private static void Check(ExampleBench bench, string script, string check)
    {
        bench.Engine.Run("$key = [Net.NetworkCredential]::new('', (Get-KlingSandbox).ApiKey).SecurePassword").Check();
        EngineResult result = bench.Engine.Run($"$result = $({script})\n[bool] ({check})").Check();
        Assert.True(result.OutputOf<bool>().Last(), $"{script}: not {check}");
    }

    private static IEnumerable<ParameterMetadata> Own(CmdletInfo cmdlet) =>
        cmdlet.Parameters.Values.Where(parameter => !Cmdlet.CommonParameters.Contains(parameter.Name));

    private static IReadOnlyList<CmdletInfo> Load()
    {
        using var engine = new EngineHost(new EngineOptions { ModulePath = RepositoryPaths.ModuleManifest });
        CmdletInfo[] cmdlets = [.. engine.Run("Get-Command -Module Kling").Check().OutputOf<CmdletInfo>()];

        // Parameters are read while their runspace is open.
        Assert.All(cmdlets, cmdlet => Assert.NotNull(cmdlet.Parameters));
        return cmdlets;
    }
}

using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;
using System.Text.RegularExpressions;
using Kling.Errors;
using Kling.Hosting;

namespace Kling.Module.Tests.Errors;

/// <summary>Every error of the catalog is produced by a command, and behaves as PowerShell's own errors do.</summary>
[Collection(EngineCollection.Name)]
public sealed partial class ErrorTests
{
    // What recommendations may name beside the module's own cmdlets.
    private static readonly string[] s_known =
        ["Get-ChildItem", "Get-Content", "Get-Help", "Get-Item", "Get-SecretInfo", "Install-PSResource", "Join-Path", "New-Item", "Read-Host", "Set-Secret"];

    public ErrorTests(ModuleUnderTest module) => Assert.NotNull(module);

    public static TheoryData<string> Ids() => [.. ErrorScenario.All.Select(scenario => scenario.Id)];

    [Fact]
    public void Every_error_of_the_catalog_is_produced_here() =>
        Assert.Equal(ErrorTable.All.Select(row => row.Id).Order(StringComparer.Ordinal), ErrorScenario.All.Select(scenario => scenario.Id).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_id_that_the_code_names_is_in_the_catalog()
    {
        string[] named = [.. typeof(ErrorCatalog).GetFields(BindingFlags.Static | BindingFlags.NonPublic).Where(field => field.IsLiteral).Select(field => field.GetRawConstantValue()).OfType<string>()];
        Assert.NotEmpty(named);
        Assert.Empty(named.Except(ErrorTable.All.Select(row => row.Id)));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Error_is_written_once_with_its_id_category_target_money_and_recommendation(string id)
    {
        ErrorScenario scenario = ErrorScenario.All.Single(one => one.Id == id);
        ErrorEntry row = ErrorTable.All.Single(one => one.Id == id);
        using var bench = new ErrorBench(scenario);

        // What ends only its statement is caught too, and told from what goes beside the output.
        EngineResult result = bench.Run($"try {{ {scenario.Script} }} catch {{ throw }}");
        Assert.Equal(scenario.Terminates, result.Failure is not null);
        ErrorRecord error = Assert.Single(result.AllErrors);
        Assert.StartsWith(id + ",Kling.Cmdlets.", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(row.Category, error.CategoryInfo.Category);
        Assert.True(error.ErrorDetails.Message.Length > 20, error.ErrorDetails.Message);
        AssertMoney(row, error.Exception);
        AssertPastes(error.ErrorDetails.RecommendedAction, bench);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Error_obeys_ErrorAction_and_ErrorVariable(string id)
    {
        ErrorScenario scenario = ErrorScenario.All.Single(one => one.Id == id);
        using var bench = new ErrorBench(scenario);
        PSObject caught = Assert.Single(bench.Run($$"""
            $Error.Clear()
            $problems = $null
            $id = ''
            try { $null = {{scenario.Script}} -ErrorAction Stop -ErrorVariable problems } catch { $id = $_.FullyQualifiedErrorId }
            [pscustomobject] @{ Id = $id; Kept = @($problems).Count; History = @($Error | Where-Object { "$($_.FullyQualifiedErrorId)" -like '{{id}},*' }).Count }
            """).Check().Output);
        Assert.StartsWith(id + ",", (string)caught.Properties["Id"].Value, StringComparison.Ordinal);
        Assert.True((int)caught.Properties["Kept"].Value >= 1);
        Assert.Equal(1, caught.Properties["History"].Value);
    }

    [Fact]
    public void Error_that_ends_nothing_can_be_silenced_and_still_shows_in_the_status()
    {
        using var bench = new ErrorBench(ErrorScenario.All.Single(one => one.Id == "ImageNotFound"));
        EngineResult result = bench.Run("""
            New-KlingVideo -Image nowhere.jpg -ErrorAction SilentlyContinue -ErrorVariable problems
            "$?, $($problems.Count)"
            New-KlingVideo -Image nowhere.jpg -ErrorAction Ignore -ErrorVariable ignored
            "$?, $($ignored.Count)"
            $null = New-KlingVideo -Image lighthouse.jpg
            "$?"
            """).Check();
        Assert.Equal(["False, 1", "False, 0", "True"], result.OutputOf<string>());
    }

    [Fact]
    public void Error_of_the_service_keeps_its_own_code_and_text()
    {
        using var bench = new ErrorBench(ErrorScenario.All.Single(one => one.Id == "RequestRefused"));
        ErrorRecord error = Assert.Single(bench.Run("New-KlingVideo -Image lighthouse.jpg").Errors);
        Assert.Contains("invalidPositivePrompt", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("The service's own words.", error.Exception.Message, StringComparison.Ordinal);
    }

    private static void AssertMoney(ErrorEntry row, Exception exception)
    {
        object? state = exception.GetType().GetProperty("BillingState")?.GetValue(exception);
        Match fixedState = FixedState().Match(row.Billing);
        if (state is not null && fixedState.Success)
        {
            Assert.Equal(fixedState.Value, state.ToString());
        }
    }

    private static void AssertPastes(string recommendation, ErrorBench bench)
    {
        ScriptBlockAst tree = Parser.ParseInput(recommendation, out _, out ParseError[] errors);
        Assert.Empty(errors);
        CommandAst[] commands = [.. tree.FindAll(node => node is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>()];
        Assert.NotEmpty(commands);
        foreach (CommandAst command in commands)
        {
            string name = command.GetCommandName();
            if (s_known.Contains(name))
            {
                continue;
            }

            CommandInfo info = Assert.Single(bench.Run($"Get-Command {name}").Check().OutputOf<CommandInfo>());
            Assert.Equal("Kling", info.ModuleName);
            Assert.All(command.CommandElements.OfType<CommandParameterAst>(), parameter => info.ResolveParameter(parameter.ParameterName));
        }

        Assert.DoesNotContain("<", recommendation, StringComparison.Ordinal);
        Assert.DoesNotContain("{id}", recommendation, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^(NotCharged|Unknown)\b(?! to)")]
    private static partial Regex FixedState();
}

using System.Management.Automation;
using Kling.Hosting;

namespace Kling.Module.Tests.Money;

/// <summary>The same purchase from any machine (-IdempotencyKey, -Shard), and the limit for 24 hours.</summary>
[Collection(EngineCollection.Name)]
public sealed class SamePurchaseTests : IDisposable
{
    private const string Variable = "KLING_MAX_COST_PER_DAY";
    private const string Twice = "'lighthouse.jpg', 'lighthouse.jpg' | New-KlingVideo -Prompt pan -IdempotencyKey campaign-7 -Wait";

    private readonly ExampleBench _bench = new(withSandbox: true);

    public SamePurchaseTests(ModuleUnderTest module) => Assert.NotNull(module);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void A_key_names_the_same_tasks_again_with_and_without_the_journal()
    {
        Guid[] first = Ids(Twice);
        Assert.Equal(2, first.Distinct().Count());
        int charges = Charges();
        Assert.Equal(first, Ids(Twice));
        OnAnotherMachine();
        Assert.Equal(first, Ids(Twice));
        Assert.Equal(charges, Charges());

        // Another key, and another request, buy anew.
        Assert.Empty(first.Intersect(Ids(Twice.Replace("campaign-7", "campaign-8", StringComparison.Ordinal))));
        Assert.Empty(first.Intersect(Ids(Twice.Replace("pan", "tilt", StringComparison.Ordinal))));
        Assert.Equal(charges + 4, Charges());
    }

    [Fact]
    public void What_a_key_finds_costs_nothing_under_a_ceiling()
    {
        Guid[] first = Ids(Twice);
        Assert.Equal(first, Ids(Twice + " -MaxCost 0"));
        OnAnotherMachine();

        // It is not known before the look, so there must be room for one at a time.
        Assert.Equal(first, Ids(Twice + " -MaxCost 0.2 -ThrottleLimit 1"));
    }

    [Fact]
    public void An_attempt_that_failed_at_the_service_counts_up_on_every_machine()
    {
        Run("Stop-KlingSandbox; $null = Start-KlingSandbox -GenerationSeconds 0 -Fault FailureNested; $null = Connect-Kling -Sandbox");
        const string Buy = "New-KlingVideo lighthouse.jpg -IdempotencyKey retry -Wait";
        Guid failed = Id(Assert.Single(_bench.Engine.Run(Buy + " -ErrorAction SilentlyContinue").Output));
        Guid second = Assert.Single(Ids(Buy));
        Assert.NotEqual(failed, second);
        OnAnotherMachine();
        Assert.Equal(second, Assert.Single(Ids(Buy)));
        Assert.Equal(1, Charges());
    }

    [Fact]
    public void Test_and_WhatIf_show_the_ids()
    {
        const string Rows = "'lighthouse.jpg', 'lighthouse.jpg'";
        PSObject[] reports = [.. _bench.Engine.Run($"{Rows} | Test-KlingRequest -Prompt pan -IdempotencyKey campaign-7").Check().Output];
        EngineResult whatIf = _bench.Engine.Run($"{Rows} | New-KlingVideo -Prompt pan -IdempotencyKey campaign-7 -WhatIf -Verbose 4>&1").Check();
        Guid[] ids = Ids(Twice);
        Assert.Equal(ids, reports.Select(Id).Order());
        Assert.All(reports, report => Assert.Contains($"\"taskUUID\": \"{Id(report)}\"", (string)report.Properties["Json"].Value, StringComparison.Ordinal));
        Assert.All(ids, id => Assert.Contains(whatIf.Output, line => line.ToString()!.Contains($"\"taskUUID\":\"{id}\"", StringComparison.Ordinal)));
        Assert.Null(Assert.Single(_bench.Engine.Run("Test-KlingRequest lighthouse.jpg").Check().Output).Properties["TaskId"].Value);
    }

    [Theory]
    [InlineData("-IdempotencyKey a -Resume", "IdempotencyKey: it was given beside Resume")]
    [InlineData("-IdempotencyKey a -TaskId 8b5f0c3e-2f1d-4c58-9f0a-0d3c1f6f7a11", "IdempotencyKey: it was given beside TaskId")]
    [InlineData("-IdempotencyKey ' '", "IdempotencyKey: an empty value was given")]
    [InlineData("-Shard 0/4", "Shard: '0/4' was given; allowed: a part and how many there are")]
    [InlineData("-Shard 3", "Shard: '3' was given")]
    public void What_cannot_be_used_is_refused_before_anything_is_sent(string parameters, string message)
    {
        int charges = Charges();
        EngineResult result = _bench.Engine.Run($"New-KlingVideo lighthouse.jpg {parameters}");
        Assert.StartsWith(message, Assert.Single(result.AllErrors).ToString(), StringComparison.Ordinal);
        Assert.Equal(charges, Charges());
    }

    [Theory]
    [InlineData("Test-KlingRequest lighthouse.jpg -Prompt $prompts -Shard \"$_/3\"", "Json")]
    [InlineData("New-KlingVideo lighthouse.jpg -Prompt $prompts -Shard \"$_/3\" -Wait", "Prompt")]
    public void Shards_share_all_requests(string command, string property)
    {
        const string Prompts = "$prompts = 1..12 | ForEach-Object { \"shot $_\" }; ";
        string[][] parts = [.. Enumerable.Range(1, 3).Select(part => Texts($"{Prompts}{part} | ForEach-Object {{ {command} }}", property))];
        Assert.All(parts, part => Assert.NotInRange(part.Length, 12, 12));
        Assert.Equal(12, parts.SelectMany(part => part).Distinct().Count());
        Assert.Equal(12, parts.Sum(part => part.Length));
        Assert.Equal(2.22m, parts.Length == 3 ? Enumerable.Range(1, 3).Sum(part => Price($"{Prompts}Measure-KlingCost lighthouse.jpg -Prompt $prompts -Shard {part}/3")) : 0m);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("-1")]
    [InlineData("1,5")]
    [InlineData("1e3")]
    [InlineData("$5")]
    public void A_variable_that_cannot_be_read_buys_nothing(string value)
    {
        int charges = Charges();
        EngineResult result = _bench.Engine.Run($"$env:{Variable} = '{value}'; New-KlingVideo lighthouse.jpg -MaxCostPerDay 5");
        Assert.StartsWith($"{Variable}: '{value}' was given", Assert.Single(result.AllErrors).ToString(), StringComparison.Ordinal);
        Assert.Equal(charges, Charges());
    }

    [Theory]
    [InlineData("0.3", "", Variable)]
    [InlineData("0.3", "-MaxCostPerDay 5", Variable)]
    [InlineData("5", "-MaxCostPerDay 0.3", "MaxCostPerDay")]
    public void The_lower_of_variable_and_parameter_counts(string value, string parameter, string source)
    {
        // The history of the bench counts too.
        decimal spent = Price("Get-KlingTask -Local | Measure-KlingCost -InformationAction Ignore");
        Assert.True(spent > 0);
        EngineResult result = _bench.Engine.Run($"$env:{Variable} = '{value}'; 'lighthouse.jpg' | New-KlingVideo -Prompt one, two {parameter} -Wait");
        Assert.All(result.AllErrors, error => Assert.StartsWith($"{source}: 0.1850 USD more were needed; allowed: ", error.ToString(), StringComparison.Ordinal));
        Assert.NotEmpty(result.AllErrors);
        Assert.All(result.AllErrors, error => Assert.Contains("There is room for it at ", error.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void WhatIf_says_what_would_be_left()
    {
        _bench.Engine.Run("New-KlingVideo lighthouse.jpg -Prompt one, two -MaxCostPerDay 100 -WhatIf").Check();
        Assert.Matches(@"2 videos, 0\.37 USD at list price; 9\d\.\d+ USD would be left of 100\.00 USD in 24 hours\. Nothing was sent\.", _bench.Engine.Capture.UI.Text);
    }

    private static Guid Id(PSObject item) => (Guid)item.Properties["TaskId"].Value;

    private void Run(string script) => _bench.Engine.Run(script).Check();

    // Sorted: tasks are written as they end.
    private Guid[] Ids(string script) => [.. _bench.Engine.Run(script).Check().Output.Select(Id).Order()];

    private string[] Texts(string script, string property) => [.. _bench.Engine.Run(script).Check().Output.Select(item => (string)item.Properties[property].Value)];

    private decimal Price(string script) => _bench.Engine.Run(script).Check().Output is { Count: > 0 } prices ? (decimal)prices[^1].Properties["EstimatedCost"].Value : 0m;

    private int Charges() => (int)Assert.Single(_bench.Engine.Run("(Get-KlingSandbox).Charges.Count").Check().Output).BaseObject;

    // A journal that knows nothing.
    private void OnAnotherMachine() => Run("$env:KLING_HOME = [IO.Path]::Combine((Get-Location).ProviderPath, \"home$([guid]::NewGuid())\"); $null = Connect-Kling -Sandbox");
}

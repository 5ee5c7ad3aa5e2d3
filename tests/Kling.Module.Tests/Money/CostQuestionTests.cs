using System.Collections;
using System.Management.Automation;
using Kling.Hosting.Service;
using Kling.Hosting;

namespace Kling.Module.Tests.Money;

/// <summary>The question beyond ten dollars: asked once, for the whole that is known, and never answered by anybody but a person.</summary>
[Collection(EngineCollection.Name)]
public sealed class CostQuestionTests : IDisposable
{
    // 10 seconds, 4 videos: 1.48 USD each, so the seventh passes ten dollars.
    private const string Row = "New-KlingVideo -Duration 10 -NumberResults 4 -ThrottleLimit 64";

    private readonly ServiceBench _bench = new();

    public CostQuestionTests(ModuleUnderTest module)
    {
        Assert.NotNull(module);
        Sandbox();
    }

    private CaptureUI Screen => _bench.Engine.Capture.UI;

    private string[] Questions => [.. Screen.TextsOf(CapturedKind.Question)];

    private int Submitted => (int)_bench.Run("Get-KlingSandbox").Check().Output[0].Properties["TaskCount"].Value;

    public void Dispose()
    {
        _bench.Run("Stop-KlingSandbox");
        _bench.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Grid_is_asked_about_as_a_whole_before_any_of_it_is_sent(bool canAsk)
    {
        Screen.CanAsk = canAsk;
        Screen.Choices.Enqueue("No");
        EngineResult result = _bench.Run($"New-KlingVideo '{_bench.Images[0]}' -Prompt (1..60 | ForEach-Object {{ \"shot $_\" }})");

        AssertEnded(result, sent: 0);
        Assert.Contains("11.1000 USD", Assert.Single(Questions), StringComparison.Ordinal);
    }

    [Fact]
    public void Grid_that_is_confirmed_is_sent_whole_with_one_question()
    {
        Screen.Choices.Enqueue("Yes");
        EngineResult result = _bench.Run($"New-KlingVideo '{_bench.Images[0]}' -Prompt (1..60 | ForEach-Object {{ \"shot $_\" }}) -ThrottleLimit 64").Check();

        Assert.Equal((60, 60), (result.Output.Count, Submitted));
        Assert.Single(Questions);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rows_are_asked_about_where_the_running_sum_passes_ten_dollars(bool canAsk)
    {
        Screen.CanAsk = canAsk;
        Screen.Choices.Enqueue("No");
        EngineResult result = _bench.Run($"1..20 | ForEach-Object {{ '{_bench.Images[0]}' }} | {Row}");

        AssertEnded(result, sent: 6);
        Assert.Contains("10.3600 USD", Assert.Single(Questions), StringComparison.Ordinal);
        object carried = PSObject.AsPSObject(Assert.Single(result.AllErrors).Exception).Properties["Tasks"].Value;
        Guid[] paid = [.. ((IEnumerable)carried).Cast<object>().Select(task => ServiceBench.Id(PSObject.AsPSObject(task)))];
        Assert.Equal(6, paid.Length);
        Assert.Equal(paid.Order(), result.Output.Select(ServiceBench.Id).Order());
    }

    [Fact]
    public void Rows_are_asked_about_once_however_many_follow()
    {
        Screen.Choices.Enqueue("Yes");
        EngineResult result = _bench.Run($"1..20 | ForEach-Object {{ '{_bench.Images[0]}' }} | {Row}").Check();

        Assert.Equal((20, 20), (result.Output.Count, Submitted));
        Assert.Single(Questions);
    }

    [Theory]
    [InlineData("-Force")]
    [InlineData("-Confirm:$false")]
    [InlineData("-MaxCost 100")]
    [InlineData("-WhatIf")]
    public void Nothing_is_asked_with(string switches)
    {
        Screen.CanAsk = false;
        EngineResult result = _bench.Run($"1..8 | ForEach-Object {{ '{_bench.Images[0]}' }} | {Row} {switches}").Check();

        int sent = switches == "-WhatIf" ? 0 : 8;
        Assert.Equal((sent, sent), (result.Output.Count, Submitted));
        Assert.Empty(Questions);
    }

    [Fact]
    public void WhatIf_gives_the_price_of_the_whole_and_obeys_the_ceiling()
    {
        EngineResult result = _bench.Run($"1..8 | ForEach-Object {{ '{_bench.Images[0]}' }} | {Row} -WhatIf -MaxCost 5 -ErrorAction SilentlyContinue -ErrorVariable problems; $problems.Count");

        Assert.Equal([5], result.OutputOf<int>());
        Assert.Contains("3 requests, 4.4400 USD in total at list price", _bench.Screen, StringComparison.Ordinal);
        Assert.Equal(0, Submitted);
    }

    [Fact]
    public void Batch_that_ends_waits_for_nobody_who_only_waits()
    {
        // The first is told to come back in an hour's time and the others are held back by that: all of it ends at once, unpaid.
        Sandbox("-Fault 'TooMany429RetryAfterHeader:Submit:-1:500'");
        Screen.CanAsk = false;
        EngineResult result = _bench.Run($"1..20 | ForEach-Object {{ '{_bench.Images[0]}' }} | {Row}");

        AssertEnded(result, sent: 0);
        Assert.Empty(result.Output);
        Assert.All(_bench.Journal(), task => Assert.Equal("NotCharged", ServiceBench.Text(task, "BillingState")));
    }

    private void AssertEnded(EngineResult result, int sent)
    {
        Assert.StartsWith("CostNotConfirmed,", Assert.Single(result.AllErrors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(sent, Submitted);
    }

    private void Sandbox(string options = "") => _bench.Run($"Stop-KlingSandbox; $null = Start-KlingSandbox -GenerationSeconds 0 {options}; $null = Connect-Kling -Sandbox").Check();
}

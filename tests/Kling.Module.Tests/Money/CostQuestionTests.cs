using System.Collections;
using System.Management.Automation;
using Kling.Hosting;
using Kling.Hosting.Service;

namespace Kling.Module.Tests.Money;

/// <summary>Beyond ten dollars there is one question. It comes before anything of what it is about was sent, and only a person answers it.</summary>
[Collection(EngineCollection.Name)]
public sealed class CostQuestionTests : IDisposable
{
    // 55 prompts are 10.1750 USD at list price.
    private const string Prompts = "(1..55 | ForEach-Object { \"shot $_\" })";

    // 10 seconds, 4 videos: 1.48 USD each, so the seventh passes ten dollars.
    private const string Costly = "New-KlingVideo -Duration 10 -NumberResults 4 -ThrottleLimit 64";
    private readonly ServiceBench _bench = new();

    public CostQuestionTests(ModuleUnderTest module) => Assert.NotNull(module);

    private int Submits => _bench.Service.Count(CallKind.Submit);

    private CaptureUI Screen => _bench.Engine.Capture.UI;

    private string[] Questions => [.. Screen.TextsOf(CapturedKind.Question)];

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
        ErrorRecord error = AssertEnded(_bench.Run($"New-KlingVideo '{_bench.Images[0]}' -Prompt {Prompts}"));
        Assert.Contains("55 request(s)", Assert.Single(Questions), StringComparison.Ordinal);
        Assert.Contains("10.1750 USD", Questions[0], StringComparison.Ordinal);
        Assert.Contains("10.1750 USD", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("-MaxCost", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(0, Submits);
    }

    [Fact]
    public void Grid_that_is_confirmed_is_sent_whole_with_one_question()
    {
        Screen.Choices.Enqueue("Yes");
        EngineResult result = _bench.Run($"New-KlingVideo '{_bench.Images[0]}','{_bench.Images[1]}' -Prompt {Prompts}").Check();
        Assert.Contains("20.3500 USD", Assert.Single(Questions), StringComparison.Ordinal);
        Assert.Equal((110, 110), (result.Output.Count, Submits));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rows_are_asked_about_where_the_running_sum_passes_ten_dollars(bool canAsk)
    {
        Screen.CanAsk = canAsk;
        Screen.Choices.Enqueue("No");
        EngineResult result = _bench.Run($"1..20 | ForEach-Object {{ '{_bench.Images[0]}' }} | {Costly}");
        ErrorRecord error = AssertEnded(result);
        Assert.Contains("10.3600 USD", Assert.Single(Questions), StringComparison.Ordinal);
        Assert.Equal(6, Submits);

        // What was bought before is on the error and in the output.
        object carried = PSObject.AsPSObject(error.Exception).Properties["Tasks"].Value;
        Guid[] paid = [.. ((IEnumerable)carried).Cast<object>().Select(task => ServiceBench.Id(PSObject.AsPSObject(task)))];
        Assert.Equal(6, paid.Length);
        Assert.Equal(paid.Order(), result.Output.Select(ServiceBench.Id).Order());
    }

    [Fact]
    public void Rows_bought_before_the_question_keep_their_columns_and_one_command_lists_them()
    {
        Screen.Choices.Enqueue("No");
        string rows = $"1..30 | ForEach-Object {{ [pscustomobject]@{{ Image = '{_bench.Images[0]}'; Prompt = 'a', 'b'; Scene = $_ }} }}";
        EngineResult result = _bench.Run($"$tasks = [Collections.Generic.List[object]]::new(); try {{ {rows} | New-KlingVideo | ForEach-Object {{ $tasks.Add($_) }} }} catch {{ $failure = $_ }}; "
            + "$tasks.Count; @($tasks | Where-Object { $_.Scene -in 1..27 }).Count; $failure.Exception.Tasks.Count; \"$failure\"").Check();
        Assert.Equal(["54", "54", "54"], result.Output.Take(3).Select(item => item.ToString()));
        Assert.Contains("Get-KlingTask -Since '", result.Output[3].ToString(), StringComparison.Ordinal);
        Assert.Equal(54, Submits);
    }

    [Fact]
    public void Rows_of_several_requests_are_asked_about_once_as_whole_records()
    {
        Screen.Choices.Enqueue("Yes");
        _bench.Run($"1..30 | ForEach-Object {{ [pscustomobject]@{{ Image = '{_bench.Images[0]}'; Prompt = 'a', 'b' }} }} | New-KlingVideo").Check();
        string question = Assert.Single(Questions);
        Assert.Contains("2 request(s)", question, StringComparison.Ordinal);
        Assert.Contains("10.3600 USD", question, StringComparison.Ordinal);
        Assert.Contains("More input may follow", question, StringComparison.Ordinal);
        Assert.Equal(60, Submits);
    }

    [Fact]
    public void With_Resume_only_what_would_be_bought_counts()
    {
        _bench.Run($"$null = New-KlingVideo '{_bench.Images[0]}' -Prompt 'shot 1', 'shot 2'").Check();
        EngineResult result = _bench.Run($"New-KlingVideo '{_bench.Images[0]}' -Prompt {Prompts} -Resume").Check();
        Assert.Empty(Questions);
        Assert.Equal((55, 55), (result.Output.Count, Submits));
    }

    [Fact]
    public void With_Resume_the_question_names_only_what_would_be_bought()
    {
        _bench.Run($"$null = New-KlingVideo '{_bench.Images[0]}' -Prompt 'shot 1', 'shot 2'").Check();
        Screen.Choices.Enqueue("No");
        _bench.Run($"New-KlingVideo '{_bench.Images[0]}','{_bench.Images[1]}' -Prompt {Prompts} -Resume");
        Assert.Contains("108 request(s)", Assert.Single(Questions), StringComparison.Ordinal);
        Assert.Contains("19.9800 USD", Questions[0], StringComparison.Ordinal);
        Assert.Equal(2, Submits);
    }

    [Theory]
    [InlineData("-Force")]
    [InlineData("-Confirm:$false")]
    [InlineData("-MaxCost 100")]
    [InlineData("-WhatIf")]
    public void Nothing_is_asked_with(string switches)
    {
        Screen.CanAsk = false;
        EngineResult rows = _bench.Run($"1..8 | ForEach-Object {{ '{_bench.Images[0]}' }} | {Costly} {switches}").Check();
        EngineResult grid = _bench.Run($"New-KlingVideo '{_bench.Images[0]}' -Prompt {Prompts} {switches}").Check();
        Assert.Empty(Questions);
        (int, int, int) sent = switches == "-WhatIf" ? (0, 0, 0) : (8, 55, 63);
        Assert.Equal(sent, (rows.Output.Count, grid.Output.Count, Submits));
    }

    [Fact]
    public void WhatIf_gives_the_price_of_the_whole_and_obeys_the_ceiling()
    {
        EngineResult result = _bench.Run($"1..8 | ForEach-Object {{ '{_bench.Images[0]}' }} | {Costly} -WhatIf -MaxCost 5 -ErrorAction SilentlyContinue -ErrorVariable problems; $problems.Count");
        Assert.Equal([5], result.OutputOf<int>());
        Assert.Contains("3 requests, 4.4400 USD in total at list price", _bench.Screen, StringComparison.Ordinal);
        Assert.Equal(0, Submits);
    }

    [Fact]
    public void Batch_that_ends_waits_for_nobody_who_only_waits()
    {
        // The first is told to come back in an hour's time and the others are held back by that: all of it ends at once, unpaid.
        _bench.Run("$null = Start-KlingSandbox -Fault 'TooMany429RetryAfterHeader:Submit:-1:500'; $null = Connect-Kling -Sandbox").Check();
        Screen.CanAsk = false;
        EngineResult result = _bench.Run($"1..20 | ForEach-Object {{ '{_bench.Images[0]}' }} | {Costly}");
        AssertEnded(result);
        Assert.Empty(result.Output);
        Assert.Equal("0", $"{_bench.Run("(Get-KlingSandbox).TaskCount").Check().Output[0]}");
        Assert.All(_bench.Journal(), task => Assert.Equal("NotCharged", ServiceBench.Text(task, "BillingState")));
    }

    private static ErrorRecord AssertEnded(EngineResult result)
    {
        ErrorRecord error = Assert.Single(result.AllErrors);
        Assert.StartsWith("CostNotConfirmed,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        return error;
    }
}

using System.Management.Automation;
using Kling.Hosting.Service;
using Kling.Hosting;

namespace Kling.Module.Tests.Batch;

/// <summary>Beyond ten dollars there is one question, and it comes before anything of what it is about has been sent.</summary>
[Collection(EngineCollection.Name)]
public sealed class CostQuestionTests : IDisposable
{
    // 55 prompts are 10.1750 USD at list price.
    private const string Prompts = "(1..55 | ForEach-Object { \"shot $_\" })";
    private readonly ServiceBench _bench = new();

    public CostQuestionTests(ModuleUnderTest module) => Assert.NotNull(module);

    private int Submits => _bench.Service.Count(CallKind.Submit);

    private string[] Questions => [.. _bench.Engine.Capture.UI.Lines.Where(line => line.Kind == CapturedKind.Question).Select(line => line.Text)];

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void A_grid_is_asked_about_as_a_whole_and_no_sends_nothing()
    {
        _bench.Engine.Capture.UI.Choices.Enqueue("No");
        EngineResult result = _bench.Run($"New-KlingVideo '{_bench.Images[0]}' -Prompt {Prompts}");
        ErrorRecord error = Assert.Single(result.AllErrors);
        Assert.StartsWith("CostNotConfirmed,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("55 request(s)", Assert.Single(Questions), StringComparison.Ordinal);
        Assert.Contains("10.1750 USD", Questions[0], StringComparison.Ordinal);
        Assert.Contains("10.1750 USD", error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, Submits);
    }

    [Fact]
    public void A_grid_is_asked_about_once_and_yes_sends_all()
    {
        _bench.Engine.Capture.UI.Choices.Enqueue("Yes");
        EngineResult result = _bench.Run($"New-KlingVideo '{_bench.Images[0]}','{_bench.Images[1]}' -Prompt {Prompts}").Check();
        Assert.Contains("20.3500 USD", Assert.Single(Questions), StringComparison.Ordinal);
        Assert.Equal((110, 110), (result.Output.Count, Submits));
    }

    [Fact]
    public void A_host_that_cannot_ask_sends_nothing()
    {
        _bench.Engine.Capture.UI.CanAsk = false;
        EngineResult result = _bench.Run($"New-KlingVideo '{_bench.Images[0]}' -Prompt {Prompts}");
        ErrorRecord error = Assert.Single(result.AllErrors);
        Assert.StartsWith("CostNotConfirmed,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("-MaxCost", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(0, Submits);
    }

    [Fact]
    public void Piped_rows_are_asked_about_once_when_the_sum_passes_ten_dollars()
    {
        _bench.Engine.Capture.UI.Choices.Enqueue("Yes");
        string rows = $"1..30 | ForEach-Object {{ [pscustomobject]@{{ Image = '{_bench.Images[0]}'; Prompt = 'a', 'b' }} }}";
        _bench.Run($"{rows} | New-KlingVideo").Check();
        string question = Assert.Single(Questions);
        Assert.Contains("2 request(s)", question, StringComparison.Ordinal);
        Assert.Contains("10.3600 USD", question, StringComparison.Ordinal);
        Assert.Contains("More input may follow", question, StringComparison.Ordinal);
        Assert.Equal(60, Submits);
    }

    [Fact]
    public void Piped_rows_stop_before_the_record_that_passes_ten_dollars()
    {
        _bench.Engine.Capture.UI.Choices.Enqueue("No");
        string rows = $"1..30 | ForEach-Object {{ [pscustomobject]@{{ Image = '{_bench.Images[0]}'; Prompt = 'a', 'b'; Scene = $_ }} }}";
        EngineResult result = _bench.Run($"$tasks = [Collections.Generic.List[object]]::new(); try {{ {rows} | New-KlingVideo | ForEach-Object {{ $tasks.Add($_) }} }} catch {{ $failure = $_ }}; "
            + "$tasks.Count; @($tasks | Where-Object { $_.Scene -in 1..27 }).Count; $failure.Exception.Tasks.Count; \"$failure\"").Check();
        Assert.Equal(["54", "54", "54"], result.Output.Take(3).Select(item => item.ToString()));
        Assert.Contains("Get-KlingTask -Since '", result.Output[3].ToString(), StringComparison.Ordinal);
        Assert.Equal(54, Submits);
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
        _bench.Engine.Capture.UI.Choices.Enqueue("No");
        _bench.Run($"New-KlingVideo '{_bench.Images[0]}','{_bench.Images[1]}' -Prompt {Prompts} -Resume");
        Assert.Contains("108 request(s)", Assert.Single(Questions), StringComparison.Ordinal);
        Assert.Contains("19.9800 USD", Questions[0], StringComparison.Ordinal);
        Assert.Equal(2, Submits);
    }

    [Theory]
    [InlineData("-Force")]
    [InlineData("-Confirm:$false")]
    [InlineData("-MaxCost 20")]
    [InlineData("-WhatIf")]
    public void Nothing_is_asked_with(string how)
    {
        _bench.Run($"$null = New-KlingVideo '{_bench.Images[0]}' -Prompt {Prompts} {how}").Check();
        Assert.Empty(Questions);
        Assert.Equal(how == "-WhatIf" ? 0 : 55, Submits);
    }
}

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
        Assert.Equal("Cost This buys 55 videos for 10.175 USD (list price). Continue? [&Yes, &No] default 1", Assert.Single(Questions));
        Assert.Contains("55 videos for 10.175 USD (list price)", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("-MaxCost", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(0, Submits);
    }

    [Fact]
    public void Grid_that_is_confirmed_is_sent_whole_with_one_question()
    {
        Screen.Choices.Enqueue("Yes");
        EngineResult result = _bench.Run($"New-KlingVideo '{_bench.Images[0]}','{_bench.Images[1]}' -Prompt {Prompts}").Check();
        Assert.Contains("110 videos for 20.35 USD", Assert.Single(Questions), StringComparison.Ordinal);
        Assert.Equal((110, 110), (result.Output.Count, Submits));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Piped_files_are_asked_about_as_a_whole_before_any_of_them_is_sent(bool canAsk)
    {
        Screen.CanAsk = canAsk;

        // What Enter answers.
        Screen.Choices.Enqueue("1");
        EngineResult result = _bench.Run($"1..300 | ForEach-Object {{ Get-Item '{_bench.Images[0]}' }} | New-KlingVideo -Wait");
        ErrorRecord error = AssertEnded(result);
        Assert.Equal("Cost This buys 300 videos for 55.50 USD (list price). Continue? [&Yes, &No] default 1", Assert.Single(Questions));
        Assert.Contains("300 videos for 55.50 USD (list price). This is more than 10.00 USD and was not confirmed. Nothing was sent.", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("-MaxCost", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(0, Submits);
        Assert.Empty(result.Output);
        Assert.Empty(_bench.Journal());
        Assert.DoesNotContain(result.Warnings, text => text.Contains("reserved", StringComparison.Ordinal) && !text.Contains("0.0000 USD", StringComparison.Ordinal));
    }

    [Fact]
    public void Piped_files_that_are_confirmed_are_bought_with_one_question()
    {
        Screen.Choices.Enqueue("Yes");
        EngineResult result = _bench.Run($"1..30 | ForEach-Object {{ [pscustomobject]@{{ Image = '{_bench.Images[0]}'; Prompt = 'a', 'b'; Scene = $_ }} }} | New-KlingVideo").Check();
        Assert.Contains("This buys 60 videos for 11.10 USD (list price). Continue?", Assert.Single(Questions), StringComparison.Ordinal);
        Assert.Equal((60, 60), (result.Output.Count, Submits));
        Assert.Equal(Enumerable.Range(1, 30), result.Output.Select(task => int.Parse(ServiceBench.Text(task, "Scene"))).Distinct().Order());
    }

    [Fact]
    public void A_long_input_is_asked_about_when_a_thousand_are_held_and_streams_after_a_yes()
    {
        Screen.Choices.Enqueue("Yes");
        EngineResult result = _bench.Run($"$made = 0; & {{ while ($true) {{ $script:made++; '{_bench.Images[0]}' }} }} | New-KlingVideo -ThrottleLimit 2 | Select-Object -First 5; $made");
        Assert.Contains("This buys at least 1000 videos for 185.00 USD (list price). More input may follow. Continue?", Assert.Single(Questions), StringComparison.Ordinal);
        Assert.Equal("1000", result.Output[5].ToString());
        Assert.InRange(Submits, 5, 1000);
    }

    [Fact]
    public void A_slow_input_is_bought_as_it_comes_and_the_question_at_its_end_says_so()
    {
        Screen.Choices.Enqueue("No");
        using var gate = new ManualResetEventSlim();
        using RunningScript script = _bench.Engine.Start(
            $"param($Gate) $bought = [Collections.Generic.List[object]]::new(); try {{ & {{ '{_bench.Images[0]}'; $Gate.Wait(); 1..60 | ForEach-Object {{ '{_bench.Images[0]}' }} }} | "
            + "New-KlingVideo | ForEach-Object { $bought.Add($_) } } catch { $failure = $_ }; $bought.Count; $failure.Exception.Tasks.Count; $failure.FullyQualifiedErrorId; \"$failure\"",
            parameters: new Hashtable { ["Gate"] = gate });
        Guard.Until(() => Submits == 1, "the first was not sent while the input paused");
        Assert.Empty(Questions);
        gate.Set();
        EngineResult result = script.Wait();
        Assert.Equal(["1", "1"], result.Output.Take(2).Select(item => item.ToString()));
        Assert.StartsWith("CostNotConfirmed,", result.Output[2].ToString(), StringComparison.Ordinal);
        Assert.Contains("This buys 61 videos for 11.285 USD (list price), 1 of them already sent. Continue?", Assert.Single(Questions), StringComparison.Ordinal);
        Assert.Contains("Get-KlingTask -TaskId ", result.Output[3].ToString(), StringComparison.Ordinal);
        Assert.Equal(1, Submits);
    }

    [Fact]
    public void More_than_ten_dollars_of_a_slow_input_wait_for_the_next_record_which_asks()
    {
        // The input goes on slowly, and for ever if nothing is asked.
        Screen.Choices.Enqueue("No");
        using var never = new ManualResetEventSlim();
        using RunningScript script = _bench.Engine.Start(
            $"param($Never) & {{ 1..60 | ForEach-Object {{ '{_bench.Images[0]}' }}; while ($true) {{ $null = $Never.Wait(500); 'no-such.png' }} }} | New-KlingVideo -ErrorAction SilentlyContinue",
            parameters: new Hashtable { ["Never"] = never });
        EngineResult result = script.Wait();
        Assert.StartsWith("CostNotConfirmed,", result.AllErrors.Last().FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("This buys at least 60 videos for 11.10 USD (list price). More input may follow. Continue?", Assert.Single(Questions), StringComparison.Ordinal);
        Assert.Equal(0, Submits);
    }

    [Theory]
    [InlineData("-ErrorAction Stop", "ImageNotFound")]
    [InlineData("-TaskId 11111111-1111-4111-8111-111111111111 -ErrorAction SilentlyContinue", null)]
    public void What_is_held_is_sent_as_it_would_be_without(string parameters, string? error)
    {
        EngineResult result = _bench.Run($"'{_bench.Images[0]}', 'no-such.png' | New-KlingVideo {parameters}");
        Assert.Equal(error, result.Failure?.ErrorRecord.FullyQualifiedErrorId.Split(',')[0]);
        Assert.Equal(error is null ? 1 : 0, Submits);
    }

    [Fact]
    public void Without_a_key_the_input_is_not_read_to_its_end()
    {
        _bench.Run("Disconnect-Kling").Check();
        EngineResult result = _bench.Run($"$made = 0; try {{ & {{ foreach ($once in 1..300) {{ $script:made++; '{_bench.Images[0]}' }} }} | New-KlingVideo }} catch {{ \"$($_.FullyQualifiedErrorId)\" }}; $made").Check();
        Assert.Equal(["NotConnected,Kling.Cmdlets.NewKlingVideoCommand", "1"], result.Output.Select(item => item.ToString()));
        Assert.Empty(Questions);
    }

    [Fact]
    public void Ctrl_C_while_items_are_held_buys_nothing_and_says_so()
    {
        using var gate = new ManualResetEventSlim();
        using RunningScript script = _bench.Engine.Start(
            $"param($Gate) & {{ 1..60 | ForEach-Object {{ '{_bench.Images[0]}' }}; Write-Progress ready; $Gate.Wait() }} | New-KlingVideo", parameters: new Hashtable { ["Gate"] = gate });
        Guard.Until(() => Screen.Progress.Any(record => record.Activity == "ready"), "the input was not read");
        script.RequestStop();
        Guard.Until(() => _bench.Screen.Contains("Stopped: 60 not sent; the rest of the input was not read. Nothing was bought.", StringComparison.Ordinal), "the stop did not say what was held");
        gate.Set();
        script.Wait();
        Assert.Equal(0, Submits);
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
        Assert.Contains("108 videos for 19.98 USD", Assert.Single(Questions), StringComparison.Ordinal);
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
    public void WhatIf_says_once_what_would_be_bought_under_the_ceiling()
    {
        EngineResult result = _bench.Run($"1..8 | ForEach-Object {{ '{_bench.Images[0]}' }} | {Costly} -WhatIf -MaxCost 5 -ErrorAction SilentlyContinue -ErrorVariable problems; $problems.Count");
        Assert.Equal([5], result.OutputOf<int>());
        Assert.Contains("What if: 12 videos, 4.44 USD at list price, 5 failed. Nothing was sent.", _bench.Screen, StringComparison.Ordinal);
        Assert.DoesNotContain("taskType", _bench.Screen, StringComparison.Ordinal);
        Assert.Empty(result.Warnings);
        Assert.Equal(0, Submits);
    }

    [Fact]
    public void WhatIf_with_Resume_counts_what_would_be_bought()
    {
        _bench.Run($"$null = New-KlingVideo '{_bench.Images[0]}' -Prompt 'shot 1', 'shot 2'").Check();
        _bench.Run($"New-KlingVideo '{_bench.Images[0]}' -Prompt 'shot 1', 'shot 2', 'shot 3' -Resume -WhatIf").Check();
        Assert.Contains("What if: 1 video, 0.185 USD at list price, 2 items bought before. Nothing was sent.", _bench.Screen, StringComparison.Ordinal);
        Assert.Equal(2, Submits);
    }

    [Fact]
    public void Prices_end_with_the_same_line()
    {
        _bench.Run("$null = Measure-KlingCost -Duration 10 -NumberResults 2; $null = Measure-KlingCost -Duration 5, 10").Check();
        Assert.Equal("2 videos, 0.555 USD at list price", Assert.Single(_bench.Screen.Split('\n'), line => line.Contains("at list price", StringComparison.Ordinal)));
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

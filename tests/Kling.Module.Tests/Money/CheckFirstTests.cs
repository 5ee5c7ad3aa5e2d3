using System.Management.Automation;
using Kling.Hosting;
using Kling.Hosting.Service;

namespace Kling.Module.Tests.Money;

/// <summary>-CheckFirst reads the whole input, says what it comes to, and buys nothing before that.</summary>
[Collection(EngineCollection.Name)]
public sealed class CheckFirstTests : IDisposable
{
    private readonly ServiceBench _bench = new();

    public CheckFirstTests(ModuleUnderTest module) => Assert.NotNull(module);

    private int Submits => _bench.Service.Count(CallKind.Submit);

    private CaptureUI Screen => _bench.Engine.Capture.UI;

    private string Rows(int count, params string[] more) =>
        $"@(1..{count} | ForEach-Object {{ [pscustomobject]@{{ Image = '{_bench.Images[0]}'; Prompt = \"shot $_\" }} }}){string.Concat(more.Select(row => $" + @([pscustomobject]@{{ {row} }})"))}";

    private string[] Bad => ["Image = 'no-such.png'", $"Image = '{_bench.Images[0]}'; Duration = '7'", $"Image = '{_bench.Images[0]}'; Duration = 'five'"];

    public void Dispose()
    {
        _bench.Run("Stop-KlingSandbox");
        _bench.Dispose();
    }

    [Fact]
    public void Bad_rows_are_all_told_and_nothing_is_bought()
    {
        EngineResult result = _bench.Run($"{Rows(3, Bad)} | New-KlingVideo -CheckFirst -Force:$false");
        Assert.Equal(4, result.AllErrors.Count());
        Assert.Equal(0, Submits);
        ErrorRecord last = result.AllErrors.Last();
        Assert.StartsWith("InvalidRequest,", last.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith("3 items cannot be bought;", last.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("-Force", last.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(result.Information);
        Assert.DoesNotContain("at list price", _bench.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public void Force_buys_the_good_rows()
    {
        EngineResult result = _bench.Run($"{Rows(3, Bad)} | New-KlingVideo -CheckFirst -Force");
        Assert.Equal((3, 3, 3), (result.Errors.Count, result.Output.Count, Submits));
        Assert.Contains("3 videos, 0.555 USD at list price", _bench.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public void The_line_has_the_whole_the_time_and_the_balance_and_then_the_question_comes()
    {
        _bench.Run("$null = Start-KlingSandbox -GenerationSeconds 0 -Balance 61.2; $null = Connect-Kling -Sandbox").Check();
        _bench.Run($"$null = New-KlingVideo '{_bench.Images[0]}' -Prompt 'pan', 'zoom' -Wait").Check();
        Screen.Choices.Enqueue("No");
        EngineResult result = _bench.Run($"{Rows(300)} | New-KlingVideo -CheckFirst -Wait");
        Assert.StartsWith("CostNotConfirmed,", Assert.Single(result.AllErrors).FullyQualifiedErrorId, StringComparison.Ordinal);
        string[] lines = [.. Screen.Lines.Select(line => line.Text)];
        int line = Array.FindIndex(lines, text => text.StartsWith("300 videos, ", StringComparison.Ordinal));
        Assert.Matches(@"^300 videos, 55\.50 USD at list price, about [\d.]+ (second|minute)s? \(from your last 2 tasks\), balance 60\.8304 USD$", lines[line]);
        Assert.True(Array.FindIndex(lines, text => text.Contains("This buys 300 videos for 55.50 USD", StringComparison.Ordinal)) > line);
        Assert.Equal("2", $"{_bench.Run("(Get-KlingSandbox).TaskCount").Check().Output[0]}");
    }

    [Theory]
    [InlineData("InformationAction Ignore", false)]
    [InlineData("InformationAction SilentlyContinue", false)]
    [InlineData("InformationAction Continue", true)]
    [InlineData("Confirm:$false", true)]
    public void The_line_is_silent_where_information_is(string parameter, bool isShown)
    {
        EngineResult result = _bench.Run($"{Rows(2)} | New-KlingVideo -CheckFirst -{parameter}").Check();
        Assert.Equal(2, result.Output.Count);
        Assert.Equal(isShown, _bench.Screen.Contains("2 videos, 0.37 USD at list price", StringComparison.Ordinal));
    }

    [Fact]
    public void A_balance_that_cannot_be_had_stops_nothing_and_verbose_says_why()
    {
        // The scripted service knows no account. What took a while before is not known either.
        EngineResult result = _bench.Run($"{Rows(2)} | New-KlingVideo -CheckFirst -Verbose").Check();
        Assert.Equal(2, Submits);
        Assert.Contains(Screen.Lines, line => line.Text == "2 videos, 0.37 USD at list price");
        Assert.Contains(result.Verbose, line => line.StartsWith("The balance is not known: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_connection_everything_is_checked_and_then_the_key_is_missed()
    {
        _bench.Run("Disconnect-Kling").Check();
        EngineResult result = _bench.Run($"{Rows(2)} | New-KlingVideo -CheckFirst");
        Assert.StartsWith("NotConnected,", Assert.Single(result.AllErrors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(Screen.Lines, line => line.Text == "2 videos, 0.37 USD at list price");

        EngineResult bad = _bench.Run($"{Rows(2, Bad[0])} | New-KlingVideo -CheckFirst");
        Assert.Equal(["ImageNotFound", "InvalidRequest"], bad.AllErrors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
    }

    [Fact]
    public void What_was_bought_before_is_told_and_taken_up_only_after_the_check()
    {
        _bench.Service.Finished = true;
        _bench.Run($"$null = {Rows(2)} | New-KlingVideo -Wait").Check();
        EngineResult refused = _bench.Run($"{Rows(3, Bad[0])} | New-KlingVideo -CheckFirst -Resume -Wait");
        Assert.Empty(refused.Output);
        Assert.StartsWith("1 item cannot be bought;", refused.AllErrors.Last().Exception.Message, StringComparison.Ordinal);
        Assert.Equal(2, Submits);

        EngineResult result = _bench.Run($"{Rows(3)} | New-KlingVideo -CheckFirst -Resume -Wait").Check();
        Assert.Equal((3, 3), (result.Output.Count, Submits));
        Assert.Contains(Screen.Lines, line => line.Text.StartsWith("1 video, 0.185 USD at list price, 2 items bought before, about ", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_above_the_ceiling_is_a_bad_row()
    {
        EngineResult result = _bench.Run($"{Rows(3)} | New-KlingVideo -CheckFirst -MaxCost 0.4");
        Assert.Equal(["CostCeiling", "InvalidRequest"], result.AllErrors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Equal(0, Submits);
    }

    [Fact]
    public void The_bar_knows_the_whole()
    {
        CallHold hold = _bench.Service.Hold(CallPoint.Poll);
        using RunningScript script = _bench.Engine.Start($"{Rows(4)} | New-KlingVideo -CheckFirst -Wait");
        hold.WaitUntilReached();
        Guard.Until(() => Screen.Progress.Any(record => record.StatusDescription.StartsWith("0 of 4, 4 open · 0.00 of 0.74 USD · ", StringComparison.Ordinal) && record.PercentComplete == 0), "the bar did not come");
        _bench.Service.Finished = true;
        hold.Release();
        Assert.Equal(4, script.Wait().Check().Output.Count);
    }

    [Fact]
    public void One_call_with_many_images_is_checked_first_too()
    {
        EngineResult result = _bench.Run($"New-KlingVideo '{_bench.Images[0]}', 'no-such.png' -CheckFirst");
        Assert.StartsWith("1 item cannot be bought;", result.AllErrors.Last().Exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, Submits);
    }
}

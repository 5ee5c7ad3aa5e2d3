using System.Collections;
using System.Management.Automation;
using Kling.Hosting;
using Kling.Hosting.Service;
using Kling.Models;

namespace Kling.Module.Tests.Batch;

/// <summary>A batch ends with one line for the person, and with the same numbers for a script that asks for them.</summary>
[Collection(EngineCollection.Name)]
public sealed class SummaryTests : IDisposable
{
    private readonly ServiceBench _bench = new();

    public SummaryTests(ModuleUnderTest module) => Assert.NotNull(module);

    private ScriptedService Service => _bench.Service;

    private string Two => $"'{_bench.Images[0]}', '{_bench.Images[1]}'";

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("-OutDirectory clips", @"^2 saved, 0\.37 USD in \d+s$")]
    [InlineData("-Wait", @"^2 done, 0\.37 USD in \d+s$")]
    [InlineData("", @"^2 sent, 0\.37 USD at list price in \d+s$")]
    public void Batch_that_went_well_says_so_beside_its_output(string how, string line)
    {
        Service.Finished = true;
        EngineResult result = _bench.Run($"{Two} | New-KlingVideo {how}").Check();
        Assert.Equal(2, result.Output.Count);
        Assert.Empty(result.Warnings);
        InformationRecord told = Assert.Single(result.Information);
        Assert.Matches(line, told.MessageData.ToString());
        Assert.Equal(["PSHOST"], told.Tags);
        Assert.Matches(line, _bench.Engine.Capture.UI.Lines[^1].Text);
    }

    [Fact]
    public void Failures_are_counted_and_the_line_says_where_they_are()
    {
        Service.Finished = true;
        EngineResult result = _bench.Run($"{Two}, 'no-such.png' | New-KlingVideo -Wait");
        Assert.Single(result.Errors);
        Assert.Matches(@"^2 done, 1 failed, 0\.37 USD in \d+s; failed rows: \$Error or -ErrorVariable$", Assert.Single(result.Information).ToString());
    }

    [Fact]
    public void Where_nothing_was_bought_it_names_no_money()
    {
        EngineResult result = _bench.Run("'no-such.png', 'nor-this.png' | New-KlingVideo");
        Assert.Matches(@"^0 sent, 2 failed in \d+s; failed rows: ", Assert.Single(result.Information).ToString());
    }

    [Fact]
    public void Without_a_bill_the_list_price_is_named_as_such()
    {
        // The first is billed, the second is not over when the waiting ends.
        Service.Instead = call => call.Kind != CallKind.Poll ? null : "200\n\n{\"data\":[" + string.Join(",", Service.AcceptedIds.Select((id, index) => index == 0
            ? $$"""{"taskType":"videoInference","taskUUID":"{{id}}","status":"success","videoUUID":"{{id}}","videoURL":"{{Service.VideoBase}}{{id}}.mp4","cost":0.1848}"""
            : $$"""{"taskType":"videoInference","taskUUID":"{{id}}","status":"processing"}""")) + "]}";
        EngineResult result = _bench.Run($"New-KlingVideo {Two} -Wait -Timeout 0.5 -ThrottleLimit 1 -SummaryVariable sum");
        Assert.Matches(@"^1 done, 1 open, 0\.18 USD and 0\.19 USD at list price in \d+s$", Assert.Single(result.Information).ToString());
        KlingBatchSummary sum = Sum();
        Assert.Equal((1, 0, 1, 0), (sum.Done, sum.Failed, sum.Open, sum.NotSent));
        Assert.Equal((0.1848m, 0.37m), (sum.Billed, sum.Estimated));
    }

    [Fact]
    public void What_was_bought_before_is_told_and_costs_nothing_again()
    {
        Service.Finished = true;
        _bench.Run($"$null = New-KlingVideo '{_bench.Images[0]}' -Wait").Check();
        EngineResult result = _bench.Run($"{Two} | New-KlingVideo -Wait -Resume -SummaryVariable sum").Check();
        Assert.Matches(@"^2 done \(1 bought before\), 0\.18 USD in \d+s$", Assert.Single(result.Information).ToString());
        Assert.Equal((2, 0.1848m, 0.185m), (Sum().Done, Sum().Billed, Sum().Estimated));
    }

    [Fact]
    public void One_item_has_no_line()
    {
        Assert.Empty(_bench.Run($"'{_bench.Images[0]}' | New-KlingVideo").Check().Information);
        Assert.Empty(_bench.Run("'no-such.png' | New-KlingVideo").Information);
        Assert.Empty(_bench.Run($"{Two} | New-KlingVideo -WhatIf").Check().Information);
    }

    [Theory]
    [InlineData("-InformationAction Ignore", false)]
    [InlineData("-InformationAction SilentlyContinue", false)]
    [InlineData("6>$null", false)]
    [InlineData("-SummaryVariable sum", true)]
    [InlineData("-WarningAction SilentlyContinue", true)]
    public void It_obeys_the_information_stream(string how, bool isShown)
    {
        _bench.Run($"$null = {Two} | New-KlingVideo {how}").Check();
        Assert.Equal(isShown, _bench.Screen.Contains("2 sent, ", StringComparison.Ordinal));
    }

    [Fact]
    public void Batch_that_ends_early_says_what_was_not_sent_before_its_error()
    {
        Service.Finished = true;
        Service.Credit = 1;
        EngineResult result = _bench.Run($"New-KlingVideo {Two}, '{_bench.Images[0]}', '{_bench.Images[1]}' -Wait -ThrottleLimit 1 -SummaryVariable sum");
        Assert.StartsWith("NoCredit,", result.AllErrors.Last().FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Matches(@"^1 done, 1 failed, 2 not sent, 0\.18 USD in \d+s; failed rows: ", Assert.Single(result.Information).ToString());
        KlingBatchSummary sum = Sum();
        Assert.Equal((1, 1, 0, 2), (sum.Done, sum.Failed, sum.Open, sum.NotSent));
        Assert.Equal([_bench.Images[1]], sum.FailedRows);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-Upload Always")]
    public void Refused_key_leaves_nothing_open_and_speaks_of_the_key(string how)
    {
        Service.Instead = call => call.Kind is CallKind.Submit or CallKind.Upload ? """{"errors":[{"code":"invalidApiKey","message":"Invalid API key."}]}""".Insert(0, "401\n\n") : null;
        EngineResult result = _bench.Run($"Get-Item '{_bench.Images[0]}', '{_bench.Images[1]}', '{_bench.Images[0]}' | New-KlingVideo {how} -SummaryVariable sum");
        ErrorRecord error = Assert.Single(result.AllErrors);
        Assert.StartsWith("KeyRefused,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("The service refused the key (invalidApiKey: Invalid API key). Nothing was charged.", error.ToString());
        Assert.Empty(result.Information);
        KlingBatchSummary sum = Sum();
        Assert.Equal((0, 0, 3), (sum.Done, sum.Open, sum.Failed + sum.NotSent));
        Assert.Equal((0m, 0m), (sum.Billed, sum.Estimated));
    }

    [Fact]
    public void Failed_rows_are_the_rows_and_can_be_piped_again()
    {
        Service.Finished = true;
        string rows = $"[pscustomobject]@{{ Image = '{_bench.Images[0]}'; Scene = 1 }}, [pscustomobject]@{{ Image = 'later.png'; Scene = 2 }}, "
            + $"[pscustomobject]@{{ Image = '{_bench.Images[1]}'; Duration = 'five'; Scene = 3 }}, [pscustomobject]@{{ Image = '{_bench.Images[1]}'; Scene = 4 }}";
        _bench.Run($"$null = {rows} | New-KlingVideo -Wait -SummaryVariable sum -ErrorAction SilentlyContinue");
        KlingBatchSummary sum = Sum();
        Assert.Equal((2, 2, 0, 0), (sum.Done, sum.Failed, sum.Open, sum.NotSent));
        Assert.Equal([2, 3], sum.FailedRows.Select(row => (int)((PSObject)row).Properties["Scene"].Value).Order());
        File.Copy(_bench.Images[0], Path.Combine(Path.GetDirectoryName(_bench.Images[0])!, "later.png"));
        EngineResult again = _bench.Run("$sum.FailedRows | Select-Object -ExcludeProperty Duration | New-KlingVideo -Wait -Resume").Check();
        Assert.Equal(["2", "3"], again.Output.Select(task => ServiceBench.Text(task, "Scene")).Order());
    }

    [Fact]
    public void Variable_is_the_callers_and_a_plus_sign_adds_to_it()
    {
        Service.Finished = true;
        EngineResult result = _bench.Run($$"""
            function Invoke-Batch { $null = {{Two}} | New-KlingVideo -Wait -SummaryVariable inner; $inner }
            $found = Invoke-Batch
            $null = New-KlingVideo '{{_bench.Images[0]}}' -Wait -SummaryVariable +all
            $null = {{Two}} | New-KlingVideo -Wait -SummaryVariable +all
            $null = {{Two}} | New-KlingVideo -Wait -SummaryVariable +found
            "$($null -eq $inner) $(($all.Done) -join ',') $(($found.Done) -join ',')"
            """).Check();
        Assert.Equal("True 1,2 2,2", Assert.Single(result.Output).ToString());
    }

    [Theory]
    [InlineData("New-KlingVideo '{0}' -Duration 7")]
    [InlineData("New-KlingVideo '{0}' -OutDirectory $unset")]
    [InlineData("Wait-KlingTask -TaskId 4923cad8-a610-4604-9846-08e843a33e8d -Timeout $unset")]
    public void Command_that_fails_at_once_does_not_leave_the_numbers_of_another(string command)
    {
        _bench.Run($"$null = {Two} | New-KlingVideo -SummaryVariable sum").Check();
        Assert.Equal(2, Sum().Open);
        EngineResult result = _bench.Run($"{string.Format(command, _bench.Images[0])} -SummaryVariable sum");
        Assert.Single(result.AllErrors);
        Assert.Equal((0, 0, 0, 0), (Sum().Done, Sum().Failed, Sum().Open, Sum().NotSent));
        Assert.Contains("SummaryVariable: an empty value was given", _bench.Run($"New-KlingVideo '{_bench.Images[0]}' -SummaryVariable $unset").AllErrors.Single().ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Stopped_command_leaves_its_numbers()
    {
        CallHold hold = Service.Hold(CallPoint.Poll);
        using RunningScript script = _bench.Engine.Start($"New-KlingVideo {Two}, '{_bench.Images[0]}' -Wait -ThrottleLimit 2 -SummaryVariable sum");
        hold.WaitUntilReached();
        Guard.Until(() => Service.AcceptedIds.Count == 2, "two were not accepted");
        Assert.True(Guard.Returns(script.Stop, "the stopped cmdlet did not return").Stopped);
        KlingBatchSummary sum = Sum();
        Assert.Equal((0, 0, 2, 1), (sum.Done, sum.Failed, sum.Open, sum.NotSent));
        Assert.Equal((0m, 0.37m), (sum.Billed, sum.Estimated));
        Assert.True(sum.Elapsed > TimeSpan.Zero);
    }

    [Fact]
    public void Reader_that_has_enough_gets_the_numbers_too()
    {
        Service.Finished = true;
        _bench.Run($"$null = New-KlingVideo {Two} -Wait -ThrottleLimit 1 -SummaryVariable sum | Select-Object -First 1").Check();
        KlingBatchSummary sum = Sum();
        Assert.Equal((1, 2), (sum.Done, sum.Done + sum.Failed + sum.Open + sum.NotSent));
    }

    [Theory]
    [InlineData("Wait-KlingTask", @"^2 done in \d+s$")]
    [InlineData("Save-KlingVideo -OutDirectory clips", @"^2 saved in \d+s$")]
    public void Waiting_and_saving_sum_up_too(string command, string line)
    {
        _bench.Run($"$tasks = {Two} | New-KlingVideo").Check();
        Service.Finished = true;
        EngineResult result = _bench.Run($"$tasks | {command} -SummaryVariable sum").Check();
        Assert.Equal(2, result.Output.Count);
        Assert.Matches(line, Assert.Single(result.Information).ToString());
        KlingBatchSummary sum = Sum();
        Assert.Equal((2, 0, 0, 0), (sum.Done, sum.Failed, sum.Open, sum.NotSent));
        Assert.Equal((0.3696m, 0.37m), (sum.Billed, sum.Estimated));
        Assert.Empty(sum.FailedRows);
        Assert.Empty(_bench.Run($"$tasks[0] | {command}").Check().Information);
    }

    [Fact]
    public void Tasks_that_fail_are_named_for_a_second_try()
    {
        _bench.Run($"$tasks = {Two} | New-KlingVideo").Check();
        Service.Instead = call => call.Kind == CallKind.Poll ? """{"errors":[{"code":"providerError","message":"no","taskUUID":"{id}"}]}""".Insert(0, "200\n\n") : null;
        EngineResult result = _bench.Run("$tasks[0] | Wait-KlingTask -SummaryVariable sum; $tasks[1] | Wait-KlingTask -Timeout 0 -SummaryVariable +sum");
        Assert.NotEmpty(result.Errors);
        KlingBatchSummary[] sums = [.. ((ArrayList)Value("sum")).Cast<object>().Select(one => (KlingBatchSummary)Bare(one))];
        Assert.All(sums, sum => Assert.Equal((0, 1, 0), (sum.Done, sum.Failed, sum.Open)));
        Assert.Equal(2, sums.SelectMany(sum => sum.FailedRows).OfType<KlingTask>().Count());
    }

    private KlingBatchSummary Sum() => Assert.IsType<KlingBatchSummary>(Bare(Value("sum")));

    private object Value(string name) => Bare(_bench.Engine.Runspace.SessionStateProxy.GetVariable(name));

    private static object Bare(object value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}

using System.Management.Automation.Runspaces;
using Kling.Hosting;

namespace Kling.Module.Tests.Hosting;

/// <summary>The hosted engine shows tests all that a person or a script would see.</summary>
[Collection(EngineCollection.Name)]
public sealed class EngineHostTests : IDisposable
{
    private readonly EngineHost _engine = new(new EngineOptions { Commands = [new SessionStateCmdletEntry("Test-Emit", typeof(EmitCommand), null)] });

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Run_returns_every_stream()
    {
        EngineResult result = _engine.Run("$DebugPreference = 'Continue'; Test-Emit 2 -Verbose");
        Assert.Equal([1, 2], result.OutputOf<int>());
        Assert.Equal("EmitError,Kling.Module.Tests.Hosting.EmitCommand", Assert.Single(result.Errors).FullyQualifiedErrorId);
        Assert.Contains("verbose text", result.Verbose);
        Assert.Contains("debug text", result.Debug);
        Assert.Equal(["warning text"], result.Warnings);
        Assert.Equal(2, result.Progress.Count);
        Assert.Null(result.Failure);
        Assert.Throws<InvalidOperationException>(() => result.Check());
    }

    [Fact]
    public void Run_takes_input_and_parameters_and_reports_what_ended_it()
    {
        EngineResult result = _engine.Run("param($Add) foreach ($one in $input) { $one + $Add }; throw 'end'", new[] { 1, 2 }, new Dictionary<string, object> { ["Add"] = 10 });
        Assert.Equal([11, 12], result.OutputOf<int>());
        Assert.Equal("end", result.Failure?.Message);
        Assert.False(result.Stopped);
    }

    [Fact]
    public void Stop_ends_a_waiting_cmdlet_and_the_engine_goes_on()
    {
        using (RunningScript running = _engine.Start("Test-Emit 2 -Forever"))
        {
            Assert.True(running.WaitForOutput(2, TimeSpan.FromSeconds(60)));
            EngineResult result = running.Stop();
            Assert.True(result.Stopped);
            Assert.Equal([1, 2], result.OutputOf<int>());
        }

        Assert.Equal([5], _engine.Run("5").OutputOf<int>());
    }

    [Fact]
    public void RenderText_is_what_a_person_sees()
    {
        string text = _engine.RenderText("Write-Host 'said'; [pscustomobject]@{ Name = 'dawn'; Cost = 1 }; Write-Error 'bad'");
        Assert.Matches(@"(?s)said\s+Name Cost\s+---- ----\s+dawn\s+1.*bad", text);
        Assert.DoesNotContain("\u001b", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Capture_keeps_warnings_progress_and_errors_apart()
    {
        _engine.RunConsole("Test-Emit 1");
        Assert.Equal(["WARNING: warning text"], _engine.Capture.UI.TextsOf(CapturedKind.Warning));
        Assert.Equal("1 of 1", Assert.Single(_engine.Capture.UI.Progress).StatusDescription);
        Assert.Contains("error text", _engine.Capture.UI.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIf_text_is_shown()
    {
        Assert.Empty(_engine.Run("Test-Emit 1 -WhatIf").Output);
        Assert.Contains("What if: Performing the operation \"Emit\" on target \"item 1\".", _engine.Capture.UI.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Questions_get_the_scripted_answers()
    {
        _engine.Capture.UI.Choices.Enqueue("Yes");
        _engine.Capture.UI.Choices.Enqueue("No");
        Assert.Equal([1], _engine.Run("Test-Emit 2 -Confirm").OutputOf<int>());
        _engine.Capture.UI.Answers.Enqueue("12345");
        Assert.Equal([5], _engine.Run("Test-Emit -Secret").OutputOf<int>());
        Assert.Equal(3, _engine.Capture.UI.TextsOf(CapturedKind.Question).Count());
    }

    [Fact]
    public void Unanswered_question_fails_and_a_host_that_cannot_ask_throws()
    {
        Assert.Contains("no answer", _engine.Run("Test-Emit 1 -Confirm").AllErrors.First().ToString(), StringComparison.Ordinal);
        _engine.Capture.UI.CanAsk = false;
        _engine.Capture.UI.Choices.Enqueue("Yes");
        Assert.Contains("cannot ask", _engine.Run("Test-Emit 1 -Confirm").AllErrors.First().ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Select_First_stops_the_cmdlet_before_it()
    {
        EmitCommand.Written = 0;
        EngineResult result = _engine.Run("Test-Emit 1000 | Select-Object -First 2");
        Assert.Equal([1, 2], result.OutputOf<int>());
        Assert.Equal(2, EmitCommand.Written);
        Assert.Empty(result.Errors);
        Assert.Null(result.Failure);
    }

    [Fact]
    public void Engines_share_no_variables()
    {
        _engine.Run("$global:mine = 1").Check();
        using var other = new EngineHost();
        Assert.Null(Assert.Single(other.Run("$global:mine").Output, item => true));
    }

    [Fact]
    public void Module_that_is_not_there_is_an_error() =>
        Assert.Throws<InvalidOperationException>(() => new EngineHost(new EngineOptions { ModulePath = "/no/such/Kling.psd1" }));
}

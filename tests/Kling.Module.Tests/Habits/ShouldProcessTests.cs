using Kling.Hosting;

namespace Kling.Module.Tests.Habits;

/// <summary>-WhatIf, -Confirm and the host that cannot ask, on everything that spends, uploads, overwrites or forgets.</summary>
[Collection(EngineCollection.Name)]
public sealed class ShouldProcessTests : IDisposable
{
    private const string Id = ExampleBench.TaskId;

    // A command, and a script that is 1 when it did its work and 0 when it did not.
    private static readonly Dictionary<string, (string Command, string Done)> s_acts = new()
    {
        ["buys"] = ("New-KlingVideo -Image shots/a.jpg", "(Get-KlingSandbox).TaskCount - 2"),
        ["uploads"] = ("Send-KlingImage shots/a.jpg", "@((Get-KlingSandbox).Requests | Where-Object { $_.TaskTypes -contains 'mediaStorage' }).Count"),
        ["saves"] = ($"Save-KlingVideo -TaskId {Id} -OutDirectory clips", "@([IO.Directory]::GetFiles((Get-Location).ProviderPath, '*.mp4', 'AllDirectories')).Count - 1"),
        ["overwrites"] = ($"Save-KlingVideo -TaskId {Id} -FileName shots -Force", "[int] ([IO.FileInfo]::new([IO.Path]::Combine((Get-Location).ProviderPath, 'shots.mp4')).Length -gt 4)"),
        ["writes"] = ("Export-KlingGallery -Task (Get-KlingTask -Local) -Path page.html", "[int] (Test-Path page.html)"),
        ["forgets"] = ($"Remove-KlingTask -TaskId {Id}", "2 - @(Get-KlingTask -Local).Count"),
    };

    private readonly ExampleBench _bench = new(withSandbox: true);

    public ShouldProcessTests(ModuleUnderTest module)
    {
        Assert.NotNull(module);
        _bench.Engine.Capture.UI.Choices.Clear();
        Run("Set-Content -Path shots.mp4 -Value mine -NoNewline").Check();
    }

    public static TheoryData<string> Acts() => [.. s_acts.Keys];

    public void Dispose() => _bench.Dispose();

    [Theory]
    [MemberData(nameof(Acts))]
    public void WhatIf_does_nothing_and_says_what_it_would(string act)
    {
        int shown = _bench.Engine.Capture.UI.Lines.Count;
        Assert.Empty(Run(s_acts[act].Command + " -WhatIf").Check().Output);
        Assert.Contains(_bench.Engine.Capture.UI.Lines.Skip(shown), line => line.Text.StartsWith("What if: ", StringComparison.Ordinal));
        Assert.Equal(0, Done(act));
        Assert.Empty(Run("$WhatIfPreference = $true; " + s_acts[act].Command + "; $WhatIfPreference = $false").Check().Output);
        Assert.Equal(0, Done(act));
    }

    [Theory]
    [MemberData(nameof(Acts))]
    public void Confirm_asks_and_obeys(string act)
    {
        _bench.Engine.Capture.UI.Choices.Enqueue("No");
        Assert.Empty(Run(s_acts[act].Command + " -Confirm").Check().Output);
        Assert.Equal(0, Done(act));
        _bench.Engine.Capture.UI.Choices.Enqueue("Yes");
        Run(s_acts[act].Command + " -Confirm").Check();
        Assert.Empty(_bench.Engine.Capture.UI.Choices);
        Assert.Equal(1, Done(act));
    }

    [Theory]
    [MemberData(nameof(Acts))]
    public void Nobody_is_asked_where_nobody_can_answer(string act)
    {
        _bench.Engine.Capture.UI.CanAsk = false;
        if (act == "forgets")
        {
            // Its impact is high, so that PowerShell asks by itself; without an answer nothing is forgotten.
            Assert.NotEmpty(Run(s_acts[act].Command).AllErrors);
            Assert.Equal(0, Done(act));
            Run(s_acts[act].Command + " -Confirm:$false").Check();
        }
        else
        {
            Run(s_acts[act].Command).Check();
        }

        Assert.Equal(1, Done(act));
    }

    [Fact]
    public void WhatIf_shows_image_and_price_of_each_item_and_the_total_offline_and_without_a_key_and_verbose_the_request()
    {
        Run("Stop-KlingSandbox; Disconnect-Kling").Check();
        int shown = _bench.Engine.Capture.UI.Lines.Count;
        Run("Get-ChildItem shots/*.jpg | New-KlingVideo -Prompt 'slow dolly in' -Duration 10 -WebhookUrl 'https://hooks.test/a?token=hidden' -OutDirectory clips -WhatIf -Verbose").Check();
        string[] lines = [.. _bench.Engine.Capture.UI.Lines.Skip(shown).Select(line => line.Text)];
        lines = [.. lines.Where(line => !line.Contains("is taken for", StringComparison.Ordinal))];
        Assert.Equal(5, lines.Length);
        Assert.Matches(@"^What if: .*""Buy 1 video of 10 s for 0\.3700 USD \(list price\)"".*a\.jpg \(PNG, \d+x\d+, \d+ bytes\)", lines[0]);
        Assert.Matches(@"^VERBOSE: \[\{""taskType"":""videoInference"",.*""positivePrompt"":""slow dolly in"",.*""duration"":10,.*\[file: a\.jpg, \d+ bytes\]", lines[1]);
        Assert.Contains("b.jpg", lines[2], StringComparison.Ordinal);
        Assert.Equal("What if: 2 videos, 0.74 USD at list price. Nothing was sent.", lines[4]);
        Assert.DoesNotContain(lines, line => line.Contains("hidden", StringComparison.Ordinal));
        Assert.False(bool.Parse(Run("\"$(Test-Path clips)\"").OutputOf<string>().Single()));
    }

    [Fact]
    public void WhatIf_says_what_it_does_not_know()
    {
        int shown = _bench.Engine.Capture.UI.Lines.Count;
        Run("New-KlingVideo -Image https://images.test/a.png?sig=hidden -WhatIf").Check();
        string first = _bench.Engine.Capture.UI.Lines.Skip(shown).First().Text;
        Assert.Contains("(Url, not looked at)", first, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", first, StringComparison.Ordinal);
    }

    private EngineResult Run(string script) => _bench.Engine.Run(script);

    private int Done(string act) => Run(s_acts[act].Done).Check().OutputOf<int>().Single();
}

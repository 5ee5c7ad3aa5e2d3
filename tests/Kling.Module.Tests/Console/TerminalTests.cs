using System.Text.RegularExpressions;
using Kling.Hosting;
using Kling.Support;

namespace Kling.Module.Tests.Console;

/// <summary>No text of the service, of a row, of a file's name or of a webhook takes over the terminal.</summary>
public sealed partial class TerminalTests : IDisposable
{
    private readonly Pwsh _pwsh = new();

    public void Dispose() => _pwsh.Dispose();

    public static TheoryData<string, int> Scripts() => new()
    {
        // What is run, and at least how often the text must have come through, written out.
        { "New-KlingVideo a.png -Prompt refuse -Verbose -Debug", 3 },
        { "New-KlingVideo a.png -Prompt fail -Wait | Format-List", 2 },
        { "New-KlingVideo a.png -Prompt (\"fail\" + $Text) -Wait -OutDirectory clips -Verbose -Debug", 2 },
        { "New-KlingVideo a.png -Prompt $Text -Wait -OutDirectory clips -Verbose -Debug", 2 },
        { "$t = New-KlingVideo a.png -Prompt $Text -Wait; $t; $t | Format-List; $t.Videos; $t.Videos | Format-List; $t | Measure-KlingCost | Format-List; $t | Save-KlingVideo; $t.Videos | Save-KlingVideo", 3 },
        { "New-KlingVideo a.png -Prompt fail -Wait -ErrorAction SilentlyContinue | ForEach-Object { $_.Errors; $_.Errors | Format-List }", 1 },
        { "$null = New-KlingVideo a.png -Prompt $Text -Wait; Get-KlingTask -Last 5; Get-KlingTask -Last 5 -Local | Format-List; (TabExpansion2 'Get-KlingTask -TaskId ').CompletionMatches | Format-List", 2 },
        { "$null = New-KlingVideo a.png -Prompt $Text -Wait; Remove-KlingTask (Get-KlingTask -Last 1 -Local).TaskId -WhatIf; Get-KlingTask -Last 1 | Export-KlingGallery \"$Text.html\" -WhatIf", 1 },
        { "Get-KlingAccount; Get-KlingConnection", 1 },
        { "Send-KlingImage a.png | Format-List; Send-KlingImage $odd -Verbose; Send-KlingImage $odd | Format-Table", 2 },
        { "New-KlingVideo $odd -Prompt x -WhatIf; Test-KlingRequest $odd -Prompt $Text; Test-KlingRequest $odd | Format-List; Measure-KlingCost $odd; New-KlingVideo \"no-$Text.png\"; New-KlingVideo -LiteralPath \"no-$Text.png\"", 5 },
        { "[pscustomobject]@{ Image = 'a.png'; Prompt = 'x'; Duration = $Text; SafetyMode = $Text; Model = $Text } | New-KlingVideo", 1 },
        { "[pscustomobject]@{ Image = 'a.png'; Prompt = $Text; \"Dura$([char]27)tion\" = 5 } | New-KlingVideo; [pscustomobject]@{ $Text = 1 } | New-KlingVideo a.png; $Text | New-KlingVideo a.png", 2 },
        { "[pscustomobject]@{ Image = 'a.png'; OutputFormat = $Text } | Test-KlingRequest; [pscustomobject]@{ Image = 'a.png'; OutputFormat = $Text } | Test-KlingRequest | Format-List; [pscustomobject]@{ TaskId = $Text } | Get-KlingTask; Get-KlingModel $Text", 3 },
        { "(@{ taskUUID = [guid]::NewGuid(); taskType = 'videoInference'; code = $Text; message = $Text; status = 'error' } | ConvertTo-Json) | ConvertFrom-KlingWebhook -Local | Format-List; ConvertFrom-KlingWebhook $Text", 1 },
        { "New-KlingVideo a.png -FileName \"$Text/\"; New-KlingVideo a.png -OutDirectory \"a.png/$Text\"; Start-KlingSandbox -Fault $Text; Connect-Kling -Endpoint $Text; Connect-Kling -SecretName $Text -Vault $Text", 3 },
    };

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Console_gets_no_escape_sequence_from_outside(string script, int least)
    {
        using var service = new HostileService();

        // What PowerShell's own binder refuses of a row, its views other than the usual one show as it came. The message is ours.
        string text = string.Concat(HostileService.Text.Select(c => FormattableString.Invariant($"`u{{{(int)c:x}}}")));
        string odd = OperatingSystem.IsWindows() ? "a.png" : "odd-$($Text.Replace('\\', '')).png";
        string setUp = $$"""
            $PSStyle.OutputRendering = 'Ansi'
            $Text = "{{text}}"
            $odd = "{{odd}}"
            if ($odd -ne 'a.png') { [IO.File]::Copy((Convert-Path a.png), (Join-Path $PWD $odd), $true) }
            $null = Connect-Kling -Endpoint {{service.Endpoint}} -ApiKey ([Net.NetworkCredential]::new('', 'a-key-for-the-tests').SecurePassword)
            """;
        PwshResult result = _pwsh.RunFile($$"""
            {{setUp}}
            foreach ($ErrorView in {{(script.Contains("[pscustomobject]", StringComparison.Ordinal) ? "'ConciseView'" : "'ConciseView', 'NormalView', 'CategoryView'")}}) {
                {{Regex.Replace(script, "; ", "\n")}}
            }
            """);
        string shown = Colour().Replace(result.Output + result.Errors, "");
        int[] raw = [.. Enumerable.Range(0, shown.Length).Where(i => shown[i] is not '\n' && ConsoleText.IsUnsafe(shown[i]))];
        Assert.True(raw.Length == 0, string.Join("\n", raw.Take(5).Select(i => $"U+{(int)shown[i]:x4} in …{ConsoleText.Of(shown[Math.Max(0, i - 200)..Math.Min(shown.Length, i + 100)])}…")));
        Assert.True(Regex.Count(shown, @"(?i)\\u001b\]0;pw|\\u001b\[2J|\\u009d|\\u202e") >= least, shown);
    }

    // PowerShell's own colours; the service's text has none of them.
    [GeneratedRegex("\u001b\\[[0-9;]*m")]
    private static partial Regex Colour();
}

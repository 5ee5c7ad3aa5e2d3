using System.Collections;
using System.Management.Automation;
using Kling.Hosting;
using Kling.Hosting.Service;
using Kling.Sandbox;
using Kling.Session;

namespace Kling.Faults.Tests.Secrets;

/// <summary>
/// Whatever goes wrong, neither the key nor the query of an address nor the text of an image is in any stream, on the screen,
/// in an error, in a file, or in what the sandbox shows.
/// </summary>
[Collection(EngineCollection.Name)]
public sealed class SecretTests : IDisposable
{
    // Secrets come in as variables: the line that a person typed is PowerShell's, and it shows it in errors. With -Debug it
    // asks at every warning, unless told what to do.
    private const string Buy = """
        $Images | New-KlingVideo -Prompt pan -WebhookUrl $Webhook -UploadEndpoint $Upload -Wait -OutDirectory $Clips -Force -Verbose -Debug -WarningAction Continue -ThrottleLimit 4
        """;

    private static readonly Dictionary<string, string[]> s_groups = new()
    {
        ["none"] = [],
        ["submit unanswered"] = ["LostAckBeforeAccept", "LostAckAfterAccept", "Reset:Submit", "Reset:SubmitAccepted", "UnreadableReply:Submit", "UnreadableReply:SubmitAccepted"],
        ["submit refused"] = ["Conflict409", "Conflict400:Submit", "Conflict400:SubmitAccepted"],
        ["submit too many"] = ["TooMany429:Submit", "TooMany429RetryAfterHeader:Submit:1:0", "TooMany429RetryAfterDate:Submit:1:0", "TooMany429RetryAfterBody:Submit:1:0"],
        ["submit failed"] = ["Server500Envelope:Submit", "Server503Html:Submit", "Server500Empty:SubmitAccepted"],
        ["poll"] = ["EmptyPoll", "LaggingLook", "ChunkRefused", "OmitIds", "Unauthorized401:Poll", "TooMany429:Poll", "Server500Envelope:Poll", "Server503Html:Poll", "Reset:Poll", "UnreadableReply:Poll"],
        ["endings"] = ["PartialResult", "FailureTopLevel", "FailureNested"],
        ["other endings"] = ["FailureFlat", "FailureText", "Moderation"],
        ["downloads"] = ["TruncatedDownload", "WrongContentDownload", "ExpiredDownload:Download:2", "Reset:Download", "Server500Envelope:Download"],
        ["refused key"] = ["Unauthorized401:Submit"],
        ["no credit"] = ["NoCredit402"],
        ["forgotten image"] = ["ForgottenMedia"],
        ["never ending"] = ["NeverEnding:Submit:-1"],
        ["stalled submit"] = ["Stall:Submit:-1"],
        ["stalled poll"] = ["Stall:Poll:-1"],
    };

    private readonly Canary _canary = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("kling-secrets-").FullName;
    private readonly string? _formerHome = Environment.GetEnvironmentVariable("KLING_HOME");
    private readonly EngineHost _engine;
    private KeyProxy? _proxy;

    public SecretTests(ModuleUnderTest module)
    {
        Assert.NotNull(module);
        Environment.SetEnvironmentVariable("KLING_HOME", Path.Combine(_folder, "home"));
        _engine = new EngineHost(new EngineOptions { ModulePath = RepositoryPaths.ModuleManifest, Location = _folder });
    }

    public static TheoryData<string> Groups => [.. s_groups.Keys];

    public void Dispose()
    {
        _engine.Run("Stop-KlingSandbox; Disconnect-Kling");
        _engine.Dispose();
        _proxy?.Dispose();
        Environment.SetEnvironmentVariable("KLING_HOME", _formerHome);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Every_fault_of_the_sandbox_is_in_a_group()
    {
        Assert.Equal(Enum.GetNames<SandboxFaultKind>().Order(), s_groups.Values.SelectMany(faults => faults).Select(fault => fault.Split(':')[0]).Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void No_secret_is_shown_under_faults(string group)
    {
        string[] faults = s_groups[group];
        PSObject sandbox = Assert.Single(_engine.Run($"Start-KlingSandbox -GenerationSeconds 0 -Fault @({string.Join(",", faults.Select(fault => $"'{fault}'"))})").Check().Output);
        _proxy = new KeyProxy(new Uri((string)sandbox.Properties["Endpoint"].Value).Port, _canary.Key, (string)sandbox.Properties["ApiKey"].Value);
        Connect(_proxy.Endpoint);
        string timeout = group == "never ending" ? " -Timeout 0" : " -Timeout 30";
        string results = group == "endings" ? " -NumberResults 2" : "";
        using RunningScript running = _engine.Start(With(Buy + timeout + results), null, Values());
        if (group.StartsWith("stalled", StringComparison.Ordinal))
        {
            Guard.Until(() => Struck() > 0, "the fault did not strike");
            running.RequestStop();
        }

        EngineResult bought = Guard.Returns(running.Wait, "the cmdlet did not return", Guard.ScriptLimit);
        EngineResult later = Guard.Returns(() => _engine.Run(
            "Get-KlingTask -Local -Verbose -Debug -WarningAction Continue; Get-KlingTask -Local | Wait-KlingTask -Timeout 0 -Verbose -Debug -WarningAction Continue; Get-KlingConnection; $s = Get-KlingSandbox; $s; $s.Requests; $s.Charges"),
            "the later look did not return", Guard.ScriptLimit);
        Assert.True(_proxy.Carried.IsCompleted, "The secret key never went out, so nothing was tested.");
        Assert.True(faults.Length == 0 || group is "endings" or "other endings" or "never ending" || Struck() > 0, "No fault struck.");
        AssertNothingShown(bought, later);
    }

    [Fact]
    public void No_secret_is_shown_when_the_service_repeats_the_request_in_its_error()
    {
        using var service = new EchoService(_canary.Key);
        Connect(service.Endpoint);
        EngineResult bought = Guard.Returns(() => _engine.Run(With(Buy), null, Values()), "the cmdlet did not return", Guard.ScriptLimit);
        Assert.NotEmpty(bought.AllErrors);
        Assert.True(service.HasSeenKey);
        AssertNothingShown(bought, _engine.Run("Get-KlingTask -Local; Get-KlingConnection"));
    }

    [Fact]
    public void No_secret_is_shown_when_results_repeat_the_key()
    {
        using var service = new EchoService(_canary.Key, asResults: true);
        Connect(service.Endpoint);
        EngineResult bought = Guard.Returns(() => _engine.Run(With(Buy.Replace(" -UploadEndpoint $Upload", " -Timeout 20", StringComparison.Ordinal)), null, Values()), "the cmdlet did not return", Guard.ScriptLimit);
        EngineResult later = _engine.Run("Get-KlingTask -Local; Get-KlingTask -Local | Export-KlingGallery gallery.html; Get-KlingTask -Local | Save-KlingVideo -OutDirectory other; (Get-KlingTask -Local).Videos | Save-KlingVideo -OutDirectory more");
        Assert.True(service.HasSeenKey);
        AssertNothingShown(bought, later);
    }

    [Theory]
    [InlineData("$Key")]
    [InlineData("\"https://$Key@api.example.test/v1\"")]
    [InlineData("\"https://someone:$Key@api.example.test/v1\"")]
    [InlineData("\"https://some one:$Key@api.example.test/v1\"")]
    [InlineData("\"https://api.example.test/v1?key=$Key\"")]
    [InlineData("\"http://api.example.test/v1#$Key\"")]
    public void No_secret_is_shown_of_an_endpoint(string endpoint)
    {
        EngineResult refused = _engine.Run(With($"$ErrorView = 'NormalView'; $where = {endpoint}; Connect-Kling -Endpoint $where -ApiKey ([Net.NetworkCredential]::new('', 'another-key-0').SecurePassword)"), null, Values());
        ErrorRecord error = Assert.Single(refused.AllErrors);
        Assert.StartsWith("InvalidEndpoint,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        AssertNothingShown(refused);
    }

    [Fact]
    public void No_secret_is_shown_by_what_stays_offline()
    {
        using var service = new EchoService(_canary.Key);
        Connect(service.Endpoint);
        EngineResult tested = _engine.Run(With("$Images | Test-KlingRequest -WebhookUrl $Webhook -UploadEndpoint $Upload -Verbose -Debug -WarningAction Continue"), null, Values());
        EngineResult priced = _engine.Run(With("$Images | Measure-KlingCost -WebhookUrl $Webhook -UploadEndpoint $Upload -Verbose -Debug -WarningAction Continue"), null, Values());
        EngineResult asked = _engine.Run(With("$Images | New-KlingVideo -WebhookUrl $Webhook -UploadEndpoint $Upload -Force -WhatIf -Verbose -Debug -WarningAction Continue"), null, Values());
        EngineResult invalid = _engine.Run(With("$Images | New-KlingVideo -Duration 7 -WebhookUrl ($Webhook -replace 'https:', 'ftp:') -UploadEndpoint ($Upload -replace 'https:', 'ftp:') -Verbose -Debug -WarningAction Continue"), null, Values());
        Assert.Equal(3, tested.Output.Count);
        Assert.NotEmpty(invalid.AllErrors);
        AssertNothingShown(tested, priced, asked, invalid);
    }

    [Fact]
    public void Search_finds_any_8_characters()
    {
        Assert.Single(_canary.FindIn("x" + _canary.Key.Substring(5, 8).ToLowerInvariant() + "x"));
        Assert.Empty(_canary.FindIn(_canary.Key[..7]));
        Assert.Single(_canary.FindIn(_canary.Base64));
        Assert.Single(_canary.FindIn(_canary.Webhook));
    }

    private static string With(string script) => "param($Key, $Images, $Webhook, $Upload, $Clips) " + script;

    private Hashtable Values() => new()
    {
        ["Key"] = _canary.Key,
        ["Images"] = new[] { _canary.ImageUrl, _canary.DataUri, _canary.Base64 },
        ["Webhook"] = _canary.Webhook,
        ["Upload"] = _canary.Upload,
        ["Clips"] = Path.Combine(_folder, "clips"),
    };

    private void Connect(string endpoint) =>
        _engine.Run(With($"$null = Connect-Kling -Endpoint '{endpoint}' -ApiKey ([Net.NetworkCredential]::new('', $Key).SecurePassword)"), null, Values()).Check();

    /// <summary>How many requests a fault struck, read beside a running script.</summary>
    private static int Struck() => KlingSession.Sandbox!.Engine.Log.Count(entry => entry.Fault is not null);

    private void AssertNothingShown(params EngineResult[] results)
    {
        string[] found = [.. _canary.FindIn(ShownText.Of(_engine, _folder, results))];
        Assert.True(found.Length == 0, string.Join("\n", found));
    }
}

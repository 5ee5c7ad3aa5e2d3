using Kling.Hosting;
using Kling.Session;

namespace Kling.Faults.Tests.Secrets;

/// <summary>-Verbose tells what was decided and -Debug what went over the wire, through the redactor, and only where they were asked for.</summary>
[Collection(EngineCollection.Name)]
public sealed class WireTests : IDisposable
{
    private readonly ExampleBench _bench = new(withSandbox: true);

    public WireTests(ModuleUnderTest module) => Assert.NotNull(module);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Debug_shows_requests_and_replies_without_secrets()
    {
        EngineResult result = _bench.Engine.Run("New-KlingVideo -Image lighthouse.jpg -Prompt 'slow dolly in' -WebhookUrl 'https://hooks.test/a?token=hidden-token' -Wait -Debug").Check();
        Assert.Contains(result.Debug, line => line.StartsWith("> POST http://127.0.0.1:", StringComparison.Ordinal) && line.Contains("\"positivePrompt\":\"slow dolly in\"", StringComparison.Ordinal));
        Assert.Contains(result.Debug, line => line.Contains("[file: lighthouse.jpg, ", StringComparison.Ordinal));
        Assert.Contains(result.Debug, line => line.StartsWith("< 200, ", StringComparison.Ordinal) && line.Contains("\"videoUUID\"", StringComparison.Ordinal));
        Assert.Contains(result.Debug, line => line.Contains("https://hooks.test/a?[", StringComparison.Ordinal));
        Assert.DoesNotContain(result.Debug, line => line.Contains("hidden-token", StringComparison.Ordinal) || line.Contains(KlingSession.Sandbox!.ApiKey[^8..], StringComparison.Ordinal));
        Assert.All(result.Debug, line => Assert.True(line.Length < 5000, line));
    }

    [Fact]
    public void Debug_shows_that_no_reply_came()
    {
        _bench.Engine.Run("Stop-KlingSandbox; $null = Start-KlingSandbox -GenerationSeconds 0 -Fault LostAckAfterAccept:Submit:1; $null = Connect-Kling -Sandbox").Check();
        EngineResult result = _bench.Engine.Run("New-KlingVideo -Image lighthouse.jpg -Debug -Verbose").Check();
        Assert.Contains(result.Debug, line => line.StartsWith("< no reply: ", StringComparison.Ordinal));
        Assert.Contains(result.Verbose, line => line.Contains("it is looked for before anything is sent", StringComparison.Ordinal));
        Assert.Contains(result.Verbose, line => line.Contains("the service has it; nothing is sent again", StringComparison.Ordinal));
    }

    [Fact]
    public void Preferences_count_as_the_parameters_do()
    {
        EngineResult result = _bench.Engine.Run("$DebugPreference = 'Continue'; Get-KlingAccount").Check();
        Assert.Contains(result.Debug, line => line.Contains("accountManagement", StringComparison.Ordinal));
        Assert.Empty(result.Verbose);
    }

    [Theory]
    [InlineData("New-KlingVideo -Image lighthouse.jpg -Wait")]
    [InlineData("$DebugPreference = 'Continue'; Get-KlingAccount -Debug:$false")]
    public void Nothing_is_told_where_nobody_asked(string script)
    {
        EngineResult result = _bench.Engine.Run(script).Check();
        Assert.Empty(result.Debug);
        Assert.Empty(result.Verbose);
    }

    [Fact]
    public void Nobody_listens_after_the_cmdlet()
    {
        _bench.Engine.Run("$null = Get-KlingAccount -Debug -Verbose").Check();
        Assert.False(KlingServices.Log.HasWireListener);
    }
}

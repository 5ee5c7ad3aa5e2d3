using System.Management.Automation;
using System.Management.Automation.Language;
using Kling.Hosting;
using Kling.Hosting.Service;

namespace Kling.Module.Tests.Money;

/// <summary>A history that cannot be read whole, or is not ours, never lets -Resume buy in silence.</summary>
[Collection(EngineCollection.Name)]
public sealed class DamagedHistoryTests : IDisposable
{
    private readonly ServiceBench _bench = new();

    public DamagedHistoryTests(ModuleUnderTest module) => Assert.NotNull(module);

    public void Dispose() => _bench.Dispose();

    private string Journal => Assert.Single(Directory.GetFiles(_bench.Home, "*tasks.jsonl"));

    [Theory]
    [InlineData("byte")]
    [InlineData("garbage")]
    [InlineData("uploads")]
    public void Resume_stops_at_damage_and_says_what_to_do(string damage)
    {
        Buy("");
        string file = Damage(damage);
        ErrorRecord error = AssertNothingBought("-Resume");
        Assert.StartsWith("JournalUnusable,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("damaged line", error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Contains(file, error.ErrorDetails.Message, StringComparison.Ordinal);
        ScriptBlockAst advice = Parser.ParseInput(error.ErrorDetails.RecommendedAction, out _, out ParseError[] wrong);
        Assert.Empty(wrong);

        // What is advised names the lines that are meant.
        string shown = string.Join("\n", _bench.Run(advice.Extent.Text).Check().OutputOf<string>());
        Assert.Contains(shown.Split('\n')[0], File.ReadAllText(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Elsewhere_damage_is_one_warning()
    {
        Buy("");
        Damage("byte");
        Buy("-Prompt other");
        foreach (string script in new[] { "Get-KlingTask -Local", "Get-KlingTask", "Get-KlingTask -Local -WarningAction SilentlyContinue | Wait-KlingTask -Timeout 0 -ErrorAction SilentlyContinue" })
        {
            EngineResult result = _bench.Run(script);
            Assert.Null(result.Failure);
            Assert.Contains("1 damaged line", Assert.Single(result.Warnings), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Unfinished_line_of_a_crash_stops_nothing()
    {
        Buy("");
        File.AppendAllText(Journal, "{\"v\":1,\"t\":\"2026-");
        int bought = _bench.Service.Count(CallKind.Submit);
        EngineResult result = _bench.Run($"New-KlingVideo '{_bench.Images[0]}' -Resume; New-KlingVideo '{_bench.Images[1]}'; New-KlingVideo '{_bench.Images[1]}' -Resume; Get-KlingTask -Local").Check();
        Assert.Empty(result.Warnings);
        Assert.Equal(bought + 1, _bench.Service.Count(CallKind.Submit));
    }

    [Fact]
    public void Later_version_is_an_error()
    {
        Buy("");
        File.AppendAllText(Journal, "{\"v\":2,\"t\":\"2026-11-28T00:00:00Z\"}\n");
        ErrorRecord error = AssertNothingBought("-Resume");
        Assert.Contains("later version", error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.StartsWith("Update-PSResource Kling", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.StartsWith("JournalUnusable,", Assert.Single(_bench.Run("Get-KlingTask -Local -Last 3").AllErrors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-Resume")]
    public void Journal_that_is_a_link_is_refused_before_anything_is_bought(string how)
    {
        if (OperatingSystem.IsWindows())
        {
            // Links need a privilege there.
            return;
        }

        Buy("");
        string file = Journal;
        File.Delete(file);
        File.CreateSymbolicLink(file, "/dev/null");
        ErrorRecord error = AssertNothingBought(how);
        Assert.StartsWith("JournalUnusable,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("it is a link", error.ErrorDetails.Message, StringComparison.Ordinal);
    }

    private void Buy(string how) => _bench.Run($"$null = New-KlingVideo '{_bench.Images[0]}' {how}").Check();

    private ErrorRecord AssertNothingBought(string how)
    {
        int bought = _bench.Service.Count(CallKind.Submit);
        Assert.True(bought > 0);
        ErrorRecord error = Assert.Single(_bench.Run($"New-KlingVideo '{_bench.Images[0]}' {how}").AllErrors);
        Assert.Equal(bought, _bench.Service.Count(CallKind.Submit));
        return error;
    }

    private string Damage(string damage)
    {
        string file = Journal;
        switch (damage)
        {
            case "byte":
                byte[] bytes = File.ReadAllBytes(file);

                // The fingerprint of the first record: the line stays readable, and tells of another purchase.
                bytes[bytes.AsSpan().IndexOf("\"fingerprint\":\""u8) + 20] ^= 1;
                File.WriteAllBytes(file, bytes);
                return file;
            case "garbage":
                File.WriteAllBytes(file, [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * 7919 >> 3))]);
                return file;
            default:
                file = Path.Combine(_bench.Home, Path.GetFileName(file).Replace("tasks", "uploads", StringComparison.Ordinal));
                File.WriteAllText(file, "{\"v\":1,\"x\"}\n");
                return file;
        }
    }
}

using Kling.Hosting;

namespace Kling.Module.Tests.Help;

/// <summary>Every example of the help runs as it stands, against the sandbox, without an error.</summary>
[Collection(EngineCollection.Name)]
public sealed class HelpExampleTests
{
    /// <summary>Examples that cannot run here, each with its reason.</summary>
    private static readonly Dictionary<string, string> s_notRun = [];

    /// <summary>Examples whose output is nothing, on purpose.</summary>
    private static readonly string[] s_silent =
    [
        "Disconnect-Kling 1", "Get-KlingConnection 2", "Get-KlingConnection 3", "Remove-KlingModel 1", "Remove-KlingModel 2", "Remove-KlingModel 3", "Remove-KlingTask 1", "Remove-KlingTask 2", "Remove-KlingTask 3", "Remove-KlingTask 4",
        "Stop-KlingSandbox 1", "Test-KlingRequest 2", "Wait-KlingTask 3",
    ];

    public static TheoryData<string> Names() => [.. HelpExample.All.Select(example => example.Name).Where(name => !s_notRun.ContainsKey(name))];

    [Theory]
    [MemberData(nameof(Names))]
    public void Example_runs_without_an_error(string name)
    {
        string code = HelpExample.All.Single(example => example.Name == name).Code;
        using var bench = new ExampleBench(withSandbox: !code.Contains("Start-KlingSandbox", StringComparison.Ordinal));
        bench.Engine.Run("Set-StrictMode -Version Latest").Check();
        EngineResult result = bench.Engine.Run(code.Replace("'<key>'", "'key-of-an-example-that-is-none'", StringComparison.Ordinal));
        result.Check();
        Assert.Empty(result.Warnings);
        Assert.True(result.Output.Count > 0 != s_silent.Contains(name), $"{result.Output.Count} objects of output");
    }

    [Fact]
    public void Lists_name_examples_that_exist() =>
        Assert.Empty(s_notRun.Keys.Concat(s_silent).Except(HelpExample.All.Select(example => example.Name)));

    [Fact]
    public void Each_cmdlet_has_three_examples() =>
        Assert.All(HelpExample.All.GroupBy(example => example.Cmdlet), examples => Assert.True(examples.Count() >= 3, examples.Key));

    [Theory]
    [InlineData("New-KlingVideo 3", "Get-ChildItem clips/*.mp4 | Measure-Object | ForEach-Object Count", "2")]
    [InlineData("New-KlingVideo 4", "(Get-KlingSandbox).TaskCount", "4")]
    [InlineData("New-KlingVideo 6", "(Get-KlingSandbox).TaskCount", "6")]
    [InlineData("Measure-KlingCost 4", "(Measure-KlingCost -Duration 5, 10 -NumberResults 2)[-1].EstimatedCost", "1.11")]
    [InlineData("Start-KlingSandbox 3", "(Get-KlingSandbox).TotalBilled", "0.1848")]
    [InlineData("Remove-KlingTask 1", "@(Get-KlingTask -Local).Count", "1")]
    [InlineData("Remove-KlingTask 2", "@(Get-KlingTask -Local).Count", "2")]
    [InlineData("Remove-KlingTask 3", "(Get-KlingTask -Local).Status", "Succeeded")]
    [InlineData("Save-KlingVideo 2", "(Get-ChildItem clips/*.mp4).Name", "lighthouse-4923cad8.mp4")]
    public void Example_does_what_its_remark_says(string name, string check, string expected)
    {
        string code = HelpExample.All.Single(example => example.Name == name).Code;
        using var bench = new ExampleBench(withSandbox: !code.Contains("Start-KlingSandbox", StringComparison.Ordinal));
        bench.Engine.Run(code).Check();
        Assert.Equal(expected, bench.Engine.Run($"\"$({check})\"").Check().OutputOf<string>().Single());
    }
}

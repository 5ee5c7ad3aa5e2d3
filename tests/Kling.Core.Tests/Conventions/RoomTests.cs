using System.Text.RegularExpressions;

namespace Kling.Core.Tests.Conventions;

public class RoomTests
{
    private static readonly string s_samples = typeof(RoomTests).Assembly.Location;

    [Fact]
    public void Rooms_UseOnlyTheRoomsOfTheirRow() => Assert.Empty(RoomRules.Assemblies.SelectMany(RoomRules.WrongUses));

    [Fact]
    public void Types_AreInARoom() => Assert.Empty(RoomRules.Assemblies.SelectMany(RoomRules.Homeless));

    [Fact]
    public void Network_IsOnlyInClientDownloaderAndSandbox() => Assert.Empty(RoomRules.Assemblies.SelectMany(RoomRules.WrongNetwork));

    [Fact]
    public void PowerShell_IsOnlyInTheModule()
    {
        Assert.Contains("System.Management.Automation", RoomRules.References(RepositoryFiles.BuiltModule));
        Assert.DoesNotContain("System.Management.Automation", RoomRules.Engine.SelectMany(RoomRules.References));
    }

    [Fact]
    public void Architecture_ShowsTheSameTable()
    {
        string text = RepositoryFiles.Read("docs/ARCHITECTURE.md");
        foreach ((string room, string[] allowed) in RoomRules.Allowed)
        {
            Match row = Regex.Match(text, $@"^\| `{room}` \|[^|]*\|(?<uses>[^|]*)\|", RegexOptions.Multiline);
            Assert.True(row.Success, $"docs/ARCHITECTURE.md has no row for {room}");
            string[] shown = [.. row.Groups["uses"].Value.Split(',', StringSplitOptions.TrimEntries).Where(used => used is not "" and not "–")
                .SelectMany(used => used == "engine" ? RoomRules.EngineRooms : [used])];
            Assert.Equal(allowed.Order(), shown.Order());
        }
    }

    [Fact]
    public void Architecture_FitsItsReader() => Assert.DoesNotContain(RepositoryFiles.Read("docs/ARCHITECTURE.md").Split('\n'), line => line.Length > 120);

    /// <summary>Each rule is shown types that break it (RoomSamples): a rule that cannot fail protects nothing.</summary>
    [Fact]
    public void Rules_FindTheSamplesThatBreakThem()
    {
        Assert.Equal(
            ["InAField", "InALambda", "InAMethod", "InAnAsyncMethod"],
            RoomRules.WrongUses(s_samples).Select(wrong => Regex.Match(wrong, @"^Kling\.Models\.RoomSamples\.(\w+)").Groups[1].Value).Where(name => name.Length > 0).Distinct().Order());
        Assert.Contains(RoomRules.WrongNetwork(s_samples), wrong => wrong.StartsWith("Kling.Models.RoomSamples.WithNetwork", StringComparison.Ordinal));
        Assert.Contains("Kling.Nowhere.Homeless", RoomRules.Homeless(s_samples));
    }
}

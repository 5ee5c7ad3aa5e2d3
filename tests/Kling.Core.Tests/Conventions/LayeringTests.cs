using System.Text.RegularExpressions;

namespace Kling.Core.Tests.Conventions;

public class LayeringTests
{
    private static readonly SourceFile[] s_sources = [.. RepositoryFiles.Sources("src")];

    private static readonly ILookup<string, string> s_types = s_sources
        .Where(file => LayerRules.RoomOf(file.Path) is not null)
        .ToLookup(file => LayerRules.RoomOf(file.Path)!, file => Path.GetFileNameWithoutExtension(file.Name));

    private static readonly ILookup<string, string> s_sampleTypes = new[] { ("Client", "Transport"), ("Tasks", "TaskPoller"), ("Models", "KlingTask") }
        .ToLookup(type => type.Item1, type => type.Item2);

    [Fact]
    public void Rooms_UseOnlyTheRoomsBelowThem() => Assert.Empty(s_sources.SelectMany(file => LayerRules.WrongUses(file, s_types)));

    [Fact]
    public void Sources_AreInTheNamespaceOfTheirRoom() => Assert.Empty(s_sources.SelectMany(LayerRules.WrongNamespace));

    [Fact]
    public void PowerShell_IsOnlyInTheModule() => Assert.Empty(s_sources.SelectMany(LayerRules.WrongPowerShell));

    [Fact]
    public void Network_IsOnlyInClientDownloaderAndSandbox() => Assert.Empty(s_sources.SelectMany(LayerRules.WrongNetwork));

    [Fact]
    public void Clock_IsOnlyBehindItsInterface() => Assert.Empty(s_sources.SelectMany(LayerRules.WrongClock));

    [Fact]
    public void ModuleFolders_AreTheNamedRooms() => Assert.Empty(RepositoryFiles.Texts("src/Kling")
        .Select(file => file.Path.Split('/')).Where(parts => parts.Length > 3).Select(parts => parts[2]).Distinct().Except(LayerRules.ModuleFolders));

    [Fact]
    public void Projects_NameNoGlobalUsingOfARoom() =>
        Assert.DoesNotContain(RepositoryFiles.Texts("src"), file => file.Name.EndsWith(".csproj", StringComparison.Ordinal) && file.Text.Contains("Using Include=\"Kling.", StringComparison.Ordinal));

    [Fact]
    public void Exceptions_NameFilesThatExist() =>
        Assert.All(LayerRules.HttpExceptions.Keys.Concat(LayerRules.ClockExceptions.Keys), path => Assert.Contains(s_sources, file => file.Path == path));

    [Fact]
    public void Architecture_ShowsTheSameTable()
    {
        string text = RepositoryFiles.Read("docs/ARCHITECTURE.md");
        foreach ((string room, string[] allowed) in LayerRules.Allowed)
        {
            Match row = Regex.Match(text, $@"^\| `{room}` \|[^|]*\|(?<uses>[^|]*)\|", RegexOptions.Multiline);
            Assert.True(row.Success, $"docs/ARCHITECTURE.md has no row for {room}");
            string[] shown = [.. row.Groups["uses"].Value.Split(',', StringSplitOptions.TrimEntries).Where(used => used is not "" and not "–")];
            Assert.Equal(allowed.Order(), shown.Order());
        }
    }

    [Theory]
    [InlineData("src/Kling.Core/Models/A.cs", "using Kling.Requests;", "Models uses Requests")]
    [InlineData("src/Kling.Core/Requests/A.cs", "using static Kling.Client.Transport;", "Requests uses Client")]
    [InlineData("src/Kling.Core/Media/A.cs", "using T = Kling.Client.Transport;", "Media uses Client")]
    [InlineData("src/Kling.Core/Client/A.cs", "class A { Kling.Journal.X x; }", "Client uses Journal")]
    [InlineData("src/Kling.Core/Journal/A.cs", "class A { global::Kling.Media.X x; }", "Journal uses Media")]
    [InlineData("src/Kling.Core/Journal/A.cs", "class A { Tasks.TaskPoller x; }", "Journal uses Tasks")]
    [InlineData("src/Kling.Sandbox/Deep/A.cs", "using Kling.Client;", "Sandbox uses Client")]
    [InlineData("src/Kling.Core/Tasks/A.cs", "using Kling.Sandbox;", "Tasks uses Sandbox")]
    [InlineData("src/Kling/Binding/A.cs", "using Kling.Cmdlets;", "Binding uses Cmdlets")]
    [InlineData("src/Kling.Core/Extras/A.cs", "class A;", "is in no room")]
    public void WrongUses_Finds(string path, string text, string expected) =>
        Assert.Contains(expected, Assert.Single(LayerRules.WrongUses(new SourceFile(path, text), s_sampleTypes)));

    [Theory]
    [InlineData("src/Kling.Core/Tasks/A.cs", "using Kling.Models; using Kling.Client;")]
    [InlineData("src/Kling.Core/Models/A.cs", "// using Kling.Tasks;\nclass A { string s = \"Kling.Tasks.X\"; int n => x.Client.Count + Requests.Count; }")]
    public void WrongUses_LeavesAlone(string path, string text) => Assert.Empty(LayerRules.WrongUses(new SourceFile(path, text), s_sampleTypes));

    [Fact]
    public void WrongNamespace_Finds() =>
        Assert.Single(LayerRules.WrongNamespace(new SourceFile("src/Kling.Core/Media/A.cs", "namespace Kling.Client;")));

    [Theory]
    [InlineData("using System.Management.Automation;")]
    [InlineData("class A { PSObject o; }")]
    public void WrongPowerShell_Finds(string text) => Assert.Single(LayerRules.WrongPowerShell(new SourceFile("src/Kling.Core/Tasks/A.cs", text)));

    [Theory]
    [InlineData("src/Kling.Core/Tasks/A.cs", "class A { HttpClient c; }")]
    [InlineData("src/Kling.Core/Media/ImageFile.cs", "using System.Net.Sockets;")]
    [InlineData("src/Kling/Cmdlets/A.cs", "using System.Net.Http;")]
    public void WrongNetwork_Finds(string path, string text) => Assert.NotEmpty(LayerRules.WrongNetwork(new SourceFile(path, text)));

    [Theory]
    [InlineData("src/Kling.Core/Media/VideoDownloader.cs", "using System.Net.Http;")]
    [InlineData("src/Kling.Core/Tasks/A.cs", "class A { int HttpStatus; }")]
    public void WrongNetwork_LeavesAlone(string path, string text) => Assert.Empty(LayerRules.WrongNetwork(new SourceFile(path, text)));

    [Theory]
    [InlineData("var a = DateTime.Now;")]
    [InlineData("var a = DateTimeOffset.UtcNow;")]
    [InlineData("await Task.Delay(1);")]
    [InlineData("Thread.Sleep(1);")]
    [InlineData("var a = new Random();")]
    [InlineData("Random a = new();")]
    [InlineData("var a = Stopwatch.StartNew();")]
    public void WrongClock_Finds(string text) => Assert.Single(LayerRules.WrongClock(new SourceFile("src/Kling.Core/Tasks/A.cs", text)));

    [Fact]
    public void WrongClock_LeavesSeededRandomAlone() => Assert.Empty(LayerRules.WrongClock(new SourceFile("src/Kling.Sandbox/A.cs", "Random a = new(seed); var b = new Random(7);")));
}

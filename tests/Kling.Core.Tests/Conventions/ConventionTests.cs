using System.Reflection;
using System.Text.RegularExpressions;
using Kling.Models;

namespace Kling.Core.Tests.Conventions;

public class ConventionTests
{
    private static readonly SourceFile[] s_sources = [.. RepositoryFiles.Sources("src")];
    private static readonly SourceFile[] s_texts = [.. RepositoryFiles.Texts()];

    private static readonly Type[] s_emitted = [.. typeof(KlingTask).Assembly.GetExportedTypes()
        .Where(type => type is { Namespace: "Kling.Models", IsClass: true } && type.Name.StartsWith("Kling", StringComparison.Ordinal) && !typeof(Exception).IsAssignableFrom(type))];

    [Fact]
    public void Files_HoldOnePublicTypeNamedLikeThem() => Assert.Empty(s_sources.SelectMany(SourceRules.PublicTypePerFile));

    [Fact]
    public void Sources_AreShort() => Assert.Empty(s_sources.Concat(RepositoryFiles.Sources("tests")).SelectMany(SourceRules.TooLong));

    [Fact]
    public void Folders_HoldAtMost20Files() =>
        Assert.Empty(s_sources.GroupBy(file => Path.GetDirectoryName(file.Path)).Where(folder => folder.Count() > 20).Select(folder => $"{folder.Key}: {folder.Count()} files"));

    [Fact]
    public void Files_AreRarelyTiny() => Assert.InRange(s_sources.Count(file => file.Text.Count(c => c == '\n') <= 20), 0, 15);

    [Fact]
    public void Commands_AreQuotedInOnePlace() => Assert.Empty(s_sources.SelectMany(SourceRules.RawCommands));

    [Fact]
    public void Texts_HoldNoBannedWord() => Assert.Empty(s_texts.SelectMany(SourceRules.BannedWords));

    [Fact]
    public void Texts_NameNoMachineAndNoRegistry() => Assert.Empty(s_texts.SelectMany(SourceRules.BannedPlaces));

    [Fact]
    public void Documentation_IsCheckedByTheCompiler()
    {
        SourceFile[] projects = [.. s_texts.Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal) && file.Name.EndsWith(".csproj", StringComparison.Ordinal))];
        Assert.Equal(3, projects.Length);
        Assert.All(projects, project => Assert.Contains("<GenerateDocumentationFile>true</GenerateDocumentationFile>", project.Text));
        Assert.Contains("<TreatWarningsAsErrors>true</TreatWarningsAsErrors>", RepositoryFiles.Read("Directory.Build.props"));
        string[] settings = ["Directory.Build.props", ".editorconfig"];
        Assert.Empty(s_sources.Concat(projects).Concat(s_texts.Where(file => settings.Contains(file.Path))).SelectMany(SourceRules.SilencedWarnings));
    }

    [Fact]
    public void EmittedTypes_HaveNoCountAndNoLength()
    {
        Assert.True(s_emitted.Length >= 8);
        Assert.Empty(s_emitted.SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            .Where(p => p.Name is "Count" or "Length").Select(p => $"{p.DeclaringType!.Name}.{p.Name}"));
    }

    [Fact]
    public void Version_IsInTheManifestOnly()
    {
        string version = Regex.Match(RepositoryFiles.Read("Kling.psd1"), @"ModuleVersion\s*=\s*'([^']+)'").Groups[1].Value;
        Assert.Matches(@"^\d+\.\d+\.\d+$", version);
        var number = new Regex($@"(?<![\d.]){Regex.Escape(version)}(?![\d.])");
        Assert.Equal(["CHANGELOG.md", "Kling.psd1"], s_texts.Where(file => !file.Path.Contains("/Fixtures/", StringComparison.Ordinal) && file.Name != "packages.lock.json" && number.IsMatch(file.Text)).Select(file => file.Path).Order(StringComparer.Ordinal));
    }
}

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
    public void RequestParameterNames_AreOnTasksOnly()
    {
        string[] names = [.. RequestParameterNames()];
        Assert.Contains("Prompt", names);

        // The one exception binds on purpose: an uploaded image is piped into New-KlingVideo by this name.
        Assert.Equal(["KlingImage.MediaUUID"], s_emitted.Where(type => type != typeof(KlingTask))
            .SelectMany(type => type.GetProperties().Where(p => names.Contains(p.Name, StringComparer.OrdinalIgnoreCase)).Select(p => $"{type.Name}.{p.Name}")));
    }

    [Fact]
    public void Tasks_CarryTheRequestUnderTheParametersNames()
    {
        string[] own = [.. typeof(KlingTask).GetProperties().Select(p => p.Name)];
        // Not kept: two spellings of the image, one of the size, and what only concerns one delivery.
        string[] notKept = ["LiteralPath", "AspectRatio", "WebhookUrl", "UploadEndpoint", "IncludeCost"];
        Assert.Empty(CmdletSources.Parameters(RepositoryFiles.Read("src/Kling/Cmdlets/RequestCmdlet.cs"))
            .Where(p => !p.Hidden).Select(p => p.Name).Except(own).Except(notKept));
    }

    [Fact]
    public void EmittedTypes_HaveNoCountAndNoLength()
    {
        Assert.True(s_emitted.Length >= 8);
        Assert.Empty(s_emitted.SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            .Where(p => p.Name is "Count" or "Length").Select(p => $"{p.DeclaringType!.Name}.{p.Name}"));
    }

    [Fact]
    public void Manifest_ExportsEveryCmdletAndNothingElse()
    {
        string manifest = RepositoryFiles.Read("Kling.psd1");
        string[] exported = [.. Regex.Matches(Regex.Match(manifest, @"CmdletsToExport\s*=\s*@\((.*?)\)", RegexOptions.Singleline).Value, "'([^']+)'").Select(m => m.Groups[1].Value)];
        string[] declared = [.. CmdletSources.Read(s_sources.Where(file => file.Path.StartsWith("src/Kling/Cmdlets/", StringComparison.Ordinal))).Select(c => c.Name)];
        Assert.NotEmpty(declared);
        Assert.Equal(declared.Order(StringComparer.Ordinal), exported.Order(StringComparer.Ordinal));
        foreach (string kind in new[] { "FunctionsToExport", "AliasesToExport", "VariablesToExport" })
        {
            Assert.Matches($@"{kind}\s*=\s*@\(\)", manifest);
        }
    }

    [Fact]
    public void Version_IsInTheManifestOnly()
    {
        string version = Regex.Match(RepositoryFiles.Read("Kling.psd1"), @"ModuleVersion\s*=\s*'([^']+)'").Groups[1].Value;
        Assert.Matches(@"^\d+\.\d+\.\d+$", version);
        var number = new Regex($@"(?<![\d.]){Regex.Escape(version)}(?![\d.])");
        Assert.Equal(["CHANGELOG.md", "Kling.psd1"], s_texts.Where(file => number.IsMatch(file.Text)).Select(file => file.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void CmdletSources_ReadsAttributesInheritanceAndHiddenParameters()
    {
        SourceFile[] files =
        [
            new("A.cs", "public abstract class Low : PSCmdlet\n{\n    [Parameter(Position = 2, ValueFromPipeline = true)]\n    [Alias(\"Old\", \"Older\")]\n    public string[]? Under { get; set; }\n\n    [Parameter(DontShow = true)]\n    public int Secret { get; set; }\n\n    public int Plain { get; set; }\n}\n"),
            new("B.cs", "[Cmdlet(VerbsCommon.New, \"Thing\", SupportsShouldProcess = true)]\npublic sealed class High : Low\n{\n    [Parameter]\n    public int Over { get; set; }\n}\n"),
        ];
        CmdletSource cmdlet = Assert.Single(CmdletSources.Read(files));
        Assert.Equal("New-Thing", cmdlet.Name);
        Assert.Equal(["Over", "Under", "WhatIf", "Confirm"], cmdlet.Parameters.Select(p => p.Name));
        ParameterSource under = cmdlet.Parameters[1];
        Assert.Equal(("string[]", 2, true, false), (under.Type, under.Position, under.ByValue, under.ByName));
        Assert.Equal(["Old", "Older"], under.Aliases);
    }

    private static IEnumerable<string> RequestParameterNames() =>
        CmdletSources.Parameters(RepositoryFiles.Read("src/Kling/Cmdlets/RequestCmdlet.cs")).SelectMany(p => p.Aliases.Append(p.Name));
}

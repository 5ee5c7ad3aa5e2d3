using System.Text.RegularExpressions;
using System.Xml.Linq;
using Kling.Models;
using Kling.Sandbox;

namespace Kling.Core.Tests.Conventions;

/// <summary>The default views, and what PowerShell is told of the types beside them.</summary>
public class FormatViewTests
{
    private static readonly XElement[] s_views = [.. XDocument.Parse(RepositoryFiles.Read("src/Kling/Formatting/Kling.Format.ps1xml")).Descendants("View")];
    private static readonly XElement[] s_types = [.. XDocument.Parse(RepositoryFiles.Read("src/Kling/Formatting/Kling.Types.ps1xml")).Root!.Elements("Type")];

    [Fact]
    public void EveryEmittedType_HasAView() => Assert.Empty(typeof(KlingTask).Assembly.GetExportedTypes()
        .Where(type => type is { Namespace: "Kling.Models", IsClass: true, IsAbstract: false } && type.Name.StartsWith("Kling", StringComparison.Ordinal) && !typeof(Exception).IsAssignableFrom(type))
        .Concat([typeof(SandboxCharge), typeof(SandboxLogEntry)])
        .Select(type => type.FullName).Except(s_views.Select(TypeName)));

    /// <summary>
    /// Calls and types are refused where the session's language is constrained. Whatever is shown goes through KlingText, which makes it
    /// harmless for the terminal; a number of items is harmless as it is.
    /// </summary>
    [Fact]
    public void ScriptBlocks_OnlyReadWhatMayBeShown() =>
        Assert.All(s_views.Descendants("ScriptBlock"), block => Assert.True(OnlyReads(block.Value), block.Value));

    [Fact]
    public void Views_ShowNoPropertyAsItCame() => Assert.Empty(s_views.Descendants("PropertyName"));

    [Theory]
    [InlineData("$_.Prompt")]
    [InlineData("$_.KlingText.Prompt.Trim()")]
    [InlineData("[Kling.Formatting.KlingFormat]::Shown($_.Prompt)")]
    [InlineData("if ($Host.UI.SupportsVirtualTerminal) { $_.File } else { $_.KlingText.File }")]
    public void ScriptBlocks_ThatDoMore_AreFound(string script) => Assert.False(OnlyReads(script));

    /// <summary>Columns without a width share what the others leave. Each then has room for every label, so no header breaks.</summary>
    [Fact]
    public void Tables_HaveOneItemPerHeaderAndFit80Columns() => Assert.All(s_views.Where(view => view.Element("TableControl") is not null), view =>
    {
        XElement[] headers = [.. view.Descendants("TableColumnHeader")];
        Assert.Equal(headers.Length, view.Descendants("TableColumnItem").Count());
        Assert.True(headers.Sum(header => ((int?)header.Element("Width") ?? 13) + 1) <= 81, TypeName(view));
        Assert.All(headers, header => Assert.InRange(header.Element("Label")!.Value.Length, 1, (int?)header.Element("Width") ?? 13));
    });

    [Fact]
    public void EveryType_WithAView_HasItsTypeData_AlsoAsACopy() =>
        Assert.Equal(s_views.Select(TypeName).Distinct().SelectMany(name => new[] { name, "Deserialized." + name }).Order(), s_types.Select(Name).Order());

    [Fact]
    public void EveryPropertyOfAType_CrossesToAnotherProcess() => Assert.All(s_types.Where(type => !Name(type).StartsWith("Deserialized.", StringComparison.Ordinal)), type =>
        Assert.Equal(TypeOf(Name(type)).GetProperties().Select(property => property.Name).Order(), Set(type, "PropertySerializationSet").Order()));

    /// <summary>PowerShell lists these as they are where another type came first. States are the engine's own words.</summary>
    [Fact]
    public void ListOfAMixedOutput_HoldsNoTextAsItCame() => Assert.All(s_types, type =>
    {
        string[] shown = Set(type, "DefaultDisplayPropertySet");
        if (Name(type) is "Kling.Models.KlingConnection" or "Kling.Models.KlingSandboxInfo")
        {
            // All of it is the module's own; a copy may say anything.
            Assert.DoesNotContain("ApiKey", shown);
            return;
        }

        Assert.Equal("Details", shown[^1]);
        Assert.All(shown[..^1], name => Assert.True(name is "Status" or "BillingState" or "Category"
            || !typeof(System.Collections.IEnumerable).IsAssignableFrom(TypeOf(Name(type).Replace("Deserialized.", "", StringComparison.Ordinal)).GetProperty(name)!.PropertyType), $"{Name(type)}.{name}"));
    });

    [Fact]
    public void TaskList_ShowsEveryProperty()
    {
        XElement list = s_views.Single(view => TypeName(view) == typeof(KlingTask).FullName && view.Element("ListControl") is not null);
        string[] shown = [.. list.Descendants("ListItem").Select(item => item.Element("Label")?.Value ?? item.Element("PropertyName")!.Value)];
        Assert.Equal(typeof(KlingTask).GetProperties().Select(p => p.Name).Order(), shown.Order());
    }

    private static bool OnlyReads(string script)
    {
        const string read = @"(\$_\.KlingText\.\w+|\$_\.\w+\.Count)";
        const string wide = @"if \(\$Host\.UI\.RawUI\.BufferSize\.Width -ge 120\) \{ " + read + @" \} else \{ " + read + @" \}";
        return Regex.IsMatch(script, $@"^({read}|if \(\$Host\.UI\.SupportsVirtualTerminal\) \{{ ({read}|{wide}) \}} else \{{ {read} \}})$");
    }

    private static string[] Set(XElement type, string name) => [.. type.Descendants("PropertySet").Single(set => Name(set) == name).Descendants("ReferencedProperties").Elements().Select(one => one.Value)];

    private static string Name(XElement element) => element.Element("Name")!.Value;

    private static string TypeName(XElement view) => view.Element("ViewSelectedBy")!.Element("TypeName")!.Value;

    private static Type TypeOf(string name) => typeof(KlingTask).Assembly.GetType(name) ?? typeof(SandboxCharge).Assembly.GetType(name)!;
}

using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Kling.Models;
using Kling.Sandbox;

namespace Kling.Core.Tests.Conventions;

/// <summary>The default views name types and properties that exist, and use no command.</summary>
public class FormatViewTests
{
    private static readonly XElement[] s_views = [.. XDocument.Parse(RepositoryFiles.Read("src/Kling/Formatting/Kling.Format.ps1xml")).Descendants("View")];

    [Fact]
    public void EveryEmittedType_HasAView() => Assert.Empty(typeof(KlingTask).Assembly.GetExportedTypes()
        .Where(type => type is { Namespace: "Kling.Models", IsClass: true } && type.Name.StartsWith("Kling", StringComparison.Ordinal) && !typeof(Exception).IsAssignableFrom(type))
        .Concat([typeof(SandboxCharge), typeof(SandboxLogEntry)])
        .Select(type => type.FullName).Except(s_views.Select(TypeName)));

    [Fact]
    public void Views_NameWhatExists() => Assert.Empty(s_views.SelectMany(view => UnknownProperties(view)));

    [Fact]
    public void ScriptBlocks_UseNoCommand() =>
        Assert.DoesNotContain(s_views.Descendants("ScriptBlock"), block => Regex.IsMatch(block.Value, @"\b[A-Z][a-z]+-[A-Z]\w+|[|]"));

    [Fact]
    public void Tables_HaveOneItemPerHeaderAndFit120Columns() => Assert.All(s_views.Where(view => view.Element("TableControl") is not null), view =>
    {
        XElement[] headers = [.. view.Descendants("TableColumnHeader")];
        Assert.Equal(headers.Length, view.Descendants("TableColumnItem").Count());
        Assert.True(headers.Sum(header => (int)header.Element("Width")! + 1) <= 121, TypeName(view));
    });

    [Fact]
    public void TaskTable_ShowsTheWholeIdAndTheCostIn80Columns()
    {
        XElement[] headers = [.. s_views.First(view => TypeName(view) == typeof(KlingTask).FullName).Descendants("TableColumnHeader")];
        string[] labels = [.. headers.Select(header => header.Element("Label")!.Value)];
        Assert.Equal("TaskId", labels[0]);
        Assert.Equal(36, (int)headers[0].Element("Width")!);
        int withImage = headers.Take(Array.IndexOf(labels, "Size")).Sum(header => (int)header.Element("Width")! + 1) - 1;
        Assert.True(withImage <= 80, $"{withImage} columns");
    }

    [Fact]
    public void TaskList_ShowsEveryProperty()
    {
        XElement list = s_views.Single(view => TypeName(view) == typeof(KlingTask).FullName && view.Element("ListControl") is not null);
        string[] shown = [.. list.Descendants("ListItem").Select(item => item.Element("Label")?.Value ?? item.Element("PropertyName")!.Value)];
        Assert.Equal(typeof(KlingTask).GetProperties().Select(p => p.Name).Order(), shown.Order());
    }

    [Fact]
    public void ScriptBlocks_LeaveFormatsAndChoicesToKlingFormat() =>
        Assert.All(s_views.Descendants("ScriptBlock"), block => Assert.DoesNotMatch(@"(?i)\s-f\b|format\(|tostring\(|\{\d|\belseif\b|\n", block.Value));

    /// <summary>A text may come from outside, so KlingFormat makes it harmless for the terminal.</summary>
    [Fact]
    public void Views_ShowNoTextAsItCame() => Assert.Empty(s_views.SelectMany(RawTexts));

    [Fact]
    public void RawTexts_AreFound()
    {
        XElement view = XElement.Parse("""
            <View><ViewSelectedBy><TypeName>Kling.Models.KlingTask</TypeName></ViewSelectedBy><PropertyName>Prompt</PropertyName><PropertyName>TaskId</PropertyName>
            <ScriptBlock>$_.Errors -join ' '</ScriptBlock><ScriptBlock>[Kling.Formatting.KlingFormat]::Shown($_.Image)</ScriptBlock><ScriptBlock>$_.Videos.Count</ScriptBlock></View>
            """);
        Assert.Equal(["KlingTask.Prompt", "KlingTask.Errors"], RawTexts(view));
    }

    [Fact]
    public void UnknownProperties_AreFound()
    {
        XElement view = XElement.Parse("<View><ViewSelectedBy><TypeName>Kling.Models.KlingVideo</TypeName></ViewSelectedBy><PropertyName>Sed</PropertyName><ScriptBlock>$_.Price</ScriptBlock></View>");
        Assert.Equal(2, UnknownProperties(view).Count());
        Assert.Single(UnknownProperties(XElement.Parse("<View><ViewSelectedBy><TypeName>Kling.Models.Nothing</TypeName></ViewSelectedBy></View>")));
    }

    private static IEnumerable<string> RawTexts(XElement view)
    {
        Type type = typeof(KlingTask).Assembly.GetType(TypeName(view)) ?? typeof(SandboxCharge).Assembly.GetType(TypeName(view))!;
        return view.Descendants("PropertyName").Select(name => name.Value)
            .Concat(view.Descendants("ScriptBlock").Where(block => !block.Value.Contains("KlingFormat]::", StringComparison.Ordinal))
                .SelectMany(block => Regex.Matches(block.Value, @"\$_\.(\w+)(?!\.Count|\w)").Select(use => use.Groups[1].Value)))
            .Where(name => typeof(System.Collections.IEnumerable).IsAssignableFrom(type.GetProperty(name)!.PropertyType))
            .Select(name => $"{type.Name}.{name}");
    }

    private static string TypeName(XElement view) => view.Element("ViewSelectedBy")!.Element("TypeName")!.Value;

    private static IEnumerable<string> UnknownProperties(XElement view)
    {
        Type? type = typeof(KlingTask).Assembly.GetType(TypeName(view)) ?? typeof(SandboxCharge).Assembly.GetType(TypeName(view));
        if (type is null)
        {
            return [$"{TypeName(view)}: no such type"];
        }

        string[] known = [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(p => p.Name)];
        return view.Descendants("PropertyName").Select(name => name.Value)
            .Concat(view.Descendants("ScriptBlock").SelectMany(block => Regex.Matches(block.Value, @"\$_\.(\w+)").Select(use => use.Groups[1].Value)))
            .Except(known).Select(name => $"{type.Name}.{name}: no such property");
    }
}

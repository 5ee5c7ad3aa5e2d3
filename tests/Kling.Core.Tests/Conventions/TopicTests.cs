using System.Text.RegularExpressions;
using Kling.Sandbox;

namespace Kling.Core.Tests.Conventions;

/// <summary>The sandbox's topic lists exactly what there is: every fault with the targets it can strike.</summary>
public class TopicTests
{
    private static readonly string s_sandbox = RepositoryFiles.Read("src/Kling/en-US/about_Kling_Sandbox.help.txt");

    [Fact]
    public void Sandbox_ListsEveryFaultWithItsTargets() => Assert.Equal(
        Enum.GetValues<SandboxFaultKind>().Select(kind => $"{kind} [{string.Join(", ", Targets(kind))}]").Order(StringComparer.Ordinal),
        Entries(s_sandbox).Where(entry => entry.Brackets.Length > 0).Select(entry => $"{entry.Name} {Sorted(entry.Brackets)}").Order(StringComparer.Ordinal));

    [Fact]
    public void Sandbox_ExplainsEveryTargetAndMode()
    {
        Assert.All(Enum.GetNames<SandboxFaultTarget>(), name => Assert.Matches($@"\n    {name} +\S", s_sandbox));
        Assert.All(Enum.GetNames<RepeatedIdMode>(), name => Assert.Matches($@"\n    {name} +\S", s_sandbox));
    }

    [Fact]
    public void Sandbox_ExamplesOfFaultsCanBeRead()
    {
        string[] faults = [.. Regex.Matches(s_sandbox, @"-Fault ([\w:,\- ]+)").SelectMany(match => match.Groups[1].Value.Split(", ")).Append("Reset::3")];
        Assert.True(faults.Length > 3);
        Assert.All(faults, fault => Assert.NotNull(SandboxFault.Parse(fault.Trim())));
    }

    [Fact]
    public void Entries_AreFound() => Assert.Equal(
        [("One", "", "      Text.\n      More."), ("Two", "[A, B]", "      Text.")],
        Entries("  HEAD\n    Prose of a paragraph.\n\n    One\n      Text.\n      More.\n\n    Two [A, B]\n      Text.\n\n    Word\n        code\n"));

    private static IEnumerable<string> Targets(SandboxFaultKind kind) => Enum.GetValues<SandboxFaultTarget>()
        .Where(target => target != SandboxFaultTarget.Default && CanStrike(kind, target))
        .Select(target => target.ToString()).Order(StringComparer.Ordinal);

    private static bool CanStrike(SandboxFaultKind kind, SandboxFaultTarget target)
    {
        try
        {
            return new SandboxFault(kind, 1, target).Target == target;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static string Sorted(string brackets) => $"[{string.Join(", ", brackets.Trim('[', ']').Split(", ").Order(StringComparer.Ordinal))}]";

    /// <summary>Names at four columns, each with its text at six.</summary>
    private static IEnumerable<(string Name, string Brackets, string Body)> Entries(string topic) =>
        Regex.Matches(topic, @"^ {4}(?<name>[A-Z]\w+)(?: (?<brackets>\[[^\]]+\]))?\n(?<body>(?: {6}\S[^\n]*\n?)+)", RegexOptions.Multiline)
            .Select(match => (match.Groups["name"].Value, match.Groups["brackets"].Value, match.Groups["body"].Value.TrimEnd('\n')));
}

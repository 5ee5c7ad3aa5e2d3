using System.Management.Automation;
using System.Management.Automation.Language;
using Kling.Binding;
using Kling.Errors;
using Kling.Hosting;
using Kling.Models;
using Kling.Pipeline;

namespace Kling.Module.Tests.Errors;

/// <summary>Names from outside stay names in every command that the module makes. PowerShell's own parser judges.</summary>
[Collection(EngineCollection.Name)]
public sealed class CommandLineTests
{
    private const string Code = "; New-Item pwned #";

    public CommandLineTests(ModuleUnderTest module) => Assert.NotNull(module);

    public static TheoryData<string> Names() =>
    [
        "plain", "it's", "two words", "", "-Force", "@x", "a,b", "#x",
        .. "'\u2018\u2019\u201a\u201b\"\u201c\u201d\u201e`$".Select(quote => $"a{quote}{Code}"),
        "$(New-Item pwned)", "${env:PATH}", "$env:PATH", "`", "a\nNew-Item pwned", "a\r\nb", "tab\there", "esc\u001b]0;t\u0007", "rtl\u202egnp.exe", "c1\u009b2J",
        "esc\u001b\"; New-Item pwned #", "esc\u001b\u201d$(New-Item pwned)`", "esc\u001b`", "\u001b$x", "esc\u001b'\u2019",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void Text_of_a_command_is_one_argument_and_nothing_else(string name)
    {
        CommandLine command = $"Get-Item -LiteralPath {name} # is there";
        Assert.Single(Commands(command.ToString()));
        AssertArgument(command.ToString(), "Get-Item", name);
        Assert.DoesNotContain(command.ToString(), c => char.IsControl(c) || c == '\u202e');
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Completion_is_one_argument_and_nothing_else(string name) => AssertArgument($"Get-Item {CompletionText.Quoted(name)}", "Get-Item", name);

    [Fact]
    public void What_is_no_text_is_written_as_it_is()
    {
        Guid[] ids = [Guid.Parse("0b3c4d5e-6f70-4812-9a3b-4c5d6e7f8091"), Guid.Parse("1b3c4d5e-6f70-4812-9a3b-4c5d6e7f8091")];
        CommandLine command = $"Get-KlingTask -TaskId {ids} {ids[0]} -Since {new DateTimeOffset(2026, 11, 27, 12, 0, 0, TimeSpan.FromHours(2))}";
        Assert.Equal($"Get-KlingTask -TaskId {ids[0]},{ids[1]} {ids[0]} -Since '2026-11-27T10:00:00Z'", command.ToString());
    }

    [Theory]
    [InlineData("clips\u2019; New-Item pwned #")]
    [InlineData("clips'; New-Item pwned #")]
    public void Notice_of_what_goes_on_names_the_folder_as_a_folder(string folder)
    {
        var host = new CaptureHost();
        KlingTask open = KlingTask.Bare(Guid.NewGuid(), null);
        open.BillingState = BillingState.Accepted;
        open.Status = KlingTaskStatus.Processing;
        DetachNotice.Show(host, new StoppedWork { Tasks = [open], Directory = folder });
        open.Settings = new VideoSettings { Model = "klingai:5@1" };
        DetachNotice.Show(host, new StoppedWork { Tasks = [open, open.Snapshot()], Directory = folder });

        string[] commands = [.. host.UI.Lines.Where(line => line.Text.Contains("Go on: ", StringComparison.Ordinal)).Select(line => line.Text[(line.Text.LastIndexOf(": ", StringComparison.Ordinal) + 2)..])];
        Assert.Equal(2, commands.Length);
        Assert.All(commands, command => AssertArgument(command, "Save-KlingVideo", folder));
    }

    [Theory]
    [InlineData("FileExists", "$null = New-KlingVideo lighthouse.jpg -Wait | Export-KlingGallery $name; $task = Get-KlingTask -Last 1; $task | Export-KlingGallery $name", "Get-Item")]
    [InlineData("SecretUnavailable", "function Get-Secret { }; New-Module Microsoft.PowerShell.SecretManagement { function Get-Secret { param($Name, $Vault) 1 } } | Import-Module; Connect-Kling -SecretName $name", "Set-Secret")]
    [InlineData("InvalidRequest", "(New-KlingVideo lighthouse.jpg -Wait).Videos | Save-KlingVideo -FileName \"{Prompt}$name\"", "Save-KlingVideo")]
    [InlineData("InvalidRequest", "Copy-Item lighthouse.jpg \"$name-1.jpg\"; Copy-Item lighthouse.jpg \"$name-2.jpg\"; [pscustomobject]@{ Image = \"$name*.jpg\" } | New-KlingVideo", "Get-ChildItem")]
    public void Recommendation_names_it_as_a_name(string id, string script, string command)
    {
        foreach (char quote in "'\u2018\u2019\u201a\u201b")
        {
            string name = $"a{quote}; New-Item pwned #";
            using var bench = new ErrorBench(ErrorScenario.All.Single(one => one.Id == "ImageNotFound"));
            EngineResult result = bench.Run($"$name = '{CodeGeneration.EscapeSingleQuotedStringContent(name)}'; {script}");
            ErrorRecord error = Assert.Single(result.AllErrors);
            Assert.StartsWith(id + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            CommandAst made = Assert.Single(Commands(error.ErrorDetails.RecommendedAction), one => one.GetCommandName() == command);
            Assert.Contains(made.CommandElements.OfType<StringConstantExpressionAst>(), argument => argument.Value.Contains(name, StringComparison.Ordinal));
            Assert.DoesNotContain(Commands(error.ErrorDetails.RecommendedAction), one => one.GetCommandName() == "New-Item");
        }
    }

    [Fact]
    public void Recommendation_names_a_column_as_a_column()
    {
        using var bench = new ErrorBench(ErrorScenario.All.Single(one => one.Id == "ImageNotFound"));
        ErrorRecord error = Assert.Single(bench.Run("[pscustomobject]@{ Image = 'lighthouse.jpg'; \"Prom\u2019pt\" = 'x' } | New-KlingVideo").AllErrors);
        MemberExpressionAst[] members = [.. Parse(error.ErrorDetails.RecommendedAction).FindAll(node => node is MemberExpressionAst, true).Cast<MemberExpressionAst>()];
        Assert.Equal("Prom\u2019pt", ((StringConstantExpressionAst)Assert.Single(members).Member).Value);
    }

    private static void AssertArgument(string text, string command, string value)
    {
        CommandAst made = Assert.Single(Commands(text), one => one.GetCommandName() == command);
        Assert.DoesNotContain(Commands(text), one => one.GetCommandName() == "New-Item");
        Assert.Equal(value, Assert.IsType<StringConstantExpressionAst>(made.CommandElements[^1]).Value);
    }

    private static CommandAst[] Commands(string text) => [.. Parse(text).FindAll(node => node is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>()];

    private static ScriptBlockAst Parse(string text)
    {
        ScriptBlockAst tree = Parser.ParseInput(text, out _, out ParseError[] errors);
        Assert.Empty(errors);
        return tree;
    }
}

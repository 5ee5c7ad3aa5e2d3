using System.Xml.Linq;
using Kling.Hosting;

namespace Kling.Module.Tests.Help;

/// <summary>The pages of docs/cmdlets are what the help says. KLING_WRITE_GOLDEN=1 writes them anew.</summary>
public sealed class CmdletPageTests
{
    private const string Sample = """
        <command:command xmlns:command="http://schemas.microsoft.com/maml/dev/command/2004/10" xmlns:maml="http://schemas.microsoft.com/maml/2004/10" xmlns:dev="http://schemas.microsoft.com/maml/dev/2004/10">
          <command:details><command:name>Get-Sample</command:name><maml:description><maml:para>Gets [one] *sample*.</maml:para></maml:description></command:details>
          <maml:description><maml:para>First.</maml:para><maml:para>Second.</maml:para></maml:description>
          <command:syntax>
            <command:syntaxItem><maml:name>Get-Sample</maml:name>
              <command:parameter required="true" position="0"><maml:name>Id</maml:name><command:parameterValue>Guid[]</command:parameterValue></command:parameter>
              <command:parameter required="false" position="named"><maml:name>Local</maml:name><dev:type><maml:name>SwitchParameter</maml:name></dev:type></command:parameter>
            </command:syntaxItem>
          </command:syntax>
          <command:parameters>
            <command:parameter required="true" position="0" pipelineInput="True (ByValue)" aliases="Uuid"><maml:name>Id</maml:name><maml:description><maml:para>Which.</maml:para></maml:description>
              <command:parameterValue>Guid[]</command:parameterValue><dev:type><maml:name>Guid[]</maml:name></dev:type><dev:defaultValue>None</dev:defaultValue></command:parameter>
          </command:parameters>
          <command:inputTypes><command:inputType><dev:type><maml:name>Guid</maml:name></dev:type><maml:description><maml:para>Ids.</maml:para></maml:description></command:inputType></command:inputTypes>
          <command:returnValues><command:returnValue><dev:type><maml:name>Sample</maml:name></dev:type><maml:description><maml:para>Samples.</maml:para></maml:description></command:returnValue></command:returnValues>
          <command:examples><command:example><maml:title>-------- Example 1: One --------</maml:title><dev:code>Get-Sample $id</dev:code><dev:remarks><maml:para>Shows it.</maml:para><maml:para /></dev:remarks></command:example></command:examples>
          <command:relatedLinks><maml:navigationLink><maml:linkText>Get-Other</maml:linkText></maml:navigationLink><maml:navigationLink><maml:linkText>about_Sample</maml:linkText></maml:navigationLink></command:relatedLinks>
        </command:command>
        """;

    private const string Page = """
        <!-- Made from src/Kling/en-US/Kling.dll-Help.xml; change it there. -->

        # Get-Sample

        Gets \[one\] \*sample\*.

        ## Syntax

        ```text
        Get-Sample [-Id] <Guid[]> [-Local] [<CommonParameters>]
        ```

        ## Description

        First.

        Second.

        ## Examples

        ### Example 1: One

        ```powershell
        Get-Sample $id
        ```

        Shows it.

        ## Parameters

        ### -Id

        Which.

        Type: `Guid[]` · required · position: 0 · from the pipeline: ByValue · aliases: Uuid

        ## Input

        `Guid`: Ids.

        ## Output

        `Sample`: Samples.

        ## See also

        [Get-Other](Get-Other.md) · [about_Sample](../../src/Kling/en-US/about_Sample.help.txt)

        """;

    [Fact]
    public void Page_says_what_the_help_says() => Assert.Equal(Page.ReplaceLineEndings("\n"), CmdletPage.Of(XElement.Parse(Sample)));

    [Fact]
    public void Pages_are_those_that_the_help_makes_golden()
    {
        if (Environment.GetEnvironmentVariable("KLING_WRITE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(CmdletPage.Folder);
            foreach (string stale in Directory.EnumerateFiles(CmdletPage.Folder).Where(file => !CmdletPage.All.ContainsKey(Path.GetFileNameWithoutExtension(file))))
            {
                File.Delete(stale);
            }

            foreach ((string cmdlet, string page) in CmdletPage.All)
            {
                File.WriteAllText(Path.Combine(CmdletPage.Folder, cmdlet + ".md"), page);
            }
        }

        Assert.Equal(CmdletPage.All.Keys.Order(StringComparer.Ordinal), Directory.EnumerateFiles(CmdletPage.Folder).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));
        Assert.All(CmdletPage.All, page => Assert.Equal(page.Value, File.ReadAllText(Path.Combine(CmdletPage.Folder, page.Key + ".md"))));
    }

    [Fact]
    public void Index_of_the_documents_links_every_page()
    {
        string index = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "docs", "README.md"));
        Assert.All(CmdletPage.All.Keys, cmdlet => Assert.Contains($"[{cmdlet}](cmdlets/{cmdlet}.md)", index, StringComparison.Ordinal));
    }
}

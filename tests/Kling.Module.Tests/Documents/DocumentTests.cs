using System.Management.Automation;
using System.Management.Automation.Language;
using Kling.Hosting;
using Kling.Module.Tests.Static;

namespace Kling.Module.Tests.Documents;

/// <summary>Every block of PowerShell in the documents runs as it stands against the sandbox, and shows what the document says.</summary>
[Collection(EngineCollection.Name)]
public sealed class DocumentTests
{
    private const string WriteVariable = "KLING_WRITE_GOLDEN";

    public DocumentTests(ModuleUnderTest module) => Assert.NotNull(module);

    private static bool Writes => Environment.GetEnvironmentVariable(WriteVariable) == "1";

    public static TheoryData<string> Documents() => [.. DocumentReader.Documents.Where(document => DocumentReader.Read(document).Count > 0)];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Document_runs_as_it_stands_golden(string document)
    {
        var shown = new List<(DocumentBlock Block, string Screen)>();
        foreach (DocumentBlock[] session in Sessions(DocumentReader.Read(document)))
        {
            using var bench = new DocumentSession(!session.Any(block => block.Code.Contains("Start-KlingSandbox", StringComparison.Ordinal)));
            foreach (DocumentBlock block in session)
            {
                (string screen, IReadOnlyList<ErrorRecord> errors) = bench.Run(block.Code);
                string[] ids = [.. errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]).Distinct()];
                Assert.True(ids.SequenceEqual(block.Error is null ? [] : [block.Error]), $"{document}:{block.Line}: errors: {string.Join("; ", errors.Select(error => $"{error.FullyQualifiedErrorId}: {error}"))}");
                if (block.Output is not null)
                {
                    shown.Add((block, screen));
                }
            }
        }

        if (Writes)
        {
            Write(document, shown);
        }

        Assert.All(DocumentReader.Read(document).Where(block => block.Output is not null).Zip(shown), pair => Assert.True(
            OutputText.Normalize(pair.First.Output!) == OutputText.Normalize(pair.Second.Screen), $"{document}:{pair.First.Line} shows:\n{pair.Second.Screen}"));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Blocks_parse(string document) => Assert.All(DocumentReader.Read(document), block =>
    {
        (_, ParseError[] errors) = ScriptSources.Parse(block.Code);
        Assert.True(errors.Length == 0 && block.Code.Trim().Length > 0, $"{document}:{block.Line}: {string.Join("; ", errors.Select(error => error.Message))}");
    });

    [Fact]
    public void Report_of_the_blocks_is_as_committed_golden()
    {
        string[] report = [.. DocumentReader.Documents.SelectMany(DocumentReader.Read).Select(Report)];
        string path = Path.Combine(RepositoryPaths.Root, "tests", "Kling.Module.Tests", "Golden", "snippets.txt");
        if (Writes)
        {
            File.WriteAllLines(path, report);
        }

        Assert.Equal(File.Exists(path) ? File.ReadAllLines(path) : [], report);
    }

    [Fact]
    public void Reader_finds_blocks_and_what_is_said_of_them()
    {
        string[] lines =
        [
            "```powershell", "one", "```", "", "```text", "shown", "```", "<!-- session -->", "<!-- error: Id -->", "", "```powershell", "two", "```",
            "<!-- parsed only: it never ends -->", "```yaml", "  - run: |", "      three", "      four", "    env: 1", "```", "```", "no", "```",
        ];
        IReadOnlyList<DocumentBlock> blocks = DocumentReader.Read("a.md", lines);
        Assert.Equal(["one", "two", "three\nfour"], blocks.Select(block => block.Code));
        Assert.Equal(("shown", 5, 1), (blocks[0].Output, blocks[0].OutputLines.First, blocks[0].OutputLines.Length));
        Assert.Equal((true, "Id", null), (blocks[1].BeginsSession, blocks[1].Error, blocks[1].Output));
        Assert.Equal("it never ends", blocks[2].ParsedOnly);
        Assert.Equal(2, Sessions(blocks).Count());
    }

    [Theory]
    [InlineData("4923cad8-a610-4604-9846-08e843a33e8d  ok", "8b5f0c3e-2f1d-4c58-9f0a-0d3c1f6f7a11 ok", true)]
    [InlineData("a-4923cad8.mp4 0.1848", "a-8b5f0c3e.mp4 0.1848", true)]
    [InlineData("a-4923cad8.mp4 0.1848", "a-8b5f0c3e.mp4 0.3696", false)]
    [InlineData("Succeeded", "Failed", false)]
    public void Comparison_ignores_only_what_differs_from_run_to_run(string one, string other, bool same) =>
        Assert.Equal(same, OutputText.Normalize(one) == OutputText.Normalize(other));

    private static IEnumerable<DocumentBlock[]> Sessions(IEnumerable<DocumentBlock> blocks)
    {
        var session = new List<DocumentBlock>();
        foreach (DocumentBlock block in blocks.Where(block => block.ParsedOnly is null))
        {
            if (block.BeginsSession && session.Count > 0)
            {
                yield return [.. session];
                session.Clear();
            }

            session.Add(block);
        }

        if (session.Count > 0)
        {
            yield return [.. session];
        }
    }

    private static string Report(DocumentBlock block) =>
        $"{block.Document} {block.Number} | {(block.ParsedOnly is string reason ? $"parsed only: {reason}" : block.Output is null ? "run" : "run, output compared")}";

    private static void Write(string document, IEnumerable<(DocumentBlock Block, string Screen)> shown)
    {
        string path = Path.Combine(RepositoryPaths.Root, document);
        var lines = File.ReadAllLines(path).ToList();
        foreach ((DocumentBlock block, string screen) in shown.Reverse().Where(pair => OutputText.Normalize(pair.Block.Output!) != OutputText.Normalize(pair.Screen)))
        {
            lines.RemoveRange(block.OutputLines.First, block.OutputLines.Length);
            lines.InsertRange(block.OutputLines.First, screen.Trim('\n').Split('\n'));
        }

        File.WriteAllText(path, string.Join("\n", lines) + "\n");
    }
}

using System.Text;
using Kling.Errors;
using Kling.Hosting;

namespace Kling.Module.Tests.Errors;

/// <summary>about_Kling_Errors says of every error what the catalog says, word for word.</summary>
[Collection(EngineCollection.Name)]
public sealed class ErrorTopicTests
{
    private const string WriteVariable = "KLING_WRITE_GOLDEN";
    private const string End = "SEE ALSO\n";
    private const int Width = 78;

    // In the words of about_Kling_Errors.
    private static readonly Dictionary<ErrorRetry, string> s_retry = new()
    {
        [ErrorRetry.Correct] = "after a correction; as it is, it fails again.",
        [ErrorRetry.Later] = "later, with -Resume.",
        [ErrorRetry.LookFirst] = "only after a look at the task: it could be a second purchase.",
        [ErrorRetry.Free] = "at any time; it costs nothing.",
    };

    public ErrorTopicTests(ModuleUnderTest module) => Assert.NotNull(module);

    private static string TopicPath => Path.Combine(RepositoryPaths.Root, "src", "Kling", "en-US", "about_Kling_Errors.help.txt");

    [Fact]
    public void Topic_lists_the_catalog_golden()
    {
        string topic = File.ReadAllText(TopicPath);
        string start = $"  {ErrorTable.All[0].Section}\n";
        int from = topic.IndexOf(start, StringComparison.Ordinal);
        int to = topic.IndexOf(End, StringComparison.Ordinal);
        Assert.True(from > 0 && to > from, "The topic has no list.");
        string expected = List();
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
        {
            File.WriteAllText(TopicPath, topic[..from] + expected + topic[to..]);
            return;
        }

        Assert.Equal(expected, topic[from..to]);
    }

    [Fact]
    public void Sections_stand_together() => Assert.Equal(
        ErrorTable.All.Select(row => row.Section).Distinct().Count(),
        ErrorTable.All.Zip(ErrorTable.All.Skip(1)).Count(pair => pair.First.Section != pair.Second.Section) + 1);

    [Fact]
    public void Ids_are_names_and_differ()
    {
        Assert.All(ErrorTable.All, row => Assert.Matches("^[A-Z][A-Za-z]+$", row.Id));
        Assert.Equal(ErrorTable.All.Count, ErrorTable.All.Select(row => row.Id).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    private static string List()
    {
        var text = new StringBuilder();
        string? section = null;
        foreach (ErrorEntry row in ErrorTable.All)
        {
            if (row.Section != section)
            {
                text.Append($"  {row.Section}\n");
                section = row.Section;
            }

            text.Append($"    {row.Id}\n");
            Append(text, row.Meaning);
            Append(text, $"Billing: {row.Billing}.");
            Append(text, $"Again: {s_retry[row.Retry]}");
            string[] parts = row.Recommendation.Replace("{id}", "<id>", StringComparison.Ordinal).Split(" # ");
            text.Append($"      Do: {parts[0]}\n");
            if (parts.Length > 1)
            {
                Append(text, $"({parts[1]})");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string sentence)
    {
        string line = "     ";
        foreach (string word in sentence.Split(' '))
        {
            if (line.Length + 1 + word.Length > Width)
            {
                text.Append(line).Append('\n');
                line = "     ";
            }

            line += " " + word;
        }

        text.Append(line).Append('\n');
    }
}

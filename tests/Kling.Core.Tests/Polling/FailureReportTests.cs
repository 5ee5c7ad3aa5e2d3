using System.Text;
using Kling.Core.Tests.Submit;
using Kling.Core.Tests.Support;
using Kling.Models;
using Kling.Polling;
using Kling.Wire;

namespace Kling.Core.Tests.Polling;

/// <summary>
/// The service tells a failure in several shapes, also in two places at once, and leaves siblings out. Whatever it tells, a poll loop that
/// stops when the task has ended has every video, and each failure once.
/// </summary>
public sealed class FailureReportTests
{
    private const int Steps = 5;
    private static readonly DateTimeOffset s_start = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);

    private enum Kind
    {
        Video,

        // Told in data alone: with and without the id of its video.
        NamedItem,
        Item,

        // An item without a reason, and the reason in errors.
        NamedWithoutReason,
        WithoutReason,

        // The same reason in both places.
        Both,

        // Told in errors alone.
        Entry,
    }

    private static readonly Kind[] s_kinds = Enum.GetValues<Kind>();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_mixture_of_items_and_entries_loses_no_video_and_tells_each_failure_once(int results)
    {
        int mixtures = (int)Math.Pow(s_kinds.Length, results);
        for (int mixture = 0; mixture < mixtures; mixture++)
        {
            for (int round = 0; round < TestDepth.Of(40); round++)
            {
                int rest = mixture;
                Kind[] kinds = [.. Enumerable.Range(0, results).Select(_ => s_kinds[Next(ref rest)])];
                Play(kinds, new Random((mixture * 1000) + round), $"{results} results, mixture {mixture} ({string.Join(", ", kinds)}), round {round}");
            }
        }
    }

    [Fact]
    public void Failure_without_a_reason_beside_an_entry_does_not_end_the_running_sibling()
    {
        KlingTask task = Sample.Accepted(s_start, 3);
        const string Ok = """{"taskUUID":"T","status":"success","videoUUID":"V1","videoURL":"https://v.example/1.mp4","cost":0.1848}""";

        Apply(task, $$"""{"data":[{{Ok}},{"taskUUID":"T","status":"error"}],"errors":[{"code":"timeoutProvider","message":"late","taskUUID":"T"}]}""", s_start);

        Assert.Equal(KlingTaskStatus.Processing, task.Status);
        Assert.Equal("timeoutProvider: late", Assert.Single(task.Errors).ToString());
    }

    [Theory]
    [InlineData("""{"data":[{"taskUUID":"T","status":"error"}]}""", """{"errors":[{"code":"providerError","message":"why","taskUUID":"T"}]}""")]
    [InlineData("""{"errors":[{"code":"providerError","message":"why","taskUUID":"T"}]}""", """{"data":[{"taskUUID":"T","status":"error"}]}""")]
    public void Reason_that_comes_in_another_reply_is_the_reason_of_the_same_failure(string first, string second)
    {
        KlingTask task = Sample.Accepted(s_start, 2);
        Apply(task, first, s_start);
        Apply(task, second, s_start);

        Assert.Equal("providerError: why", Assert.Single(task.Errors).ToString());
        Assert.Equal(KlingTaskStatus.Processing, task.Status);
    }

    [Fact]
    public void Task_that_ended_too_early_is_open_again_when_a_sibling_is_shown_as_running()
    {
        KlingTask task = Sample.Accepted(s_start, 2);
        const string Failure = """{"code":"providerError","message":"why","taskUUID":"T"}""";
        const string Running = """{"taskUUID":"T","status":"processing"}""";
        Apply(task, $$"""{"errors":[{{Failure}}]}""", s_start.AddMinutes(1));
        Apply(task, $$"""{"errors":[{{Failure}}]}""", s_start.AddMinutes(9));
        Assert.Equal(KlingTaskStatus.Processing, task.Status);
        Apply(task, $$"""{"errors":[{{Failure}}]}""", s_start.AddMinutes(11));
        Assert.Equal(KlingTaskStatus.Failed, task.Status);

        // It is said of forgotten tasks too.
        Apply(task, $$"""{"data":[{{Running}}]}""", s_start.AddMinutes(12));
        Assert.Equal(KlingTaskStatus.Failed, task.Status);

        Apply(task, $$"""{"data":[{{Running}}],"errors":[{{Failure}}]}""", s_start.AddMinutes(13));
        Assert.Equal((KlingTaskStatus.Processing, (DateTimeOffset?)null), (task.Status, task.CompletedAt));
    }

    private static int Next(ref int rest)
    {
        int digit = rest % s_kinds.Length;
        rest /= s_kinds.Length;
        return digit;
    }

    private static void Play(Kind[] kinds, Random random, string name)
    {
        bool sameReason = random.Next(2) == 0;
        KlingTask task = Sample.Accepted(s_start, kinds.Length);
        int[] endsAt = [.. kinds.Select(_ => random.Next(Steps))];
        int[] videos = [.. Enumerable.Range(0, kinds.Length).Where(i => kinds[i] == Kind.Video)];
        for (int step = 0; step < Steps && !task.IsTerminal; step++)
        {
            // The last reply leaves nothing out.
            bool isWhole = step == Steps - 1;
            int[] ended = [.. Enumerable.Range(0, kinds.Length).Where(i => endsAt[i] <= step && (isWhole || random.Next(3) > 0))];
            bool runs = !isWhole && endsAt.Any(at => at > step) && random.Next(2) == 0;
            Apply(task, Reply(kinds, ended, runs, sameReason, random), s_start.AddMinutes(step));
        }

        if (!task.IsTerminal)
        {
            // Failures that nothing tells apart may be one; then only time tells that nothing more comes.
            Apply(task, Reply(kinds, [.. Enumerable.Range(0, kinds.Length)], false, sameReason, random), s_start.AddMinutes(11));
        }

        int failures = kinds.Length - videos.Length;
        string expected = failures == 0 ? KlingTaskStatus.Succeeded : videos.Length == 0 ? KlingTaskStatus.Failed : KlingTaskStatus.PartiallySucceeded;
        string told = $"{name}: {task.Status}, {task.Videos.Count} videos, {string.Join(", ", task.Errors.Select(error => error.VideoId + ":" + error.Code))}";
        Assert.True(videos.Select(Video).SequenceEqual(task.Videos.Select(video => video.VideoId).Order()), told);
        Assert.True(task.Status == expected, told);
        if (sameReason || kinds.Count(kind => kind is Kind.NamedWithoutReason or Kind.WithoutReason) > 1)
        {
            // Which failure an entry repeats, and which it explains, cannot be told then.
            Assert.True(task.Errors.Count >= Math.Min(1, failures) && task.Errors.Count <= failures, told);
        }
        else
        {
            string[] reasons = [.. Enumerable.Range(0, kinds.Length).Except(videos).Select(i => Reason(i, false))];
            Assert.True(reasons.SequenceEqual(task.Errors.Select(error => error.Code).Order()), told);
        }
    }

    /// <summary>A reply that tells of these results, each in its own shape, in any order.</summary>
    private static string Reply(Kind[] kinds, int[] ended, bool runs, bool sameReason, Random random)
    {
        List<string> data = [];
        List<string> errors = [];
        foreach (int i in ended)
        {
            string reason = $"\"code\":\"{Reason(i, sameReason)}\",\"message\":\"why\"";
            switch (kinds[i])
            {
                case Kind.Video:
                    data.Add($"{{\"taskUUID\":\"T\",\"status\":\"success\",\"videoUUID\":\"{Video(i)}\",\"videoURL\":\"https://v.example/{i}.mp4\"}}");
                    break;
                case Kind.NamedItem:
                    data.Add($"{{\"taskUUID\":\"T\",\"status\":\"error\",\"videoUUID\":\"{Video(i)}\",\"error\":{{{reason}}}}}");
                    break;
                case Kind.Item:
                    data.Add($"{{\"taskUUID\":\"T\",\"status\":\"error\",{reason}}}");
                    break;
                case Kind.NamedWithoutReason:
                    data.Add($"{{\"taskUUID\":\"T\",\"status\":\"error\",\"videoUUID\":\"{Video(i)}\"}}");
                    errors.Add($"{{\"taskUUID\":\"T\",{reason}}}");
                    break;
                case Kind.WithoutReason:
                    data.Add("{\"taskUUID\":\"T\",\"status\":\"error\"}");
                    errors.Add($"{{\"taskUUID\":\"T\",{reason}}}");
                    break;
                case Kind.Both:
                    data.Add($"{{\"taskUUID\":\"T\",\"status\":\"error\",{reason}}}");
                    errors.Add($"{{\"taskUUID\":\"T\",{reason}}}");
                    break;
                default:
                    errors.Add($"{{\"taskUUID\":\"T\",{reason}}}");
                    break;
            }
        }

        if (runs)
        {
            data.Add("{\"taskUUID\":\"T\",\"status\":\"processing\"}");
        }

        return $"{{\"data\":[{string.Join(",", data.OrderBy(_ => random.Next()))}],\"errors\":[{string.Join(",", errors.OrderBy(_ => random.Next()))}]}}";
    }

    private static string Video(int result) => $"v{result}";

    private static string Reason(int result, bool same) => same ? "providerError" : $"providerError{result}";

    private static void Apply(KlingTask task, string json, DateTimeOffset now) =>
        TaskState.Apply(task, EnvelopeReader.Read(Encoding.UTF8.GetBytes(json.Replace("\"T\"", $"\"{task.TaskId}\"")), 200)!, now);
}

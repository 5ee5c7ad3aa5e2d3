using System.Text;
using System.Text.Json;
using Kling.Core.Tests.Images;
using Kling.Core.Tests.Submit;
using Kling.Files;
using Kling.Journal;
using Kling.Models;
using Kling.Polling;
using Kling.Requests;
using Kling.Submit;
using Kling.Support;
using Kling.Wire;

namespace Kling.Core.Tests.Polling;

/// <summary>Replies that may say anything: what a task takes from them is bounded, and what cannot be believed is in no sum.</summary>
public class UntrustedReplyTests : TempFolder
{
    private static readonly string[] s_texts = ["videoUUID", "videoURL", "mediaURL", "message", "parameter", "responseContent", "type", "documentation", "retryAfter", "seed"];
    private static readonly DateTimeOffset s_now = new(2026, 5, 1, 0, 1, 0, TimeSpan.Zero);

    [Fact]
    public void Videos_AreNeverMoreThanWereAskedFor()
    {
        foreach (int count in new[] { 1, 2, 4 })
        {
            KlingTask task = Task(count);
            Apply(task, Items(task, Enumerable.Range(0, 500).Select(i => $"\"videoUUID\":\"v{i}\",\"videoURL\":\"https://v.example/{i}\",\"cost\":0.1848")));
            Assert.Equal((count, KlingTaskStatus.Succeeded), (task.Videos.Count, task.Status));
            Assert.Equal(0.1848m * count, task.Cost);
        }
    }

    [Fact]
    public void Videos_OfATaskOfAnotherMachine_AreAsManyAsAModelMakes()
    {
        KlingTask task = Sample.Foreign();
        Apply(task, Items(task, Enumerable.Range(0, 500).Select(i => $"\"videoUUID\":\"v{i}\",\"videoURL\":\"https://v.example/{i}\"")));
        Assert.Equal(4, task.Videos.Count);
    }

    [Fact]
    public void VideoWithoutAnId_WhoseAddressChangesEachTime_StaysOneVideo()
    {
        KlingTask task = Task();
        Apply(task, Items(task, ["\"videoURL\":\"https://v.example/first.mp4?s=1\",\"seed\":1"]));
        string id = task.Videos[0].VideoId;
        for (int i = 0; i < 100; i++)
        {
            Assert.False(Apply(task, Items(task, [$"\"videoURL\":\"https://v.example/{i}/a.mp4?s={i}\",\"seed\":{i},\"NSFWContent\":false"])) && i > 0, $"{i} is recorded");
        }

        Assert.Equal((1, id, "https://v.example/99/a.mp4?s=99"), (task.Videos.Count, task.Videos[0].VideoId, task.Videos[0].VideoUrl));
    }

    [Fact]
    public void IdFromAnAddress_IsThatOfThePath()
    {
        KlingTask task = Task(2);
        ApiReply reply = Items(task, ["\"videoURL\":\"https://v.example/a.mp4?s=1\"", "\"videoURL\":\"https://v.example/a.mp4?s=2\"", "\"videoURL\":\"https://v.example/b.mp4#x\""]);
        Assert.Equal(2, reply.Items.Count);
        Apply(task, reply);
        Assert.Equal((2, 2), (task.Videos.Count, task.Videos.Select(video => video.VideoId).Distinct().Count()));
    }

    [Fact]
    public void LongIdsAndAddresses_AreNotKept()
    {
        KlingTask task = Task();
        string id = new('a', 100_000);
        Apply(task, Items(task, [$"\"videoUUID\":\"{id}\",\"videoURL\":\"https://v.example/{id}\",\"cost\":0.1848"]));
        Assert.Equal((1, 21, (string?)null), (task.Videos.Count, task.Videos[0].VideoId.Length, task.Videos[0].VideoUrl));
        Assert.Equal(task.Videos[0].VideoId, Read($$"""{"errors":[{"taskUUID":"{{task.TaskId}}","videoUUID":"{{id}}","code":"providerError"}]}""").Errors[0].VideoId);
        Apply(task, Items(task, [$"\"videoUUID\":\"{id}\",\"videoURL\":\"https://v.example/{id[..60_000]}\""]));
        Assert.Equal((1, 60_018), (task.Videos.Count, task.Videos[0].VideoUrl!.Length));
    }

    [Fact]
    public void SixtyThousandItems_AreReadInPart()
    {
        KlingTask task = Task(4);
        ApiReply videos = Items(task, Enumerable.Range(0, 60_000).Select(i => $"\"videoUUID\":\"v{i}\",\"videoURL\":\"https://v.example/{i}\""));
        Assert.Equal(2000, videos.Items.Count);
        Apply(task, videos);
        Assert.Equal(4, task.Videos.Count);

        string[] failures = [.. Enumerable.Range(0, 60_000).Select(i => $$"""{"taskUUID":"{{task.TaskId}}","videoUUID":"w{{i}}","code":"providerError{{i}}","message":"m{{i}}"}""")];
        ApiReply errors = Read($"{{\"data\":[],\"errors\":[{string.Join(",", failures)}]}}");
        Assert.Equal(2000, errors.Errors.Count);
        Assert.InRange(Read($"[{string.Join(",", failures)}]").Errors.Count, 1, 2000);
        Assert.InRange(Read($"{{\"data\":[{string.Join(",", failures)}]}}").Errors.Count, 1, 2000);
    }

    /// <summary>Texts of 100,000 characters that make a search go back again and again: one that is not linear would take minutes.</summary>
    [Theory]
    [InlineData("m")]
    [InlineData("m@")]
    [InlineData("@")]
    [InlineData("a:")]
    [InlineData("a://")]
    [InlineData("a://b?")]
    [InlineData("data:")]
    [InlineData("data:,")]
    [InlineData("data:,[5 characters, sha256 01234567] ")]
    [InlineData("https://a?[query: 5 characters, sha256 0123456789ab].")]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef01 ")]
    [InlineData("0123456-")]
    [InlineData("-")]
    [InlineData("/")]
    [InlineData("%2F")]
    [InlineData("\u001b")]
    [InlineData("\ud83c\udf0a")]
    [InlineData(" \t")]
    public async Task HugeTexts_AreReadInTheirTime(string unit)
    {
        string text = JsonSerializer.Serialize("x" + string.Concat(Enumerable.Repeat(unit, 100_000 / unit.Length)));
        KlingTask task = Task();
        string members = string.Join(",", s_texts.Select(name => $"\"{name}\":{text}"));
        string setting = string.Join(",", ((string[])["model", "positivePrompt", "outputFormat"]).Select(name => $"\"{name}\":{text}"));
        string[] replies =
        [
            $$"""{"data":[{"taskUUID":"{{task.TaskId}}","status":"success",{{members}}}]}""",
            $$"""{"data":[{"taskUUID":"{{task.TaskId}}","status":{{text}},"taskType":{{text}},"cost":{{text}}}],"errors":[{"taskUUID":"{{task.TaskId}}","code":{{text}},"allowedValues":[{{text}}],{{members}}},{{text}}]}""",
            $$"""{"data":[{"taskUUID":"{{task.TaskId}}","taskType":"accountManagement","organizationName":{{text}},"balance":{"amount":{{text}},"currency":{{text}}},"usage":{} }]}""",
            $$"""{"data":[{"taskUUID":"{{task.TaskId}}","taskType":"getTaskDetails","request":[{"taskUUID":"{{task.TaskId}}",{{setting}},"frameImages":[{{text}}]}],"response":{"errors":[{ {{members}} }]} }]}""",
        ];
        var redactor = new Redactor("rw-0123456789abcdefghijklmnop");
        await System.Threading.Tasks.Task.Run(() =>
        {
            foreach (string reply in replies)
            {
                Apply(task, EnvelopeReader.Read(Encoding.UTF8.GetBytes(reply), 200, redactor)!);
                redactor.Clean(reply);
                _ = JournalWriter.Write(JournalEvent.Progress, task, task.Endpoint!, s_now);
            }
        }).WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Failures_AreKeptUpToALimit()
    {
        KlingTask task = Task(4);
        for (int i = 0; i < 300; i++)
        {
            Apply(task, Read($$"""{"data":[{"taskUUID":"{{task.TaskId}}","status":"processing"}],"errors":[{"taskUUID":"{{task.TaskId}}","code":"providerError{{i}}","message":"m{{i}}"}]}"""));
        }

        Assert.Equal(100, task.Errors.Count);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("0.1848", 0.1848)]
    [InlineData("18.5", 18.5)]
    [InlineData("\"0.2\"", 0.2)]
    public void Cost_OfUpToAHundredListPrices_IsBelieved(string sent, double expected)
    {
        KlingTask task = Task();
        Apply(task, Cost(task, sent));
        Assert.Equal(((decimal)expected, BillingState.Billed), (task.Cost, task.BillingState));
        Assert.Empty(task.Errors);
    }

    [Theory]
    [InlineData("18.5001")]
    [InlineData("-0.1")]
    [InlineData("79228162514264337593543950335")]
    [InlineData("-79228162514264337593543950335")]
    [InlineData("1e400")]
    [InlineData("\"a lot\"")]
    public void OtherCosts_AreKeptAsText_AndInNoSum(string sent)
    {
        KlingTask task = Task();
        Assert.True(Apply(task, Cost(task, sent)));
        Assert.Equal((KlingTaskStatus.Succeeded, BillingState.Accepted, null, null), (task.Status, task.BillingState, task.Cost, task.Videos[0].VideoCost));
        KlingTaskError kept = Assert.Single(task.Errors);
        Assert.Equal(("costNotBelieved", "v0", KlingErrorCategory.Protocol), (kept.Code, kept.VideoId, kept.Category));
        Assert.Contains(sent.Trim('"'), kept.Message, StringComparison.Ordinal);
        Assert.Contains("0 to 18.5", kept.Message, StringComparison.Ordinal);

        // Neither the same reply nor another such cost is news.
        Assert.False(Apply(task, Cost(task, sent)));
        Assert.False(Apply(task, Cost(task, "-7")));
        Assert.Same(kept, Assert.Single(task.Errors));

        // A cost that is believed still comes in.
        Assert.True(Apply(task, Cost(task, "0.1848")));
        Assert.Equal((0.1848m, BillingState.Billed), (task.Cost, task.BillingState));
    }

    [Fact]
    public void CostThatIsNotBelieved_IsNoFailure()
    {
        KlingTask task = Task(2);
        Apply(task, Cost(task, "-1"));
        Assert.Equal(KlingTaskStatus.Processing, task.Status);
        Apply(task, Items(task, ["\"videoUUID\":\"v1\",\"videoURL\":\"https://v.example/1\",\"cost\":0.1848"]));
        Assert.Equal((KlingTaskStatus.Succeeded, 0.1848m, 1), (task.Status, task.Cost, task.Errors.Count));
    }

    [Fact]
    public void CostOfAnUnknownModel_IsBelievedUpToAThousand()
    {
        KlingTask task = Sample.Foreign();
        Apply(task, Cost(task, "1000"));
        Assert.Equal(1000m, task.Cost);
        task = Sample.Foreign();
        Apply(task, Cost(task, "1000.01"));
        Assert.Null(task.Cost);
    }

    [Fact]
    public void RecordedCosts_ThatCannotBe_AreTakenOut()
    {
        KlingTask task = Task();
        task.Status = KlingTaskStatus.Succeeded;
        task.BillingState = BillingState.Billed;
        task.Cost = decimal.MaxValue;
        task.EstimatedCost = decimal.MaxValue;
        task.Videos = [new KlingVideo { VideoId = "v1", VideoCost = decimal.MaxValue }];
        KlingTask read = Folded(task);
        Assert.Equal((null, null, null), (read.Cost, read.EstimatedCost, read.Videos[0].VideoCost));
        Assert.Contains("79228162514264337593543950335", Assert.Single(read.Errors).Message, StringComparison.Ordinal);

        // A record that kept one already says it once.
        Assert.Single(Folded(read).Errors);
        task.Videos = [new KlingVideo { VideoId = "v1", VideoCost = 0.1848m }];
        Assert.Equal(0.1848m, Folded(task).Cost);
    }

    [Fact]
    public void Sums_HoldWhateverTasksSay()
    {
        KlingTask[] tasks = [.. Enumerable.Range(0, 3).Select(_ =>
        {
            KlingTask task = Task();
            (task.Status, task.BillingState, task.Cost, task.EstimatedCost) = (KlingTaskStatus.Succeeded, BillingState.Billed, decimal.MaxValue, decimal.MaxValue);
            task.Videos = [new KlingVideo { VideoId = "v", VideoCost = decimal.MaxValue }];
            return task;
        })];
        var budget = new SpendBudget(1m);
        Assert.All(tasks, task =>
        {
            Assert.True(budget.TryReserve(task.TaskId, 0.185m));
            budget.Close(task);
        });
        Assert.Equal(0.555m, budget.Committed);
        Assert.All(tasks, task => Assert.Null(ReportedCost.Of(task)));
        string page = Path.Combine(Folder, "gallery.html");
        Gallery.Save(page, tasks, "Sums", force: false);
        Assert.Contains("Cost not reported", File.ReadAllText(page), StringComparison.Ordinal);
    }

    private static KlingTask Folded(KlingTask task)
    {
        byte[] intent = JournalWriter.Write(JournalEvent.Intent, task, task.Endpoint!, s_now);
        byte[] ended = JournalWriter.Write(JournalEvent.Ended, task, task.Endpoint!, s_now);
        return TaskFold.Fold(task.TaskId, task.Endpoint!, [JournalReader.ReadRecord(intent)!, JournalReader.ReadRecord(ended)!])!;
    }

    private static ApiReply Cost(KlingTask task, string sent) => Items(task, [$"\"videoUUID\":\"v0\",\"videoURL\":\"https://v.example/0\",\"cost\":{sent}"]);

    private static ApiReply Items(KlingTask task, IEnumerable<string> members) => Read("{\"data\":[" + string.Join(",", members.Select(member =>
        $$"""{"taskType":"videoInference","taskUUID":"{{task.TaskId}}","status":"success",{{member}}}""")) + "]}");

    private static ApiReply Read(string json) => EnvelopeReader.Read(Encoding.UTF8.GetBytes(json), 200)!;

    private static KlingTask Task(int? count = null) => Sample.Accepted(s_now.AddMinutes(-1), count);

    private static bool Apply(KlingTask task, ApiReply reply) => TaskState.Apply(task, reply, s_now);
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using Kling.Core.Tests.Support;
using Kling.Journal;
using Kling.Models;

namespace Kling.Core.Tests.Journal;

public sealed class JournalFormatTests : IDisposable
{
    private const string Endpoint = "https://api.example.test/v1";
    private static readonly DateTimeOffset s_now = new(2025, 3, 4, 7, 6, 7, 250, TimeSpan.FromHours(2));
    private readonly JournalBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Write_Intent_IsTheRequestUnderItsContractedNames()
    {
        KlingTask task = Full();
        Assert.Equal(
            """{"v":1,"t":"2025-03-04T05:06:07.25+00:00","e":"Intent","id":"11111111-2222-4333-8444-555555555555","endpoint":"https://api.example.test/v1","fingerprint":"f1","image":"a b.jpg","imageSha256":"ab12","model":"klingai:5@1","prompt":"Größe \"x\"\n雪","width":1280,"height":720,"duration":5,"cfgScale":0.50,"numberResults":2,"outputFormat":"MP4","outputQuality":95,"checkContent":true,"safetyMode":"fast","ttl":3600,"estimate":0.56}""" + "\n",
            Line(JournalEvent.Intent, task));
    }

    [Fact]
    public void Write_LaterEvent_IsOnlyTheStateUnderItsContractedNames()
    {
        KlingTask task = Full();
        task.Status = KlingTaskStatus.PartiallySucceeded;
        task.BillingState = BillingState.Billed;
        task.Cost = 0.28m;
        task.SubmittedAt = s_now;
        task.CompletedAt = s_now.AddSeconds(90);
        task.Videos = [new KlingVideo { VideoId = "v1", VideoUrl = "https://cdn.example.test/a.mp4?sig=1&x=2", Seed = long.MaxValue, Nsfw = false, VideoCost = 0.28m, File = "/clips/a.mp4", FileBytes = 5_000_000_000 }];
        task.Errors = [new KlingTaskError { Code = "timeoutProvider", Message = "Too slow", Category = KlingErrorCategory.Provider, Parameter = "p", Allowed = "a", TaskId = task.TaskId, VideoId = "v2", RetryAfterSeconds = 1.5 }];
        Assert.Equal(
            """{"v":1,"t":"2025-03-04T05:06:07.25+00:00","e":"Ended","id":"11111111-2222-4333-8444-555555555555","endpoint":"https://api.example.test/v1","status":"PartiallySucceeded","billing":"Billed","cost":0.28,"submitted":"2025-03-04T05:06:07.25+00:00","completed":"2025-03-04T05:07:37.25+00:00","videos":[{"id":"v1","url":"https://cdn.example.test/a.mp4?sig=1&x=2","seed":9223372036854775807,"nsfw":false,"cost":0.28,"file":"/clips/a.mp4","bytes":5000000000}],"errors":[{"code":"timeoutProvider","message":"Too slow","category":"Provider","parameter":"p","allowed":"a","task":"11111111-2222-4333-8444-555555555555","video":"v2","retryAfter":1.5}]}""" + "\n",
            Line(JournalEvent.Ended, task));
    }

    [Fact]
    public void Names_OfEventsAndStates_AreTheOnesInEveryJournalEverWritten()
    {
        Assert.Equal("Intent Accepted NotCharged Unknown Progress Ended Saved Removed", string.Join(' ', Enum.GetNames<JournalEvent>()));
        Assert.Equal("Submitting Processing Succeeded PartiallySucceeded Failed Unknown", string.Join(' ', KlingTaskStatus.All));
        Assert.Equal("NotCharged Unknown Accepted Billed", string.Join(' ', BillingState.All));
        Assert.Equal("Unknown Validation Conflict Authentication Quota RateLimit Safety Connection Timeout NotFound Server Provider Protocol", string.Join(' ', KlingErrorCategory.All));
    }

    [Fact]
    public void Write_RandomTasks_OneWholeLineThatReadsBackAsItWas()
    {
        for (int seed = 0; seed < TestDepth.Of(1500); seed++)
        {
            Random random = new(seed);
            KlingTask task = JournalSamples.Task(random);
            task.Endpoint = Endpoint;
            byte[] intent = JournalWriter.Write(JournalEvent.Intent, task, Endpoint, s_now);
            byte[] ended = JournalWriter.Write(JournalEvent.Ended, task, Endpoint, s_now);
            foreach (byte[] line in new[] { intent, ended })
            {
                Assert.Equal(line.Length - 1, Array.IndexOf(line, (byte)'\n'));
                LineHeader header = JournalReader.ReadHeader(line, Endpoint);
                Assert.Equal(JournalLineKind.Record, header.Kind);
                Assert.Equal(task.TaskId, header.Id);
                Assert.Equal(s_now, header.Time);
            }

            JournalRecord asked = JournalReader.ReadRecord(intent)!;
            JournalRecord became = JournalReader.ReadRecord(ended)!;
            Assert.Equal(JournalSamples.Request(task), JournalSamples.Request(asked.Task));

            KlingTask joined = asked.Task;
            joined.Status = became.Status!;
            joined.BillingState = became.Billing!;
            joined.Cost = became.Task.Cost;
            joined.SubmittedAt = became.Task.SubmittedAt;
            joined.CompletedAt = became.Task.CompletedAt;
            joined.Videos = became.Task.Videos;
            joined.Errors = became.Task.Errors;
            Assert.Equal(JournalSamples.Describe(task), JournalSamples.Describe(joined));
        }
    }

    [Theory]
    [InlineData("\uD83D")]
    [InlineData("\uDE00 a")]
    [InlineData("a\uDE00\uD83Db")]
    [InlineData("\uD83D\uDE00 whole")]
    [InlineData("\0\u0001\r\n\t\u007f\uFFFF")]
    public void Write_AnyText_ComesBackAndEveryOtherReaderAcceptsTheLine(string prompt)
    {
        KlingTask task = JournalBench.NewTask(prompt);
        byte[] line = JournalWriter.Write(JournalEvent.Intent, task, Endpoint, s_now);
        using JsonDocument strict = JsonDocument.Parse(line);
        _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(line);
        Assert.Equal(prompt, JournalReader.ReadRecord(line)!.Task.Prompt);
    }

    [Fact]
    public void Write_UnderAnyCulture_IsTheSame()
    {
        string expected = Line(JournalEvent.Intent, Full());
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            foreach (string name in new[] { "de-DE", "ar-SA", "th-TH", "fa-IR" })
            {
                CultureInfo.CurrentCulture = new CultureInfo(name);
                Assert.Equal(expected, Line(JournalEvent.Intent, Full()));
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Append_SecretsInEveryField_NoneIsInTheFile()
    {
        const string Canary = "CANARYq7Zx";
        string data = Convert.ToBase64String(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(Canary, 60))));
        string[] dirty =
        [
            $"https://images.example.test/a.jpg?token={Canary}",
            $"HTTPS://images.example.test/a.jpg?{Canary}",
            $"https://images.example.test/a.jpg#{Canary}",
            $"https://images.example.test?{Canary}&x=1",
            $"https://user:{Canary}@images.example.test/a.jpg",
            $"https://user:{Canary}@images.example.test/a.jpg?sig={Canary}#{Canary}",
            $"https://images.example.test/a.jpg?sha256=0123456789abcdef&token={Canary}",
            $"data:image/png;base64,{data}",
            $"data:text/plain,{Canary}",
            "iVBORw0KGgo" + data,
            "/9j/" + data,
            data,
        ];
        TaskJournal journal = _bench.Open();
        foreach (string text in dirty)
        {
            KlingTask task = Full();
            task.Model = $"m {text}";
            task.Image = text;
            task.OutputFormat = text;
            task.SafetyMode = text;
            task.Videos = [new KlingVideo { VideoId = "v" }];
            string padded = new string('x', JournalWriter.LongestErrorText - 60) + " " + text;
            task.Errors = [new KlingTaskError { Code = text, Message = $"could not fetch {text}.", Parameter = text, Allowed = $"not '{text}'", VideoId = text }, new KlingTaskError { Message = padded }];
            journal.Append(JournalEvent.Intent, task);
            journal.Append(JournalEvent.Ended, task);
        }

        string file = File.ReadAllText(_bench.File);
        Assert.DoesNotContain(Canary, file, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(data.Substring(0, 24), file, StringComparison.Ordinal);
        Assert.DoesNotContain(data.Substring(data.Length - 24), file, StringComparison.Ordinal);
        Assert.Contains("images.example.test/a.jpg?[query: 16 characters, sha256 ", file, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shots/harbour at dawn.jpg")]
    [InlineData("/srv/render/9j/iVBORw0KGgo/frame 12.png")]
    [InlineData("c3f1e8a2-6b1f-4c43-9d0e-0f6f6a8f1a11")]
    [InlineData("https://images.example.test/a.jpg")]
    [InlineData("/srv/render/deepfolders/deepfolders/deepfolders/deepfolders/deepfolders/deepfolders/deepfolders/deepfolders/deepfolders/frame 12.png")]
    [InlineData("base64 (123456 characters, sha256:0123456789abcdef)")]
    [InlineData("(123456 characters, sha256:0123456789abcdef)")]
    [InlineData("data:image/png;base64,(123456 characters, sha256:0123456789abcdef)")]
    [InlineData("https://images.example.test/a.jpg?(16 characters, sha256:0123456789abcdef)")]
    [InlineData("https://images.example.test/a.jpg?[16 characters, sha256 01234567]")]
    [InlineData("https://images.example.test/a.jpg?[query: 16 characters, sha256 0123456789ab]")]
    [InlineData("[data: 123456 characters, sha256 0123456789ab]")]
    public void Image_NothingSecretOrCleanedBefore_StaysAsItIs(string image)
    {
        Assert.Equal(image, JournalWriter.WithoutSecrets(image, isImage: true));
    }

    [Fact]
    public void Image_Twice_IsTheSameAsOnce()
    {
        foreach (string dirty in new[] { "https://u:p@h.test/a?b=c#d", "data:image/png;base64,AAAABBBB", "/9j/AAAABBBB", new string('A', 400), "https://h.test/" + new string('A', 400) + "?q" })
        {
            string once = JournalWriter.WithoutSecrets(dirty, isImage: true)!;
            Assert.NotEqual(dirty, once);
            Assert.Equal(once, JournalWriter.WithoutSecrets(once, isImage: true));
        }
    }

    private static string Line(JournalEvent what, KlingTask task) => JournalBench.WithoutChecksum(Encoding.UTF8.GetString(JournalWriter.Write(what, task, Endpoint, s_now)));

    private static KlingTask Full() => new()
    {
        TaskId = new Guid("11111111-2222-4333-8444-555555555555"),
        Fingerprint = "f1",
        Model = "klingai:5@1",
        Image = "a b.jpg",
        ImageSha256 = "ab12",
        Prompt = "Größe \"x\"\n雪",
        Duration = 5m,
        Width = 1280,
        Height = 720,
        CfgScale = 0.50m,
        NumberResults = 2,
        OutputFormat = "MP4",
        OutputQuality = 95,
        CheckContent = true,
        SafetyMode = "fast",
        Ttl = 3600,
        EstimatedCost = 0.56m,
    };
}

using System.Net;
using System.Text;
using Kling.Client;
using Kling.Core.Tests.Client;
using Kling.Core.Tests.Images;
using Kling.Core.Tests.Submit;
using Kling.Core.Tests.Support;
using Kling.Journal;
using Kling.Models;
using Kling.Polling;
using Kling.Submit;

namespace Kling.Core.Tests.EndToEnd;

/// <summary>
/// A service that answers every call with seeded nonsense, which grows, knows our ids and repeats our key. Each call of the engine ends in its
/// time with a result or an error of the catalog, and leaves little on the disk and in memory. Simulated: no network, virtual time.
/// </summary>
[Collection(AloneCollection.Name)]
public sealed class HostileServiceTests : TempFolder
{
    private const string Key = "hostile-key-0123456789abcdef";
    private const int LargestPiece = 64 * 1024;
    private static readonly TimeSpan s_wait = TimeSpan.FromMinutes(1);

    // Ten minutes for the attempts, the last look over the settle time, and the pauses in between.
    private static readonly TimeSpan s_longestSubmit = TimeSpan.FromMinutes(20);

    private static readonly string[] s_words = ["success", "error", "processing", "failed", "", "\u001b[2J\u202e", Key, "1e400", "-0.01", "99999999", "insufficientCredits", "timeoutProvider"];
    private static readonly string[] s_members =
    [
        "status", "videoUUID", "videoURL", "mediaUUID", "cost", "seed", "NSFWContent", "code", "message", "parameter", "taskType", "balance", "usage", "retryAfter", "progress",
        "videoBase64Data", "request", "response", "data", "errors",
    ];

    private readonly Random _random = new(20261128);
    private readonly FakeClock _clock = new();
    private readonly List<Guid> _ids = [];
    private int _calls;

    [Fact]
    public async Task Nonsense_ends_in_errors_of_the_catalog_within_bounds()
    {
        int most = TestDepth.Of(10_000);
        string path = Path.Combine(Folder, "tasks.jsonl");
        using HttpClient http = HttpClientFactory.CreateApi(new FakeHandler((_, _, _) => Task.FromResult(Answer())));
        var api = new KlingApi(http, Sample.Endpoint, new Credential(Key), _clock);
        var journal = new TaskJournal(path, Sample.Endpoint, _clock);
        var submitter = new TaskSubmitter(api, journal, _clock);
        var poller = new TaskPoller(api, journal, _clock);
        var service = new ServiceCalls(api, _clock);
        var ended = new Dictionary<string, int>();
        int videos = 0;
        long memory = 0;
        while (_calls < most)
        {
            if (memory == 0 && _calls > most / 2)
            {
                memory = GC.GetTotalMemory(forceFullCollection: true);
            }

            KlingTask task = Sample.New(_random.Next(1, 5));
            _ids.Add(task.TaskId);
            await EndsAsync("submit", s_longestSubmit, () => submitter.SubmitAsync(task, Sample.Body(task), default));
            KlingTask open = Sample.Accepted(_clock.UtcNow, _random.Next(1, 5));
            _ids.Add(open.TaskId);
            await EndsAsync("wait", s_wait + TimeSpan.FromSeconds(10), async () => await poller.WaitAsync(open, s_wait, default));
            await EndsAsync("look", s_wait * 3, () => poller.LookAsync([Sample.Foreign()], default));
            await EndsAsync("account", s_wait * 10, async () => await service.GetAccountAsync(default));
            await EndsAsync("ping", s_wait * 10, () => service.PingAsync(default));
            Assert.InRange(open.Videos.Count, 0, open.ExpectedResults);
            videos += open.Videos.Count;
        }

        // Otherwise the nonsense would not have come far into the engine.
        Assert.True(ended.GetValueOrDefault("KlingApiException") > _ids.Count, string.Join(", ", ended));
        Assert.True(ended.GetValueOrDefault("none") > 0 && videos > 0, $"{videos} videos, {string.Join(", ", ended)}");
        string recorded = File.ReadAllText(path);
        Assert.DoesNotContain(Key, recorded, StringComparison.OrdinalIgnoreCase);
        Assert.InRange(recorded.Length, 1, _ids.Count * 100 * 1024);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - memory, long.MinValue, 32 * 1024 * 1024);

        // What it left can be read.
        Assert.All(journal.All(), known => Assert.Contains(known.TaskId, _ids));
        return;

        async Task EndsAsync(string what, TimeSpan longest, Func<Task> call)
        {
            DateTimeOffset start = _clock.Steady;
            string name = "none";
            try
            {
                await call().WaitAsync(TimeSpan.FromSeconds(60));
            }
            catch (Exception failure) when (failure is KlingApiException or KlingWaitTimeoutException)
            {
                Assert.DoesNotContain(Key, failure.ToString(), StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain('\u001b', failure.Message);
                name = failure.GetType().Name;
            }

            ended[name] = ended.GetValueOrDefault(name) + 1;
            Assert.True(_clock.Steady - start <= longest, $"{what} took {_clock.Steady - start} after {_calls} calls");
        }
    }

    private HttpResponseMessage Answer()
    {
        _calls++;
        var answer = new HttpResponseMessage((HttpStatusCode)(_random.Next(3) > 0 ? 200 : _random.Next(200, 600))) { Content = new ByteArrayContent(Body()) };
        if (_random.Next(6) == 0)
        {
            answer.Headers.TryAddWithoutValidation("Retry-After", _random.Next(4) switch { 0 => "-5", 1 => "999999999", 2 => Key, _ => $"{_random.Next(30)}" });
        }

        return answer;
    }

    private byte[] Body()
    {
        int size = Math.Min(LargestPiece, 10 * (_calls + 1));
        switch (_random.Next(7))
        {
            case 0:
                byte[] bytes = new byte[_random.Next(size)];
                _random.NextBytes(bytes);
                return bytes;
            case 1:
                return Encoding.UTF8.GetBytes($"<html>{Key}{new string('x', _random.Next(size))}");
            case 2:
                return Encoding.UTF8.GetBytes(new string('[', _random.Next(size)));
            case 3:
                string cut = Envelope(size);
                return Encoding.UTF8.GetBytes(cut[.._random.Next(cut.Length)]);
            case 4 when _ids.Count > 0:
                int number = _random.Next(9);
                return Encoding.UTF8.GetBytes($$"""{"data":[{"taskUUID":"{{_ids[^1]:D}}","status":"success","videoUUID":"{{Key}}{{number}}","videoURL":"https://v.example/{{number}}.mp4?sig={{Key}}"}]}""");
            default:
                return Encoding.UTF8.GetBytes(Envelope(size));
        }
    }

    private string Envelope(int size)
    {
        var text = new StringBuilder("{\"data\":[");
        AddItems(text, size / 2);
        text.Append("],\"errors\":[");
        AddItems(text, _random.Next(2) == 0 ? 1 : size / 2);
        return text.Append("]}").ToString();
    }

    private void AddItems(StringBuilder text, int size)
    {
        for (int end = text.Length + _random.Next(size); text.Length < end || text[^1] == ',';)
        {
            text.Append($"{{\"taskUUID\":{(_ids.Count > 0 && _random.Next(5) > 0 ? $"\"{_ids[^1]:D}\"" : "7")}");
            for (int members = _random.Next(6); members > 0; members--)
            {
                text.Append($",\"{s_members[_random.Next(s_members.Length)]}\":{Value()}");
            }

            text.Append('}').Append(text.Length < end ? "," : "");
        }
    }

    private string Value() => _random.Next(7) switch
    {
        0 => "null",
        1 => "79228162514264337593543950335",
        2 => $"{_random.Next(-5, 100)}",
        3 => $"\"https://v.example/{_random.Next()}.mp4?sig={Key}\"",
        4 => "{\"a\":[1,{}]}",
        5 => $"\"{new string('m', _random.Next(3000))}\"",
        _ => System.Text.Json.JsonSerializer.Serialize(s_words[_random.Next(s_words.Length)]),
    };
}

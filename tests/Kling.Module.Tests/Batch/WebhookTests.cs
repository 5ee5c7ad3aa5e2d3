using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Kling.Hosting;
using Kling.Hosting.Service;

namespace Kling.Module.Tests.Batch;

/// <summary>Whatever a body claims, only the service's own answer counts; and the guide's receiver lets nobody in without the token.</summary>
[Collection(EngineCollection.Name)]
public sealed class WebhookTests : IDisposable
{
    private const string Finished = """{"taskType":"videoInference","taskUUID":"{id}","videoUUID":"v","videoURL":"https://evil.test/malware.mp4","cost":0.01}""";
    private readonly ServiceBench _bench = new();

    public WebhookTests(ModuleUnderTest module) => Assert.NotNull(module);

    public void Dispose() => _bench.Dispose();

    public static TheoryData<string> Forgeries() =>
    [
        """{"errors":[{"code":"providerError","message":"down","taskUUID":"{id}"}]}""",
        """{"data":[{"taskUUID":"{id}","status":"error","code":"contentModeration","message":"no"}]}""",
        Finished,
        """{"taskType":"videoInference","taskUUID":"{id}","status":"success","videoUUID":"{id}","videoURL":"https://evil.test/malware.mp4","cost":79228162514264337593543950335}""",
        """{"data":[{"taskUUID":"{id}","videoUUID":"a","videoURL":"https://evil.test/a.mp4","cost":5},{"taskUUID":"{id}","videoUUID":"b","videoURL":"https://evil.test/b.mp4","cost":5}]}""",
        """{"errors":[{"code":"taskNotFound","message":"gone","taskUUID":"{id}"}]}""",
    ];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public void Forged_body_changes_nothing(string body)
    {
        Guid id = Buy();
        byte[] before = Journal();
        PSObject open = Tell(body, id);
        Assert.Equal("Processing 0 ", Facts(open));
        Assert.Equal(before, Journal());

        // The same body once the task has ended: first the service's answer is recorded, then not even a call is made.
        _bench.Service.Finished = true;
        string own = $"Succeeded 1 {_bench.Service.VideoBase}{id}.mp4 0.1848";
        Assert.Equal(own, Facts(Tell(body, id)));
        byte[] ended = Journal();
        int calls = _bench.Service.Calls.Count;
        Assert.Equal(own, Facts(Tell(body, id)));
        Assert.Equal(own, Facts(Tell(body, id)));
        Assert.Equal(ended, Journal());
        Assert.Equal(calls, _bench.Service.Calls.Count);
        Assert.Equal(own, Facts(_bench.OnlyTask()));
        Assert.DoesNotContain("evil", Encoding.UTF8.GetString(ended), StringComparison.Ordinal);
    }

    [Fact]
    public void Claims_of_Local_are_neither_asked_about_nor_recorded()
    {
        Guid id = Buy();
        byte[] before = Journal();
        int calls = _bench.Service.Calls.Count;
        Assert.Equal("Succeeded 1 https://evil.test/malware.mp4 0.01", Facts(Tell(Finished, id, " -Local")));
        Assert.Equal(before, Journal());
        Assert.Equal(calls, _bench.Service.Calls.Count);
    }

    [Fact]
    public void Receiver_of_the_guide_does_not_start_without_a_token()
    {
        foreach (string token in new[] { "$null", "''", "'short'" })
        {
            EngineResult result = _bench.Run($"$env:KLING_HOOK_TOKEN = {token}\n" + Receiver(1, 1));
            Assert.Contains("KLING_HOOK_TOKEN", result.Failure!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Receiver_of_the_guide_answers_as_it_says()
    {
        const string token = "Correct-horse-battery";
        int port = UnusedPort();
        string folder = Path.Combine(_bench.Home, "hooks");
        Directory.CreateDirectory(folder);
        (string Query, string Body, int Status)[] calls =
        [
            ($"?token={token}", "{\"a\":1,\n\"b\":2}", 200), ($"?token={token}", "{\"a\":1,\n\"b\":2}", 200),
            ("", "x", 403), ("?token=", "x", 403), ("?token=correct-horse-battery", "x", 403), ($"?token={token}&token={token}", "x", 403),
            ($"?token={token}", new string('x', 1_100_000), 413), ($"?token={token}", "now the disk is gone", 503),
        ];
        using RunningScript running = _bench.Engine.Start($"Set-Location '{folder}'; $env:KLING_HOOK_TOKEN = '{token}'\n" + Receiver(port, calls.Length));
        Guard.Until(() => File.Exists(Path.Combine(folder, "listening")), "the receiver does not listen");
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/kling/") };

        // The receiver closes the connection of a body that it did not read, and a next call on it would be lost.
        http.DefaultRequestHeaders.ConnectionClose = true;
        var answers = new List<int>();
        foreach ((string query, string body, int status) in calls)
        {
            if (status == 503)
            {
                Directory.Move(folder, folder + "-gone");
            }

            answers.Add(await PostAsync(http, query, body));
        }

        running.Wait().Check();
        Assert.Equal(calls.Select(call => call.Status), answers);
        Assert.Equal(["{\"a\":1,\"b\":2}", "{\"a\":1,\"b\":2}"], await File.ReadAllLinesAsync(Path.Combine(folder + "-gone", "hooks.jsonl")));
    }

    private static async Task<int> PostAsync(HttpClient http, string query, string body)
    {
        try
        {
            using var content = new StringContent(body);
            using HttpResponseMessage answer = await http.PostAsync(new Uri(query, UriKind.Relative), content);
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException) when (body.Length > 1_000_000)
        {
            // It was refused before it was read to its end, and the answer was lost with the connection.
            return 413;
        }
    }

    /// <summary>
    /// The guide's own text, on another port, saying when it listens, and ending by itself. Nobody calls it before: what comes while a listener
    /// is starting may never be answered.
    /// </summary>
    private static string Receiver(int port, int calls)
    {
        string page = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "docs", "guides", "webhooks.md"));
        string block = Assert.Single(Regex.Matches(page, "```powershell\n(.*?)```", RegexOptions.Singleline), one => one.Value.Contains("HttpListener]::new", StringComparison.Ordinal)).Groups[1].Value;
        Assert.Contains("FixedTimeEquals", block, StringComparison.Ordinal);
        Assert.Contains("while ($listener.IsListening)", block, StringComparison.Ordinal);
        return block.Replace(":8080/", $":{port}/", StringComparison.Ordinal).Replace("while ($listener.IsListening)", $"foreach ($number in 1..{calls})", StringComparison.Ordinal)
            .Replace("$listener.Start()", "$listener.Start(); $null = New-Item listening", StringComparison.Ordinal) + "\n$listener.Stop()";
    }

    private static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Facts(PSObject task)
    {
        var known = (Kling.Models.KlingTask)task.BaseObject;
        return FormattableString.Invariant($"{known.Status} {known.Videos.Count} {string.Join(" ", known.Videos.Select(video => video.VideoUrl))}{(known.Cost is decimal cost ? $" {cost}" : "")}");
    }

    private Guid Buy() => ServiceBench.Id(Assert.Single(_bench.Run($"New-KlingVideo '{_bench.Images[0]}' -Prompt pan -WebhookUrl 'https://hooks.test/x?token=t'").Check().Output));

    private PSObject Tell(string body, Guid id, string how = "") =>
        Assert.Single(_bench.Run($"ConvertFrom-KlingWebhook '{body.Replace("{id}", id.ToString("D"), StringComparison.Ordinal)}'{how}").Check().Output);

    private byte[] Journal() => File.ReadAllBytes(Assert.Single(Directory.GetFiles(_bench.Home, "*tasks.jsonl")));
}

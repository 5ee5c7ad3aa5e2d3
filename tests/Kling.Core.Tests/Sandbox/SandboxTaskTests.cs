using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kling.Core.Tests.Support;
using Kling.Sandbox;
using Kling.Sandbox.Engine;
using Kling.Sandbox.Replies;

namespace Kling.Core.Tests.Sandbox;

public class SandboxTaskTests
{
    [Fact]
    public void Submit_IsAcknowledged_WithoutStatus()
    {
        var bench = new SandboxBench();
        Guid id = Guid.NewGuid();
        SandboxReply reply = bench.Send(SandboxBench.Task(id));
        Assert.Equal($"{{\"data\":[{{\"taskType\":\"videoInference\",\"taskUUID\":\"{id}\"}}]}}", Encoding.UTF8.GetString(reply.Body));
    }

    [Fact]
    public void Results_ArriveOneByOne_AndAreBilledAsTheyDo()
    {
        var bench = new SandboxBench();
        Guid id = bench.Accept(task => task["numberResults"] = 3);
        bench.Clock.Advance(SandboxBench.Delay - TimeSpan.FromTicks(1));
        Assert.Equal(["processing"], States(bench.Items(id)));
        Assert.Equal(0m, bench.Engine.TotalBilled);

        bench.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(["processing", "success"], States(bench.Items(id)));
        Assert.Equal(0.1848m, bench.Engine.TotalBilled);

        bench.Clock.Advance(0.25 * SandboxBench.Delay);
        Assert.Equal(["processing", "success", "success"], States(bench.Items(id)));

        bench.Clock.Advance(0.25 * SandboxBench.Delay);
        JsonElement[] items = bench.Items(id);
        Assert.Equal(["success", "success", "success"], States(items));
        Assert.Equal(3, items.Select(item => item.GetProperty("videoUUID").GetGuid()).Distinct().Count());
        Assert.Equal(3, items.Select(item => item.GetProperty("seed").GetInt64()).Distinct().Count());
        Assert.All(items, item => Assert.Equal(0.1848m, item.GetProperty("cost").GetDecimal()));
        Assert.Equal(3 * 0.1848m, bench.Engine.TotalBilled);
        Assert.Equal(items.Select(item => item.GetProperty("videoUUID").GetGuid()), bench.Engine.Charges.Select(charge => charge.VideoId));
    }

    [Fact]
    public void Result_CarriesCostAndSafety_OnlyWhenAsked()
    {
        var bench = new SandboxBench();
        Guid plain = bench.Accept(task => task.Remove("includeCost"));
        Guid safe = bench.Accept(task =>
        {
            task["safety"] = new JsonObject { ["checkContent"] = true };
            task["duration"] = 10;
        });
        bench.Clock.Advance(SandboxBench.Delay);
        JsonElement first = bench.Items(plain)[0];
        Assert.False(first.TryGetProperty("cost", out _));
        Assert.False(first.TryGetProperty("NSFWContent", out _));
        JsonElement second = bench.Items(safe)[0];
        Assert.Equal(0.3696m, second.GetProperty("cost").GetDecimal());
        Assert.False(second.GetProperty("NSFWContent").GetBoolean());
        Assert.Equal(0.1848m + 0.3696m, bench.Engine.TotalBilled);
    }

    [Fact]
    public void Seeds_AreRepeatable_AndWithinTheRangeOfThePagesExamples()
    {
        long[] first = Seeds(new SandboxBench());
        Assert.Equal(first, Seeds(new SandboxBench()));
        Assert.All(first, seed => Assert.InRange(seed, 1, int.MaxValue));
        Assert.Equal(4, first.Distinct().Count());

        static long[] Seeds(SandboxBench bench)
        {
            Guid id = bench.Accept(task => task["numberResults"] = 4);
            bench.Clock.Advance(2 * SandboxBench.Delay);
            return [.. bench.Items(id).Select(item => item.GetProperty("seed").GetInt64())];
        }
    }

    [Fact]
    public void Batch_AcceptsTheGood_AndRefusesTheBad()
    {
        var bench = new SandboxBench();
        JsonObject bad = SandboxBench.Task(Guid.NewGuid());
        bad["duration"] = 1;
        SandboxReply reply = bench.Send(SandboxBench.Task(Guid.NewGuid()), bad);
        Assert.Equal(200, reply.Status);
        Assert.Equal(1, SandboxBench.Json(reply).GetProperty("data").GetArrayLength());
        Assert.Equal(["unsupportedDuration"], SandboxBench.Codes(reply));
        Assert.Equal(1, bench.Engine.TaskCount);
    }

    [Fact]
    public void Poll_OfSeveralIds_AnswersEach()
    {
        var bench = new SandboxBench();
        Guid done = bench.Accept();
        bench.Clock.Advance(SandboxBench.Delay);
        Guid running = bench.Accept();
        JsonElement data = SandboxBench.Json(bench.Send(SandboxBench.Look(running), SandboxBench.Look(done))).GetProperty("data");
        Assert.Equal([running, done], data.EnumerateArray().Select(item => item.GetProperty("taskUUID").GetGuid()));
        Assert.Equal(["processing", "success"], States([.. data.EnumerateArray()]));
    }

    [Theory]
    [InlineData(UnknownIdMode.Processing, 200, "{\"data\":[{\"taskType\":\"getResponse\",\"taskUUID\":\"#\",\"status\":\"processing\"}]}")]
    [InlineData(UnknownIdMode.EmptyData, 200, "{\"data\":[]}")]
    [InlineData(UnknownIdMode.TaskNotFound, 404, "{\"errors\":[{\"code\":\"taskNotFound\",\"message\":\"No task with this taskUUID was found.\",\"parameter\":\"taskUUID\",\"taskType\":\"getResponse\",\"taskUUID\":\"#\"}]}")]
    public void Poll_UnknownId_IsAnsweredAsChosen(UnknownIdMode mode, int status, string body)
    {
        Guid id = Guid.NewGuid();
        SandboxReply reply = new SandboxBench(unknown: mode).Send(SandboxBench.Look(id));
        Assert.Equal(status, reply.Status);
        Assert.Equal(body.Replace("#", id.ToString(), StringComparison.Ordinal), Encoding.UTF8.GetString(reply.Body));
    }

    [Fact]
    public void Repeat_Refused_IsAConflict_AndShowsInTheArchive()
    {
        var bench = new SandboxBench();
        Guid id = bench.Accept();
        SandboxReply reply = bench.Send(SandboxBench.Task(id));
        Assert.Equal(400, reply.Status);
        Assert.Equal(["conflictTaskUUID"], SandboxBench.Codes(reply));
        Assert.Equal(0, SandboxBench.Json(reply).GetProperty("data").GetArrayLength());
        Assert.Equal(1, bench.Engine.AcceptedCount(id));
        bench.Clock.Advance(SandboxBench.Delay);
        Assert.Equal(["success"], States(bench.Items(id)));
        JsonElement archive = SandboxBench.Json(bench.Send(SandboxBench.Details(id))).GetProperty("data")[0];
        Assert.Equal("conflictTaskUUID", archive.GetProperty("response").GetProperty("errors")[0].GetProperty("code").GetString());
    }

    [Fact]
    public void Repeat_Charged_RunsAndBillsAgain()
    {
        var bench = new SandboxBench(RepeatedIdMode.Charge);
        Guid id = bench.Accept();
        Assert.Equal(200, bench.Send(SandboxBench.Task(id)).Status);
        bench.Clock.Advance(SandboxBench.Delay);
        Assert.Equal(2, bench.Engine.AcceptedCount(id));
        Assert.Equal(2 * 0.1848m, bench.Engine.TotalBilled);
        Assert.Equal(2, bench.Engine.Charges.Select(charge => charge.VideoId).Distinct().Count());
    }

    [Fact]
    public void Repeat_InOneArray_IsAConflict()
    {
        var bench = new SandboxBench();
        Guid id = Guid.NewGuid();
        SandboxReply reply = bench.Send(SandboxBench.Task(id), SandboxBench.Task(id));
        Assert.Equal(200, reply.Status);
        Assert.Equal(["conflictTaskUUID"], SandboxBench.Codes(reply));
        Assert.Equal(1, bench.Engine.AcceptedCount(id));
    }

    [Fact]
    public void Details_ReturnRequestAndResponse_WithoutTheImageBytes()
    {
        var bench = new SandboxBench();
        Guid id = bench.Accept(task => task["inputs"] = new JsonObject { ["frameImages"] = new JsonArray(new JsonObject { ["image"] = SandboxBench.Png, ["frame"] = 0 }) });
        bench.Clock.Advance(SandboxBench.Delay);
        JsonElement details = SandboxBench.Json(bench.Send(SandboxBench.Details(id))).GetProperty("data")[0];
        JsonElement request = details.GetProperty("request")[0];
        Assert.Equal("slow dolly in", request.GetProperty("positivePrompt").GetString());
        JsonElement frame = request.GetProperty("inputs").GetProperty("frameImages")[0];
        Assert.True(Guid.TryParse(frame.GetProperty("image").GetString(), out _));
        Assert.Equal(0, frame.GetProperty("frame").GetInt32());
        Assert.Equal("success", details.GetProperty("response").GetProperty("data")[0].GetProperty("status").GetString());
    }

    [Fact]
    public void Details_UnknownId_IsNotFound()
    {
        SandboxReply reply = new SandboxBench().Send(SandboxBench.Details(Guid.NewGuid()));
        Assert.Equal(404, reply.Status);
        Assert.Equal(["taskNotFound"], SandboxBench.Codes(reply));
    }

    [Fact]
    public void Balance_TooLow_RefusesTheTask_AndCountsWhatIsStillRunning()
    {
        var bench = new SandboxBench(balance: 0.2m);
        bench.Accept();
        SandboxReply reply = bench.Send(SandboxBench.Task(Guid.NewGuid()));
        Assert.Equal(402, reply.Status);
        Assert.Equal(["insufficientCredits"], SandboxBench.Codes(reply));
        Assert.Equal(1, bench.Engine.TaskCount);
    }

    [Fact]
    public void Account_ShowsBalanceMinusBilled()
    {
        var bench = new SandboxBench(balance: 10);
        bench.Accept();
        bench.Clock.Advance(SandboxBench.Delay);
        JsonElement account = SandboxBench.Json(bench.Send(Utility("accountManagement", ("operation", "getDetails")))).GetProperty("data")[0];
        Assert.Equal(10m - 0.1848m, account.GetProperty("balance").GetDecimal());
        Assert.Equal(0.1848m, account.GetProperty("usage").GetProperty("total").GetProperty("credits").GetDecimal());
    }

    [Fact]
    public void Ping_Pongs() =>
        Assert.True(SandboxBench.Json(new SandboxBench().Send(new JsonObject { ["taskType"] = "ping" })).GetProperty("data")[0].GetProperty("pong").GetBoolean());

    [Fact]
    public void Uploads_AreOnePerContent_AcrossBothKinds()
    {
        var bench = new SandboxBench();
        JsonElement first = Data(bench.Send(Utility("imageUpload", ("image", SandboxBench.Png))));
        JsonElement second = Data(bench.Send(Utility("mediaStorage", ("operation", "upload"), ("media", "data:image/png;base64," + SandboxBench.Png))));
        Assert.Equal(first.GetProperty("imageUUID").GetGuid(), second.GetProperty("mediaUUID").GetGuid());
        Assert.Equal(["invalidValueUploadFailed"], SandboxBench.Codes(bench.Send(Utility("imageUpload", ("image", "aGVsbG8=")))));
    }

    [Fact]
    public void DeletedMedia_CannotBeUsed()
    {
        var bench = new SandboxBench();
        string media = Data(bench.Send(Utility("imageUpload", ("image", SandboxBench.Png)))).GetProperty("imageUUID").GetString()!;
        bench.Accept(task => task["inputs"] = new JsonObject { ["frameImages"] = new JsonArray(media) });
        Assert.Equal("delete", Data(bench.Send(Utility("mediaStorage", ("operation", "delete"), ("media", media)))).GetProperty("operation").GetString());
        JsonObject task = SandboxBench.Task(Guid.NewGuid());
        task["inputs"] = new JsonObject { ["frameImages"] = new JsonArray(media) };
        Assert.Equal(["invalidValueUploadFailed"], SandboxBench.Codes(bench.Send(task)));
        Assert.Equal(["mediaNotFound"], SandboxBench.Codes(bench.Send(Utility("mediaStorage", ("operation", "delete"), ("media", media)))));
    }

    [Fact]
    public void Log_TellsWhatHappened_WithoutSecrets_AndIsBounded()
    {
        var bench = new SandboxBench();
        Guid id = bench.Accept(task => task["webhookURL"] = "https://example.org/hook?token=hush");
        bench.Get($"/video/{Guid.NewGuid()}.mp4?signature=hush");
        bench.Clock.Advance(SandboxBench.Delay);
        SandboxLogEntry[] log = [.. bench.Engine.Log];
        Assert.Equal(3, log.Length);
        Assert.Equal(["videoInference"], log[0].TaskTypes);
        Assert.Equal([id], log[0].TaskIds);
        Assert.Equal((200, "1 accepted, 0 errors"), (log[0].Status, log[0].Summary));
        Assert.Equal(404, log[1].Status);
        Assert.StartsWith("not sent", log[2].Summary, StringComparison.Ordinal);
        string text = JsonSerializer.Serialize(log);
        Assert.All(["hush", SandboxBench.Key, SandboxBench.Png[..20], "dolly"], secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));

        for (int index = 0; index < 1100; index++)
        {
            bench.Send(new JsonObject { ["taskType"] = "ping" });
        }

        Assert.Equal(1000, bench.Engine.Log.Count);
    }

    [Fact]
    public void Ledger_InRefuseMode_NeverBillsAnIdTwice()
    {
        for (int seed = 0; seed < TestDepth.Of(60); seed++)
        {
            CheckLedger(seed, RepeatedIdMode.Refuse);
            CheckLedger(seed, RepeatedIdMode.Charge);
        }
    }

    private static void CheckLedger(int seed, RepeatedIdMode mode)
    {
        var random = new Random(seed);
        var bench = new SandboxBench(mode);
        Guid[] ids = [.. Enumerable.Range(0, 6).Select(_ => Guid.NewGuid())];
        SandboxFaultKind[] kinds = Enum.GetValues<SandboxFaultKind>();
        var results = new Dictionary<Guid, int>();
        decimal before = 0;
        for (int step = 0; step < 80; step++)
        {
            Guid id = ids[random.Next(ids.Length)];
            switch (random.Next(5))
            {
                case 0:
                    bench.Engine.AddFault(new SandboxFault(kinds[random.Next(kinds.Length)]));
                    break;
                case 1:
                    bench.Clock.Advance(SandboxBench.Delay * random.NextDouble());
                    break;
                case 2:
                    bench.Send(SandboxBench.Look(id), SandboxBench.Look(ids[0]), SandboxBench.Details(id));
                    break;
                default:
                    JsonObject task = SandboxBench.Task(id);
                    if (!results.TryGetValue(id, out int count))
                    {
                        results[id] = count = random.Next(1, 5);
                    }

                    task["numberResults"] = count;
                    bench.Send(task);
                    break;
            }

            Assert.True(bench.Engine.TotalBilled >= before, "the ledger only grows");
            before = bench.Engine.TotalBilled;
        }

        bench.Clock.Advance(3 * SandboxBench.Delay);
        IReadOnlyList<SandboxCharge> charges = bench.Engine.Charges;
        Assert.Equal(charges.Sum(charge => charge.Amount), bench.Engine.TotalBilled);
        Assert.Equal(charges.Count, charges.Select(charge => charge.VideoId).Distinct().Count());
        Assert.Equal(ids.Sum(bench.Engine.AcceptedCount), bench.Engine.TaskCount);
        foreach (Guid id in ids)
        {
            int runs = bench.Engine.AcceptedCount(id);
            Assert.InRange(charges.Count(charge => charge.TaskId == id), 0, runs * results.GetValueOrDefault(id));
            Assert.True(mode == RepeatedIdMode.Charge || runs <= 1, "a repeat is refused");
        }
    }

    private static string[] States(JsonElement[] items) => [.. items.Select(item => item.GetProperty("status").GetString()!)];

    private static JsonElement Data(SandboxReply reply) => SandboxBench.Json(reply).GetProperty("data")[0];

    private static JsonObject Utility(string type, params (string Name, string Value)[] fields)
    {
        var task = new JsonObject { ["taskType"] = type, ["taskUUID"] = Guid.NewGuid().ToString() };
        foreach ((string name, string value) in fields)
        {
            task[name] = value;
        }

        return task;
    }
}

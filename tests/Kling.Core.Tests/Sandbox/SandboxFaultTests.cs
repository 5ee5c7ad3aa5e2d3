using System.Text;
using System.Text.Json;
using Kling.Sandbox;
using Kling.Sandbox.Replies;

namespace Kling.Core.Tests.Sandbox;

public class SandboxFaultTests
{
    public static TheoryData<string, SandboxFaultKind, SandboxFaultTarget, int, double?> Texts => new()
    {
        { "LostAckAfterAccept:Submit:2", SandboxFaultKind.LostAckAfterAccept, SandboxFaultTarget.Submit, 2, null },
        { "stall", SandboxFaultKind.Stall, SandboxFaultTarget.Default, 1, null },
        { "Reset:SubmitAccepted", SandboxFaultKind.Reset, SandboxFaultTarget.SubmitAccepted, 1, null },
        { "TooMany429RetryAfterBody:Poll:-1:2.5", SandboxFaultKind.TooMany429RetryAfterBody, SandboxFaultTarget.Poll, -1, 2.5 },
        { "TooMany429RetryAfterHeader:::3", SandboxFaultKind.TooMany429RetryAfterHeader, SandboxFaultTarget.Default, 1, 3 },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Parse_ReadsText_AndToStringWritesIt(string text, SandboxFaultKind kind, SandboxFaultTarget target, int times, double? seconds)
    {
        var fault = SandboxFault.Parse(text);
        Assert.Equal((kind, target, times, seconds), (fault.Kind, fault.Target, fault.Times, fault.RetryAfterSeconds));
        Assert.Equal(fault.ToString(), SandboxFault.Parse(fault.ToString()).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("Nope")]
    [InlineData("3")]
    [InlineData("Reset,Stall")]
    [InlineData("Reset:Nowhere")]
    [InlineData("Reset:Any:0")]
    [InlineData("Reset:Any:x")]
    [InlineData("Reset:Any:1:-1")]
    [InlineData("Reset:Any:1:1:1")]
    [InlineData("TruncatedDownload:Submit")]
    [InlineData("LostAckAfterAccept:Any")]
    public void Parse_RefusesWhatMakesNoSense(string text) => Assert.Throws<FormatException>(() => SandboxFault.Parse(text));

    [Fact]
    public void EveryKind_CanBeScriptedWithItsDefaultTarget() =>
        Assert.All(Enum.GetValues<SandboxFaultKind>(), kind => Assert.Equal(kind, SandboxFault.Parse(kind.ToString()).Kind));

    [Theory]
    [InlineData("LostAckBeforeAccept", 0, SandboxBodyTail.Truncate, 0)]
    [InlineData("LostAckAfterAccept", 0, SandboxBodyTail.Truncate, 1)]
    [InlineData("Conflict409", 409, SandboxBodyTail.Complete, 0)]
    [InlineData("Conflict400", 400, SandboxBodyTail.Complete, 0)]
    [InlineData("Conflict400:SubmitAccepted", 400, SandboxBodyTail.Complete, 1)]
    [InlineData("Unauthorized401", 401, SandboxBodyTail.Complete, 0)]
    [InlineData("NoCredit402", 402, SandboxBodyTail.Complete, 0)]
    [InlineData("TooMany429", 429, SandboxBodyTail.Complete, 0)]
    [InlineData("Server500Envelope", 500, SandboxBodyTail.Complete, 0)]
    [InlineData("Server503Html", 503, SandboxBodyTail.Complete, 0)]
    [InlineData("Server503Html:SubmitAccepted", 503, SandboxBodyTail.Complete, 1)]
    [InlineData("Server500Empty", 500, SandboxBodyTail.Complete, 0)]
    [InlineData("Reset", 0, SandboxBodyTail.Reset, 0)]
    [InlineData("Reset:SubmitAccepted", 0, SandboxBodyTail.Reset, 1)]
    [InlineData("Stall", 0, SandboxBodyTail.Stall, 0)]
    [InlineData("UnreadableReply", 200, SandboxBodyTail.Complete, 0)]
    public void SubmitFault_StrikesOnce_AndAcceptsOrNot(string fault, int status, SandboxBodyTail tail, int accepted)
    {
        var bench = new SandboxBench(faults: SandboxFault.Parse(fault));
        Guid id = Guid.NewGuid();
        SandboxReply reply = bench.Send(SandboxBench.Task(id));
        Assert.Equal((status, tail, accepted), (reply.Status, reply.BodyTail, bench.Engine.AcceptedCount(id)));
        Assert.Equal(SandboxFault.Parse(fault).Kind.ToString(), bench.Engine.Log[0].Fault);

        SandboxReply again = bench.Send(SandboxBench.Task(id));
        Assert.Equal(accepted == 0 ? 200 : 400, again.Status);
        Assert.Equal(1, bench.Engine.AcceptedCount(id));
        Assert.Null(bench.Engine.Log[1].Fault);
    }

    [Fact]
    public void TooMany_AnnouncesWhenToComeBack_InEachForm()
    {
        var bench = new SandboxBench();
        SandboxReply Reply(string fault)
        {
            bench.Engine.AddFault(SandboxFault.Parse(fault));
            return bench.Send(SandboxBench.Look(Guid.NewGuid()));
        }

        Assert.False(Reply("TooMany429").Headers.ContainsKey("Retry-After"));
        Assert.Equal("7", Reply("TooMany429RetryAfterHeader:Poll:1:7").Headers["Retry-After"]);
        Assert.Equal("Wed, 02 Jan 2030 03:04:12 GMT", Reply("TooMany429RetryAfterDate:Poll:1:6.5").Headers["Retry-After"]);
        JsonElement error = SandboxBench.Errors(Reply("TooMany429RetryAfterBody:Poll:1:2.5"))[0];
        Assert.Equal(("serviceOverloaded", 2.5), (error.GetProperty("code").GetString(), error.GetProperty("retryAfter").GetDouble()));
    }

    [Fact]
    public void Faults_WaitForTheirTarget_AndForTheirTimes()
    {
        var bench = new SandboxBench(faults: [SandboxFault.Parse("Server500Empty:Poll:2"), SandboxFault.Parse("Server503Html:Details:-1")]);
        Guid id = bench.Accept();
        Assert.Equal([500, 500, 200], Enumerable.Range(0, 3).Select(_ => bench.Send(SandboxBench.Look(id)).Status));
        Assert.Equal([503, 503, 503], Enumerable.Range(0, 3).Select(_ => bench.Send(SandboxBench.Details(id)).Status));
        bench.Engine.ClearFaults();
        Assert.Equal(200, bench.Send(SandboxBench.Details(id)).Status);
    }

    [Fact]
    public void EmptyPoll_AnswersNothing()
    {
        var bench = new SandboxBench(faults: new SandboxFault(SandboxFaultKind.EmptyPoll));
        Guid id = bench.Accept();
        Assert.Empty(bench.Items(id));
        Assert.Single(bench.Items(id));
    }

    [Theory]
    [InlineData(SandboxFaultKind.FailureTopLevel)]
    [InlineData(SandboxFaultKind.Moderation)]
    public void Failure_TopLevel_IsAnErrorPerResult_AndNotBilled(SandboxFaultKind kind)
    {
        var bench = new SandboxBench(faults: new SandboxFault(kind));
        Guid id = bench.Accept(task => task["numberResults"] = 2);
        bench.Clock.Advance(2 * SandboxBench.Delay);
        SandboxReply reply = bench.Send(SandboxBench.Look(id));
        Assert.Equal(200, reply.Status);
        JsonElement[] errors = SandboxBench.Errors(reply);
        Assert.Equal(2, errors.Length);
        Assert.All(errors, error => Assert.Equal((id, "error"), (error.GetProperty("taskUUID").GetGuid(), error.GetProperty("status").GetString())));
        Assert.Equal(kind == SandboxFaultKind.Moderation ? "providerContentPolicyViolation" : "timeoutProvider", errors[0].GetProperty("code").GetString());
        Assert.Equal(0m, bench.Engine.TotalBilled);
    }

    [Theory]
    [InlineData(SandboxFaultKind.FailureNested, "error", JsonValueKind.Object)]
    [InlineData(SandboxFaultKind.FailureFlat, "code", JsonValueKind.String)]
    [InlineData(SandboxFaultKind.FailureText, "error", JsonValueKind.String)]
    public void Failure_InData_HasItsShape(SandboxFaultKind kind, string property, JsonValueKind shape)
    {
        var bench = new SandboxBench(faults: new SandboxFault(kind));
        Guid id = bench.Accept();
        bench.Clock.Advance(SandboxBench.Delay);
        JsonElement item = Assert.Single(bench.Items(id));
        Assert.Equal("error", item.GetProperty("status").GetString());
        Assert.Equal(shape, item.GetProperty(property).ValueKind);
        Assert.Equal(0m, bench.Engine.TotalBilled);
    }

    [Fact]
    public void PartialResult_FailsOne_AndBillsTheOthers()
    {
        var bench = new SandboxBench(faults: new SandboxFault(SandboxFaultKind.PartialResult));
        Guid id = bench.Accept(task => task["numberResults"] = 4);
        bench.Clock.Advance(2 * SandboxBench.Delay);
        Assert.Equal(["success", "success", "success", "error"], bench.Items(id).Select(item => item.GetProperty("status").GetString()));
        Assert.Equal(3 * 0.1848m, bench.Engine.TotalBilled);
    }

    [Fact]
    public void NeverEnding_NeverEnds()
    {
        var bench = new SandboxBench(faults: new SandboxFault(SandboxFaultKind.NeverEnding));
        Guid id = bench.Accept();
        bench.Clock.Advance(TimeSpan.FromDays(1000));
        Assert.Equal("processing", bench.Items(id)[0].GetProperty("status").GetString());
        Assert.Equal(0m, bench.Engine.TotalBilled);
    }

    [Fact]
    public void ChunkRefused_WaitsForALookAtSeveral()
    {
        var bench = new SandboxBench(faults: new SandboxFault(SandboxFaultKind.ChunkRefused));
        Guid id = bench.Accept();
        Assert.Equal(200, bench.Send(SandboxBench.Look(id)).Status);
        SandboxReply reply = bench.Send(SandboxBench.Look(id), SandboxBench.Look(Guid.NewGuid()));
        Assert.Equal(400, reply.Status);
        Assert.False(SandboxBench.Json(reply).TryGetProperty("data", out _));
    }

    [Fact]
    public void OmitIds_LeavesEverySecondOut()
    {
        var bench = new SandboxBench(faults: new SandboxFault(SandboxFaultKind.OmitIds));
        Guid[] ids = [bench.Accept(), bench.Accept(), bench.Accept()];
        JsonElement data = SandboxBench.Json(bench.Send([.. ids.Select(SandboxBench.Look)])).GetProperty("data");
        Assert.Equal([ids[0], ids[2]], data.EnumerateArray().Select(item => item.GetProperty("taskUUID").GetGuid()));
    }

    [Fact]
    public void LaggingLook_DoesNotKnowAnAcceptedId_ForAWhile()
    {
        var bench = new SandboxBench(unknown: UnknownIdMode.TaskNotFound, faults: new SandboxFault(SandboxFaultKind.LaggingLook, times: 2));
        bench.Send(SandboxBench.Look(Guid.NewGuid()));
        Guid id = bench.Accept();
        Assert.Equal(["taskNotFound"], SandboxBench.Codes(bench.Send(SandboxBench.Look(id))));
        Assert.Equal(["taskNotFound"], SandboxBench.Codes(bench.Send(SandboxBench.Details(id))));
        Assert.Equal(200, bench.Send(SandboxBench.Look(id)).Status);
    }

    [Theory]
    [InlineData("TruncatedDownload", 200, SandboxBodyTail.Truncate)]
    [InlineData("Reset:Download", 200, SandboxBodyTail.Reset)]
    [InlineData("Stall:Download", 200, SandboxBodyTail.Stall)]
    [InlineData("ExpiredDownload", 404, SandboxBodyTail.Complete)]
    [InlineData("Server503Html:Download", 503, SandboxBodyTail.Complete)]
    public void DownloadFault_StrikesOnce(string fault, int status, SandboxBodyTail tail)
    {
        var bench = new SandboxBench();
        Guid id = bench.Accept();
        bench.Clock.Advance(SandboxBench.Delay);
        string path = bench.VideoPath(id);
        SandboxReply whole = bench.Get(path);
        bench.Engine.AddFault(SandboxFault.Parse(fault));
        SandboxReply reply = bench.Get(path);
        Assert.Equal((status, tail), (reply.Status, reply.BodyTail));
        if (status == 200)
        {
            Assert.Equal(whole.Headers["Content-Length"], reply.Headers["Content-Length"]);
        }

        Assert.Equal(whole.Body, bench.Get(path).Body);
    }

    [Fact]
    public void WrongContent_LooksLikeAVideoOnlyFromOutside()
    {
        var bench = new SandboxBench();
        Guid id = bench.Accept();
        bench.Clock.Advance(SandboxBench.Delay);
        string path = bench.VideoPath(id);
        bench.Engine.AddFault(new SandboxFault(SandboxFaultKind.WrongContentDownload));
        SandboxReply reply = bench.Get(path);
        Assert.Equal((200, "video/mp4"), (reply.Status, reply.Headers["Content-Type"]));
        Assert.StartsWith("<!DOCTYPE html>", Encoding.UTF8.GetString(reply.Body), StringComparison.Ordinal);
    }

    [Fact]
    public void Ttl_EndsTheAddress()
    {
        var bench = new SandboxBench();
        Guid id = bench.Accept(task => task["ttl"] = 60);
        bench.Clock.Advance(SandboxBench.Delay);
        string path = bench.VideoPath(id);
        bench.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(200, bench.Get(path).Status);
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(404, bench.Get(path).Status);
    }
}

using System.Management.Automation;
using Kling.Hosting;
using Kling.Hosting.Service;

namespace Kling.Module.Tests.Batch;

/// <summary>A service that sends videos inside of its replies: saved all the same, also by another session, and never in the journal.</summary>
[Collection(EngineCollection.Name)]
public sealed class InlineVideoTests : IDisposable
{
    private readonly ServiceBench _bench = new();

    public InlineVideoTests(ModuleUnderTest module)
    {
        Assert.NotNull(module);
        _bench.Service.Finished = true;
        _bench.Service.VideoMembers = id => $"\"videoUUID\":\"{id}\",\"cost\":0.1848,\"videoBase64Data\":\"{Convert.ToBase64String(_bench.Service.Video)}\"";
    }

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void New_saves_the_video()
    {
        EngineResult result = _bench.Run($"New-KlingVideo '{_bench.Images[0]}' -OutDirectory '{_bench.Clips}' -Debug 5>&1").Check();
        AssertSaved();
        Assert.DoesNotContain(result.Output, item => item.ToString().Length > 10_000);
        PSObject task = _bench.OnlyTask();
        Assert.Equal(("Succeeded", "Billed"), (ServiceBench.Text(task, "Status"), ServiceBench.Text(task, "BillingState")));
        Assert.Equal(_bench.Files[0], ServiceBench.Text(task, "File"));
        AssertJournalIsSmall();
    }

    [Theory]
    [InlineData("Save-KlingVideo -TaskId {0} -OutDirectory '{1}'")]
    [InlineData("Wait-KlingTask -TaskId {0} | Save-KlingVideo -OutDirectory '{1}'")]
    [InlineData("Get-KlingTask -Last 1 | Save-KlingVideo -OutDirectory '{1}'")]
    public void Another_session_asks_for_it_again(string script)
    {
        Guid id = ServiceBench.Id(Assert.Single(_bench.Run($"New-KlingVideo '{_bench.Images[0]}' -Wait").Check().Output));
        _bench.Connect();
        _bench.Run(string.Format(script, id, _bench.Clips)).Check();
        AssertSaved();
        AssertJournalIsSmall();
        Assert.Equal(1, _bench.Service.Count(CallKind.Submit));
    }

    private void AssertSaved()
    {
        Assert.Equal(_bench.Service.Video, File.ReadAllBytes(Assert.Single(_bench.Files)));
        Assert.Empty(_bench.Parts);
        Assert.Equal(0, _bench.Service.Count(CallKind.Download));
    }

    private void AssertJournalIsSmall() =>
        Assert.InRange(Directory.GetFiles(_bench.Home, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length), 100, 10_000);
}

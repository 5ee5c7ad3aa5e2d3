using System.Management.Automation;
using Kling.Hosting;
using Kling.Hosting.Service;

namespace Kling.Faults.Tests.Stopping;

/// <summary>A deadline ends the waiting, not the task: it stays open, and the error says how to wait again.</summary>
[Collection(EngineCollection.Name)]
public sealed class DeadlineTests : IDisposable
{
    private readonly ServiceBench _bench = new();

    public DeadlineTests(ModuleUnderTest module) => Assert.NotNull(module);

    private ScriptedService Service => _bench.Service;

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void New_past_its_deadline_writes_the_open_task_and_the_command()
    {
        EngineResult result = _bench.Run($"New-KlingVideo '{_bench.Images[0]}' -Wait -OutDirectory '{_bench.Clips}' -Timeout 0");
        Guid id = ServiceBench.Id(Assert.Single(result.Output));
        Assert.Equal(id, ServiceBench.Id(_bench.OnlyTask()));
        AssertOpen(result, id, "NewKlingVideoCommand");
        Finish(id);
    }

    [Theory]
    [InlineData("Wait-KlingTask -TaskId {0} -Timeout 0", "WaitKlingTaskCommand")]
    [InlineData("Get-KlingTask {0} | Wait-KlingTask -Timeout 0", "WaitKlingTaskCommand")]
    [InlineData("Save-KlingVideo -TaskId {0} -OutDirectory clips -Timeout 0", "SaveKlingVideoCommand")]
    public void Waiting_past_its_deadline_leaves_the_task_open(string script, string command)
    {
        Guid id = ServiceBench.Id(Assert.Single(_bench.Run($"New-KlingVideo '{_bench.Images[0]}'").Check().Output));
        EngineResult result = _bench.Run(string.Format(script, id));
        Assert.Empty(result.Output);
        AssertOpen(result, id, command);
        Finish(id);
    }

    [Fact]
    public void Deadline_passes_while_a_look_hangs()
    {
        Guid id = ServiceBench.Id(Assert.Single(_bench.Run($"New-KlingVideo '{_bench.Images[0]}'").Check().Output));
        CallHold hold = Service.Hold(CallPoint.Poll);
        AssertOpen(_bench.Run($"Wait-KlingTask {id} -Timeout 0"), id, "WaitKlingTaskCommand");
        hold.WaitUntilClientIsGone();
        Finish(id);
    }

    private void AssertOpen(EngineResult result, Guid id, string command)
    {
        Assert.Null(result.Failure);
        ErrorRecord error = Assert.Single(result.Errors);
        Assert.Equal($"WaitTimeout,Kling.Cmdlets.{command}", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.OperationTimeout, error.CategoryInfo.Category);
        Assert.Equal($"Wait-KlingTask -TaskId {id}", error.ErrorDetails.RecommendedAction);
        PollLoop.WaitForEnd();
        PSObject task = _bench.OnlyTask();
        Assert.Equal(("Processing", "Accepted"), (ServiceBench.Text(task, "Status"), ServiceBench.Text(task, "BillingState")));
    }

    private void Finish(Guid id)
    {
        Service.Finished = true;
        _bench.Connect();
        _bench.Run($"Wait-KlingTask {id} | Save-KlingVideo -OutDirectory '{_bench.Clips}'").Check();
        Assert.Equal(Service.Video, File.ReadAllBytes(Assert.Single(_bench.Files)));
        Assert.Equal((1, 1), (Service.AcceptedCount(id), Service.Count(CallKind.Submit)));
    }
}

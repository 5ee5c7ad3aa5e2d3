using System.Management.Automation;
using Kling.Hosting;
using Kling.Hosting.Service;

namespace Kling.Faults.Tests.Stopping;

/// <summary>
/// A consumer that has enough, throws or breaks ends the cmdlet out of its own WriteObject, and StopProcessing is not called.
/// Always two tasks: the first is written, and what reads it ends the pipeline while the second is at a known point.
/// </summary>
[Collection(EngineCollection.Name)]
public sealed class DownstreamTests : IDisposable
{
    private readonly ServiceBench _bench = new();

    public DownstreamTests(ModuleUnderTest module) => Assert.NotNull(module);

    /// <summary>The ways a consumer ends a pipeline.</summary>
    public static TheoryData<string> Ends => [.. s_ends.Keys];

    /// <summary>Each way with each point of the second task.</summary>
    public static TheoryData<string, string> EndsAndPoints
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string end in s_ends.Keys)
            {
                foreach (CallPoint point in new[] { CallPoint.SubmitUnaccepted, CallPoint.SubmitAccepted, CallPoint.Poll, CallPoint.HalfDownload })
                {
                    data.Add(end, point.ToString());
                }
            }

            return data;
        }
    }

    // {0} is the pipeline up to its end. Each writes 'after' where the script goes on, as it does in PowerShell.
    private static readonly Dictionary<string, string> s_ends = new()
    {
        ["Select-Object -First 1"] = "$null = {0} | Select-Object -First 1; 'after'",
        ["throw"] = "try {{ {0} | ForEach-Object {{ throw 'enough' }} }} catch {{ \"$_\" -eq 'enough' ? 'after' : \"$_\" }}",
        ["break"] = "foreach ($once in 1) {{ {0} | ForEach-Object {{ break }} }}; 'after'",
    };

    private ScriptedService Service => _bench.Service;

    public void Dispose() => _bench.Dispose();

    [Theory]
    [MemberData(nameof(Ends))]
    public void New_ended_before_the_second_POST_never_sends_it(string end)
    {
        Service.Finished = true;
        AssertAfter(_bench.Run(Script(end, $"'{_bench.Images[0]}', '{_bench.Images[1]}' | New-KlingVideo -Wait -OutDirectory '{_bench.Clips}' -ThrottleLimit 1")));
        Assert.Equal("Succeeded", ServiceBench.Text(_bench.OnlyTask(), "Status"));
        Assert.Equal(1, Service.Count(CallKind.Submit));
        Assert.Single(_bench.Files);
    }

    [Theory]
    [MemberData(nameof(EndsAndPoints))]
    public void New_ended_at_a_point_of_the_second_task_loses_nothing(string end, string pointName)
    {
        CallPoint point = Enum.Parse<CallPoint>(pointName);
        Service.Finished = true;
        CallHold first = Service.Hold(CallPoint.HalfDownload);
        using var gate = new ManualResetEventSlim();
        using RunningScript running = Start(Script(end,
            $"& {{ '{_bench.Images[0]}'; $Gate.Wait(); '{_bench.Images[1]}' }} | New-KlingVideo -Wait -OutDirectory '{_bench.Clips}' -ThrottleLimit 2"), gate);
        first.WaitUntilReached();
        CallHold second = Service.Hold(point);
        gate.Set();
        second.WaitUntilReached();
        if (point == CallPoint.HalfDownload)
        {
            HalfArrived(2);
        }

        AssertEnds(running, first.Release, second);
        Assert.Single(_bench.Files);
        PSObject[] tasks = [.. _bench.Journal()];
        Assert.Equal(2, tasks.Length);
        Assert.Equal(("Succeeded", "Billed"), States(tasks[0]));
        Assert.Equal(point switch
        {
            CallPoint.Poll => ("Processing", "Accepted"),
            CallPoint.HalfDownload => ("Succeeded", "Billed"),
            _ => ("Unknown", "Unknown"),
        }, States(tasks[1]));
        FinishSecond(ServiceBench.Id(tasks[1]), wasAccepted: point != CallPoint.SubmitUnaccepted);
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public void Wait_ended_while_the_second_is_polled_leaves_it_open(string end)
    {
        (Guid ended, Guid open) = EndedAndOpen();
        CallHold second = Service.Hold(CallPoint.Poll);
        using var gate = new ManualResetEventSlim();
        using RunningScript running = Start(Script(end, $"& {{ Get-KlingTask {open} -Local; $Gate.Wait(); Get-KlingTask {ended} -Local }} | Wait-KlingTask"), gate);
        second.WaitUntilReached();
        AssertEnds(running, gate.Set, second);
        Assert.Equal(("Processing", "Accepted"), States(_bench.Journal().Single(task => ServiceBench.Id(task) == open)));
        FinishSecond(open, wasAccepted: true);
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public void Save_ended_while_the_second_is_polled_leaves_it_open(string end)
    {
        (Guid ended, Guid open) = EndedAndOpen();
        CallHold second = Service.Hold(CallPoint.Poll);
        using var gate = new ManualResetEventSlim();
        using RunningScript running = Start(Script(end,
            $"& {{ Get-KlingTask {open} -Local; $Gate.Wait(); Get-KlingTask {ended} -Local }} | Save-KlingVideo -OutDirectory '{_bench.Clips}'"), gate);
        second.WaitUntilReached();
        AssertEnds(running, gate.Set, second);
        Assert.Single(_bench.Files);
        Assert.Equal(("Processing", "Accepted"), States(_bench.Journal().Single(task => ServiceBench.Id(task) == open)));
        FinishSecond(open, wasAccepted: true);
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public void Save_ended_while_the_second_is_downloaded_keeps_what_arrived(string end)
    {
        (Guid first, Guid second) = EndedAndOpen();
        Service.Finished = true;
        CallHold hold = Service.Hold(CallPoint.HalfDownload, second);
        using var gate = new ManualResetEventSlim();
        using RunningScript running = Start(Script(end,
            $"& {{ Get-KlingTask {second} -Local; $Gate.Wait(); Get-KlingTask {first} -Local }} | Save-KlingVideo -OutDirectory '{_bench.Clips}'"), gate);
        hold.WaitUntilReached();
        HalfArrived(1);
        AssertEnds(running, gate.Set, hold);
        Assert.Equal(Service.Video.Length / 2, new FileInfo(Assert.Single(_bench.Parts)).Length);
        FinishSecond(second, wasAccepted: true);
        Assert.Equal(Service.Video.Length / 2, Service.Calls.Last(call => call.Kind == CallKind.Download).Start);
    }

    private static string Script(string end, string pipeline) => string.Format(s_ends[end], pipeline);

    private static (string Status, string Billing) States(PSObject task) => (ServiceBench.Text(task, "Status"), ServiceBench.Text(task, "BillingState"));

    private static void AssertAfter(EngineResult result)
    {
        Assert.Null(result.Failure);
        Assert.Empty(result.Errors);
        Assert.Equal(["after"], result.OutputOf<string>());
    }

    private RunningScript Start(string script, ManualResetEventSlim gate) =>
        _bench.Engine.Start("param($Gate) " + script, null, new Dictionary<string, object> { ["Gate"] = gate });

    /// <summary>Lets the first task be written, and looks whether all of the second has ended with the pipeline.</summary>
    private void AssertEnds(RunningScript running, Action letFirstGo, CallHold second)
    {
        letFirstGo();
        AssertAfter(Guard.Returns(running.Wait, "the ended pipeline did not return"));
        int calls = Service.Calls.Count;
        second.WaitUntilClientIsGone();
        PollLoop.WaitForEnd();
        Assert.Equal(calls, Service.Calls.Count);
    }

    private void HalfArrived(int parts) => Guard.Until(
        () => _bench.Parts.Length == parts && _bench.Parts.All(part => new FileInfo(part).Length == Service.Video.Length / 2), "the first half did not arrive");

    private (Guid Ended, Guid Open) EndedAndOpen()
    {
        Guid[] ids = [.. _bench.Run($"'{_bench.Images[0]}', '{_bench.Images[1]}' | New-KlingVideo").Check().Output.Select(ServiceBench.Id)];
        Service.Finished = true;
        _bench.Run($"$null = Wait-KlingTask {ids[0]}").Check();
        Service.Finished = false;
        return (ids[0], ids[1]);
    }

    /// <summary>A new session finishes the second task, and sends it again only when told to and only where it never arrived.</summary>
    private void FinishSecond(Guid id, bool wasAccepted)
    {
        Service.Finished = true;
        _bench.Connect();
        int submits = Service.Count(CallKind.Submit);
        if (!wasAccepted)
        {
            Assert.Equal("Unknown", ServiceBench.Text(Assert.Single(_bench.Run($"Get-KlingTask {id}").Check().Output), "BillingState"));
            Assert.Equal(0, Service.AcceptedCount(id));
            _bench.Run($"$null = New-KlingVideo '{_bench.Images[1]}' -TaskId {id}").Check();
            submits++;
        }

        _bench.Run($"Get-KlingTask {id} | Wait-KlingTask | Save-KlingVideo -OutDirectory '{_bench.Clips}'").Check();
        Assert.Contains(_bench.Files, file => file.Contains(id.ToString("N")[..8], StringComparison.Ordinal) && File.ReadAllBytes(file).SequenceEqual(Service.Video));
        Assert.Empty(_bench.Parts);
        Assert.All(Service.AcceptedIds, accepted => Assert.Equal(1, Service.AcceptedCount(accepted)));
        Assert.Equal((2, submits), (Service.AcceptedIds.Count, Service.Count(CallKind.Submit)));
    }
}

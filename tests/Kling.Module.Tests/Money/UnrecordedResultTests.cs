using System.Management.Automation;
using Kling.Hosting;
using Kling.Hosting.Service;

namespace Kling.Module.Tests.Money;

/// <summary>The journal becomes unwritable after a task was bought: its result is written all the same, and so is that the history lacks it.</summary>
[Collection(EngineCollection.Name)]
public sealed class UnrecordedResultTests : IDisposable
{
    private readonly ServiceBench _bench = new();

    public UnrecordedResultTests(ModuleUnderTest module) => Assert.NotNull(module);

    public void Dispose()
    {
        File.Delete(_bench.Home);
        _bench.Dispose();
    }

    [Fact]
    public void Wait_gives_the_result_and_says_that_it_is_not_recorded()
    {
        _bench.Run($"$task = New-KlingVideo '{_bench.Images[0]}'").Check();
        LoseJournal();
        _bench.Service.Finished = true;

        AssertTold(_bench.Run("$task | Wait-KlingTask"));
    }

    [Fact]
    public void New_gives_the_result_and_says_that_it_is_not_recorded()
    {
        CallHold look = _bench.Service.Hold(CallPoint.Poll);
        using RunningScript running = _bench.Engine.Start($"New-KlingVideo '{_bench.Images[0]}' -Wait");
        look.WaitUntilReached();
        LoseJournal();
        _bench.Service.Finished = true;
        look.Release();

        AssertTold(Guard.Returns(running.Wait, "the cmdlet did not return"));
    }

    private static void AssertTold(EngineResult result)
    {
        Assert.Null(result.Failure);
        PSObject task = Assert.Single(result.Output);
        Assert.Equal(("Succeeded", "Billed"), (ServiceBench.Text(task, "Status"), ServiceBench.Text(task, "BillingState")));
        ErrorRecord told = Assert.Single(result.Errors);
        Assert.StartsWith("JournalUnusable,", told.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("history", told.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A file where the folder was: no write succeeds any more, and none has to be waited for.</summary>
    private void LoseJournal()
    {
        Directory.Delete(_bench.Home, recursive: true);
        File.WriteAllText(_bench.Home, "");
    }
}

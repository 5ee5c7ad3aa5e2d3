using Kling.Hosting;
using Kling.Hosting.Service;

namespace Kling.Module.Tests.Habits;

/// <summary>
/// Several runspaces of one process, as ThreadJobs and ForEach-Object -Parallel have them: connection, sandbox, poll loop and
/// journal are the process's, output is each one's own. (Those two are not in the bare engine; its runspaces are what they use.)
/// </summary>
[Collection(EngineCollection.Name)]
public sealed class RunspaceTests : IDisposable
{
    private const int Runspaces = 4;
    private const int Items = 5;
    private readonly ExampleBench _bench = new(withSandbox: true);

    public RunspaceTests(ModuleUnderTest module) => Assert.NotNull(module);

    private string Location => _bench.Engine.Run("(Get-Location).ProviderPath").OutputOf<string>().Single();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void All_buy_at_once_each_gets_its_own_and_the_journal_has_all()
    {
        using var engines = new EngineGroup(Runspaces, Location);
        RunningScript[] running = [.. engines.All.Select((engine, number) => engine.Start(
            $"1..{Items} | ForEach-Object {{ 'lighthouse.jpg' }} | New-KlingVideo -Prompt 'runspace {number}' -OutDirectory clips{number} -ThrottleLimit 2"))];
        EngineResult[] results = [.. running.Select(script => script.Wait().Check())];
        Array.ForEach(running, script => script.Dispose());
        Assert.All(results.Select((result, number) => (Result: result, Number: number)), one =>
        {
            Assert.Equal(Items, one.Result.Output.Count);
            Assert.All(one.Result.Output, task => Assert.Equal($"runspace {one.Number}", task.Properties["Prompt"].Value));
            Assert.All(one.Result.Output, task => Assert.Equal("Succeeded", task.Properties["Status"].Value.ToString()));
        });
        string[] ids = [.. results.SelectMany(result => result.Output).Select(task => task.Properties["TaskId"].Value.ToString()!)];
        Assert.Equal(Runspaces * Items, ids.Distinct().Count());
        Assert.Empty(ids.Except(Texts("(Get-KlingTask -Local).TaskId | ForEach-Object { \"$_\" }")));

        // One charge more: the task that the bench itself finished.
        Assert.Equal([$"{(Runspaces * Items) + 1}"], Texts("\"$((Get-KlingSandbox).Charges.Count)\""));
        Assert.Equal(Runspaces * Items, Directory.GetFiles(Location, "*.mp4", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public void Connection_is_the_process_s()
    {
        using var engines = new EngineGroup(2, Location);
        Assert.All(engines.All, engine => Assert.Equal(["True"], engine.Run("\"$((Get-KlingConnection).IsConnected)\"").Check().OutputOf<string>()));
        engines.All[0].Run("Disconnect-Kling").Check();
        Assert.Equal(["False"], engines.All[1].Run("\"$((Get-KlingConnection).IsConnected)\"").Check().OutputOf<string>());
    }

    [Fact]
    public void Stop_of_one_leaves_the_others_waiting_and_done()
    {
        using var engines = new EngineGroup(2, Location);
        _bench.Engine.Run("Stop-KlingSandbox; $null = Start-KlingSandbox -GenerationSeconds 0 -Fault NeverEnding; $null = Connect-Kling -Sandbox").Check();
        using RunningScript endless = engines.All[0].Start("New-KlingVideo -Image lighthouse.jpg -Prompt endless -Wait -Verbose");
        Reached(() => _bench.Engine.Run("@(Get-KlingTask -Local | Where-Object Prompt -eq endless | Where-Object Status -eq Processing).Count").OutputOf<int>().Single() == 1);
        using RunningScript other = engines.All[1].Start("New-KlingVideo -Image lighthouse.jpg -Prompt other -Wait");
        Assert.True(endless.Stop().Stopped);
        Assert.Equal("Succeeded", Assert.Single(other.Wait().Check().Output).Properties["Status"].Value.ToString());
    }

    [Fact]
    public void Module_that_is_removed_in_one_stays_connected_for_the_others()
    {
        using (var engines = new EngineGroup(2, Location))
        {
            engines.All[0].Run("Remove-Module Kling").Check();
            Assert.Equal(["True"], engines.All[1].Run("\"$((Get-KlingConnection).IsConnected)\"").Check().OutputOf<string>());
            engines.All[1].ImportModule(RepositoryPaths.ModuleManifest);
            Assert.Equal(["True"], Texts("\"$((Get-KlingSandbox).IsRunning)\""));
        }

        // The others are closed, and the last one leaves.
        _bench.Engine.Run("$address = [uri] (Get-KlingSandbox).Endpoint").Check();
        _bench.Engine.Run("Remove-Module Kling").Check();
        Assert.Equal(["refused"], Texts("$client = [Net.Sockets.TcpClient]::new(); try { $client.Connect($address.Host, $address.Port); 'open' } catch { 'refused' } finally { $client.Dispose() }"));
        _bench.Engine.ImportModule(RepositoryPaths.ModuleManifest);
        Assert.Equal(["False False"], Texts("\"$((Get-KlingConnection).IsConnected) $((Get-KlingSandbox).IsRunning)\""));
    }

    private string[] Texts(string script) => [.. _bench.Engine.Run(script).Check().OutputOf<string>()];

    private static void Reached(Func<bool> reached) => Guard.Until(reached, "the other runspace did not get that far");
}

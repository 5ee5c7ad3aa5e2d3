using System.Management.Automation;
using Kling.Hosting;
using Kling.Hosting.Service;

namespace Kling.Faults.Tests.Crashing;

/// <summary>Two processes run the same command with -Resume and one journal, from any moment on: together they buy each request once, and each delivers all.</summary>
[Collection(EngineCollection.Name)]
public sealed class SamePurchaseTests : IDisposable
{
    private const int Rows = 12;

    private readonly ServiceBench _bench = new();

    public SamePurchaseTests(ModuleUnderTest module) => Assert.NotNull(module);

    private ScriptedService Service => _bench.Service;

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Started_at_any_offset_they_buy_each_row_once_together_and_each_saves_all_of_them()
    {
        // The whole count is 20; every run tries a few.
        int offsets = Environment.GetEnvironmentVariable("KLING_TEST_DEPTH") == "1" ? 20 : 3;
        var random = new Random(offsets);
        Service.Finished = true;
        for (int i = 0; i < offsets; i++)
        {
            int before = Service.AcceptedIds.Count;
            int offset = offsets == 3 ? i * 5 : random.Next(Rows + 1);

            // The other process is ready, and waits at a gate until the first has sent so many.
            using var gate = new ScriptedService();
            CallHold closed = gate.Hold(CallPoint.Poll);
            (string oneFolder, string otherFolder) = (Folder($"one{i}"), Folder($"other{i}"));
            using var other = new CrashChild(
                $"$null = Connect-Kling -Endpoint '{gate.Endpoint}' -ApiKey ([Net.NetworkCredential]::new('', 'a-key-for-the-tests').SecurePassword); $null = Get-KlingTask -TaskId {Guid.NewGuid()}; {Buy($"run {i}", otherFolder)}", _bench.Home);
            closed.WaitUntilReached(Guard.ScriptLimit);
            using var one = new CrashChild(Buy($"run {i}", oneFolder), _bench.Home);
            if (offset > 0)
            {
                Guard.Until(() => Service.AcceptedIds.Count - before >= offset, "the first process sent nothing");
            }

            closed.Release();
            Assert.True(one.WaitForEnd() == 0, one.Errors);
            Assert.True(other.WaitForEnd() == 0, other.Errors);
            Assert.True(Service.AcceptedIds.Count - before == Rows, $"offset {offset}: {Service.AcceptedIds.Count - before} tasks were bought");
            Assert.All(new[] { oneFolder, otherFolder }, folder => Assert.Equal(Rows, Directory.GetFiles(folder, "*.mp4").Length));
        }

        Assert.Equal(offsets * Rows, Service.Count(CallKind.Submit));
        Assert.Equal(offsets * Rows, _bench.Journal().Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" -NoSidecar")]
    public void With_one_folder_the_video_is_saved_once_and_both_have_it(string how)
    {
        Service.Finished = true;
        CallHold half = Service.Hold(CallPoint.HalfDownload);
        using var one = new CrashChild(BuyOne("one", how), _bench.Home);
        half.WaitUntilReached(Guard.ScriptLimit);
        using var other = new CrashChild(BuyOne("one", how + " -Verbose 4>&1"), _bench.Home);
        ReadUntil(other, "was bought before as task");
        half.Release();
        Assert.True(one.WaitForEnd() == 0, one.Errors);
        Assert.True(other.WaitForEnd() == 0, other.Errors);
        Assert.Single(Directory.GetFiles(Folder("one"), "*.mp4"));
        Assert.Equal((1, 1), (Service.Count(CallKind.Submit), Service.Count(CallKind.Download)));
    }

    [Fact]
    public void What_the_other_is_sending_is_waited_for_and_not_sent()
    {
        Service.Finished = true;
        CallHold sending = Service.Hold(CallPoint.SubmitUnaccepted);
        using var one = new CrashChild(BuyOne(), _bench.Home);
        sending.WaitUntilReached(Guard.ScriptLimit);
        using var other = new CrashChild(BuyOne("other", " -Verbose 4>&1"), _bench.Home);
        Guid id = ServiceBench.Id(_bench.OnlyTask());
        ReadUntil(other, $"is being sent by another command as task {id}");
        Assert.Equal(1, Service.Count(CallKind.Submit));
        sending.Release();
        Assert.True(one.WaitForEnd() == 0, one.Errors);
        ReadUntil(other, $"was bought by another command as task {id}");
        Assert.True(other.WaitForEnd() == 0, other.Errors);
        AssertBoughtOnce(id);
    }

    [Fact]
    public void What_the_other_was_sending_when_it_was_killed_is_looked_for_and_sent_under_the_same_id()
    {
        Service.Finished = true;
        CallHold sending = Service.Hold(CallPoint.SubmitUnaccepted);
        using var one = new CrashChild(BuyOne(), _bench.Home);
        sending.WaitUntilReached(Guard.ScriptLimit);
        using var other = new CrashChild(BuyOne("other", " -Verbose 4>&1"), _bench.Home);
        Guid id = ServiceBench.Id(_bench.OnlyTask());
        ReadUntil(other, $"is being sent by another command as task {id}");
        one.Kill();
        Assert.True(other.WaitForEnd() == 0, other.Errors);
        Assert.Equal(2, Service.Count(CallKind.Submit));
        Assert.All(Service.Calls.Where(call => call.Kind != CallKind.Download), call => Assert.Equal(id, call.TaskId));
        AssertBoughtOnce(id);
    }

    [Fact]
    public void Of_two_that_find_the_same_crash_one_sends_and_the_other_waits_for_it()
    {
        CallHold first = Service.Hold(CallPoint.SubmitUnaccepted);
        using (var crashed = new CrashChild(BuyOne(), _bench.Home))
        {
            first.WaitUntilReached(Guard.ScriptLimit);
            crashed.Kill();
        }

        Service.Finished = true;
        Guid id = ServiceBench.Id(_bench.OnlyTask());
        using var one = new CrashChild(BuyOne(), _bench.Home);
        using var other = new CrashChild(BuyOne("other"), _bench.Home);
        Assert.True(one.WaitForEnd() == 0, one.Errors);
        Assert.True(other.WaitForEnd() == 0, other.Errors);
        Assert.Equal(2, Service.Count(CallKind.Submit));
        AssertBoughtOnce(id);
    }

    [Fact]
    public void What_is_given_up_while_it_is_waited_for_is_bought_after_all()
    {
        Service.Finished = true;
        CallHold sending = Service.Hold(CallPoint.SubmitUnaccepted);
        using var one = new CrashChild(BuyOne(), _bench.Home);
        sending.WaitUntilReached(Guard.ScriptLimit);
        Guid id = ServiceBench.Id(_bench.OnlyTask());
        using var other = new CrashChild(BuyOne("other", " -Verbose 4>&1"), _bench.Home);
        ReadUntil(other, $"is being sent by another command as task {id}");

        // Given up by the user, on this machine.
        _bench.Run($"Remove-KlingTask {id} -Force").Check();
        Guard.Until(() => Service.AcceptedIds.Count == 1, "the request was not bought");
        Assert.NotEqual(id, Assert.Single(Service.AcceptedIds));
        one.Kill();
        Assert.True(other.WaitForEnd() == 0, other.Errors);
        Assert.Single(Directory.GetFiles(Folder("other"), "*.mp4"));
    }

    [Fact]
    public void Two_that_run_at_once_under_a_limit_for_the_day_never_exceed_it_together()
    {
        // The whole count is 50; every run tries a few.
        int runs = Environment.GetEnvironmentVariable("KLING_TEST_DEPTH") == "1" ? 50 : 2;
        for (int i = 0; i < runs; i++)
        {
            string home = Path.Combine(_bench.Home, $"day{i}");
            int before = Service.AcceptedIds.Count;
            string buy = $"{_bench.ConnectScript}; New-KlingVideo '{_bench.Images[0]}' -Prompt (1..{Rows} | ForEach-Object {{ \"run {i}, shot $_\" }}) -MaxCostPerDay 1";
            using var one = new CrashChild(buy, home);
            using var other = new CrashChild(buy, home);
            Assert.Equal((1, 1), (one.WaitForEnd(), other.WaitForEnd()));

            // Five cost 0.9250 USD, and the sixth would make it 1.1100.
            Assert.True(Service.AcceptedIds.Count - before == 5, $"{Service.AcceptedIds.Count - before} tasks were bought. {one.Errors} {other.Errors}");
            Assert.All((one.Errors + other.Errors).Split('\n', StringSplitOptions.RemoveEmptyEntries), error => Assert.StartsWith("DayCostCeiling,", error, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Three_machines_with_one_key_pay_for_each_row_once_and_each_that_finishes_has_all_files()
    {
        // The sandbox is a process of its own. Each machine has a journal of its own.
        Guid run = Guid.NewGuid();
        using var sandbox = new CrashChild(
            "$s = Start-KlingSandbox -GenerationSeconds 0 -MaxGenerationSeconds 1; $s.Endpoint; $s.ApiKey; while ($true) { $null = [Threading.Thread]::Sleep(200); (Get-KlingSandbox).Charges.Count }", _bench.Home);
        string endpoint = sandbox.ReadLine();
        string key = sandbox.ReadLine();
        string Buy(int machine) =>
            $"$env:KLING_SANDBOX = '{endpoint}'; $env:KLING_SANDBOX_KEY = '{key}'; 1..{Rows} | ForEach-Object {{ [pscustomobject]@{{ Image = '{_bench.Images[0]}'; Prompt = \"shot $_\" }} }} | "
            + $"New-KlingVideo -IdempotencyKey '{run}' -OutDirectory '{Folder($"machine{machine}")}' | ForEach-Object TaskId";
        string Home(int machine) => Path.Combine(_bench.Home, $"machine{machine}");

        using (var killed = new CrashChild(Buy(1), Home(1)))
        {
            // It dies in the middle: some rows are saved, some are on their way.
            for (int i = 0; i < 3; i++)
            {
                killed.ReadLine();
            }

            killed.Kill();
        }

        using var second = new CrashChild(Buy(2), Home(2));
        Assert.True(second.WaitForEnd() == 0, second.Errors);
        using var third = new CrashChild(Buy(3), Home(3));
        using var first = new CrashChild(Buy(1), Home(1));
        Assert.True(third.WaitForEnd() == 0, third.Errors);
        Assert.True(first.WaitForEnd() == 0, first.Errors);
        Assert.Equal($"{Rows}", sandbox.ReadNewest());
        Assert.All(new[] { 1, 2, 3 }, machine => Assert.Equal(Rows, Directory.GetFiles(Folder($"machine{machine}"), "*.mp4").Length));
    }

    private string Folder(string name) => Path.Combine(_bench.Clips, name);

    private string Buy(string prompt, string folder) =>
        $"{_bench.ConnectScript}; 1..{Rows} | ForEach-Object {{ [pscustomobject]@{{ Image = '{_bench.Images[0]}'; Prompt = \"{prompt}, shot $_\" }} }} | New-KlingVideo -Resume -OutDirectory '{folder}'";

    private string BuyOne(string folder = "one", string how = "") => $"{_bench.ConnectScript}; New-KlingVideo '{_bench.Images[0]}' -Prompt pan -Resume -OutDirectory '{Folder(folder)}'{how}";

    private static void ReadUntil(CrashChild child, string text)
    {
        while (!child.ReadLine().Contains(text, StringComparison.Ordinal))
        {
        }
    }

    private void AssertBoughtOnce(Guid id)
    {
        Assert.Equal([id], Service.AcceptedIds);
        PSObject task = _bench.OnlyTask();
        Assert.Equal((id, "Succeeded", "Billed"), (ServiceBench.Id(task), ServiceBench.Text(task, "Status"), ServiceBench.Text(task, "BillingState")));
        Assert.Equal(Service.Video, File.ReadAllBytes(Assert.Single(Directory.GetFiles(Folder("other"), "*.mp4"))));
    }
}

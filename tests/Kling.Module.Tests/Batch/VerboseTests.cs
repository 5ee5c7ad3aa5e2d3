using System.Text.RegularExpressions;
using Kling.Hosting;
using Kling.Hosting.Service;

namespace Kling.Module.Tests.Batch;

/// <summary>-Verbose tells what happened to each item and when, and says nothing about looks that brought no news.</summary>
[Collection(EngineCollection.Name)]
public sealed partial class VerboseTests : IDisposable
{
    private readonly ServiceBench _bench = new();

    public VerboseTests(ModuleUnderTest module) => Assert.NotNull(module);

    private ScriptedService Service => _bench.Service;

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void A_purchase_is_told_from_its_sending_to_its_file()
    {
        // It is looked at several times before it ends.
        int looks = 0;
        Service.Instead = call =>
        {
            looks += call.Kind == CallKind.Poll ? 1 : 0;
            Service.Finished = looks > 5;
            return null;
        };
        EngineResult result = _bench.Run($"New-KlingVideo '{_bench.Images[0]}' -OutDirectory '{_bench.Clips}' -Verbose").Check();
        Guid id = Assert.Single(Service.AcceptedIds);
        string[] told = Told(result);
        Assert.Equal(
            [
                $"{_bench.Images[0]} (File) becomes task {id:D}, 0.1850 USD at list price, and is sent.",
                $"{_bench.Images[0]}: accepted; the service has task {id:D}.",
                $"{_bench.Images[0]}: Succeeded after ~ s, billed 0.1848 USD.",
                $"{_bench.Images[0]}: saved as {Assert.Single(_bench.Files)}, {Service.Video.Length} bytes.",
            ], told);
        Assert.True(Service.Count(CallKind.Poll) > 5);
    }

    [Theory]
    [InlineData("Wait-KlingTask", false)]
    [InlineData("Save-KlingVideo -OutDirectory clips", true)]
    public void Waiting_and_saving_tell_how_each_task_ended(string command, bool saves)
    {
        Guid id = ServiceBench.Id(Assert.Single(_bench.Run($"$task = New-KlingVideo '{_bench.Images[0]}'; $task").Check().Output));
        Service.Finished = true;
        string[] told = Told(_bench.Run($"$task | {command} -Verbose").Check());
        Assert.Equal($"Task {id:D}: Succeeded after ~ s, billed 0.1848 USD.", told[0]);
        Assert.Equal(saves ? 2 : 1, told.Length);
        Assert.All(told.Skip(1), line => Assert.Matches($@"^Task {id:D}: saved as .+\.mp4, {Service.Video.Length} bytes\.$", line));
    }

    [Fact]
    public void A_failure_and_a_look_that_failed_are_told()
    {
        int looks = 0;
        Service.Instead = call => call.Kind != CallKind.Poll ? null
            : ++looks == 1 ? "503\n\nbusy"
            : """{"errors":[{"code":"providerError","message":"no","taskUUID":"{id}"}]}""".Insert(0, "200\n\n");
        string[] told = Told(_bench.Run($"New-KlingVideo '{_bench.Images[0]}' -Wait -Verbose"));
        Assert.Contains(told, line => line.StartsWith("A look at 1 open task(s) failed: ", StringComparison.Ordinal));
        Assert.Contains($"{_bench.Images[0]}: Failed after ~ s, not charged.", told);
    }

    // What happened has its time before it, in UTC.
    private static string[] Told(EngineResult result) =>
        [.. result.Verbose.Where(line => Stamp().IsMatch(line)).Select(line => Seconds().Replace(Stamp().Replace(line, ""), "~ s"))];

    [GeneratedRegex(@"^\d\d:\d\d:\d\dZ ")]
    private static partial Regex Stamp();

    [GeneratedRegex(@"\d+(\.\d)? s\b")]
    private static partial Regex Seconds();
}

using Kling.Hosting;
using Kling.Hosting.Service;
using Kling.Session;

namespace Kling.Module.Tests.Batch;

/// <summary>What is done before the first request is ready, so that it leaves sooner.</summary>
[Collection(EngineCollection.Name)]
public sealed class FirstCallTests : IDisposable
{
    private readonly ServiceBench _bench = new();

    public FirstCallTests(ModuleUnderTest module) => Assert.NotNull(module);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Rehearsal_succeeds_and_leaves_nothing()
    {
        await Rehearsal.Begin();

        Assert.False(Directory.Exists(_bench.Home));
        Assert.Empty(_bench.Service.Calls);
    }
}

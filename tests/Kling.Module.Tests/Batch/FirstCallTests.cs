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
    public void Purchase_opens_one_connection_early()
    {
        _bench.Run($"New-KlingVideo '{_bench.Images[0]}'").Check();

        Assert.True(KlingSession.Services().IsOpened);
        Assert.Equal(1, _bench.Service.Connections);
    }

    [Theory]
    [InlineData("New-KlingVideo a.png -WhatIf")]
    [InlineData("New-KlingVideo a.png -Duration 7")]
    [InlineData("Test-KlingRequest a.png")]
    [InlineData("Measure-KlingCost a.png")]
    public void What_sends_nothing_opens_none(string script)
    {
        _bench.Run(script);

        Assert.False(KlingSession.Services().IsOpened);
    }

    [Fact]
    public async Task Rehearsal_succeeds_and_leaves_nothing()
    {
        await Rehearsal.Begin();

        Assert.False(Directory.Exists(_bench.Home));
        Assert.Equal(0, _bench.Service.Connections);
    }
}

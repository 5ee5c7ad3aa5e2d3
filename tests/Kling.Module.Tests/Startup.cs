using System.Runtime.CompilerServices;
using Kling.Hosting;
using Kling.Support;

namespace Kling.Module.Tests;

/// <summary>Runs before any test.</summary>
internal static class Startup
{
    [ModuleInitializer]
    internal static void Run()
    {
        ModuleUnderTest.ResolveTypes();
        ShortenPauses();
    }

    // How long the module's pauses are is tested in virtual time, with the engine. A method of its own, since it needs the types.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ShortenPauses() => SystemClock.Instance.Pace = 10;
}

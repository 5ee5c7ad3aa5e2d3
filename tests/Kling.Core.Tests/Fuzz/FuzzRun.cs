using System.Diagnostics;
using CsCheck;
using Kling.Core.Tests.Support;
using Xunit.Abstractions;

namespace Kling.Core.Tests.Fuzz;

/// <summary>
/// Runs one property on random cases, as many as <see cref="TestDepth"/> says. A failing case is made small, and its seed is in the
/// message; set <c>CsCheck_Seed</c> to it to see the case again.
/// </summary>
internal static class FuzzRun
{
    /// <summary>Tries the property and writes one row of the report.</summary>
    /// <param name="output">The test's output, where the command for the long run finds the row.</param>
    /// <param name="name">The property in words.</param>
    /// <param name="cases">Makes the cases.</param>
    /// <param name="property">Throws where the property does not hold.</param>
    /// <param name="print">Shows a case; what CsCheck makes of it when null.</param>
    /// <param name="count">How many cases to try; of 500 at full depth when left out.</param>
    /// <returns>How many cases were tried.</returns>
    internal static long Check<T>(ITestOutputHelper output, string name, Gen<T> cases, Action<T> property, Func<T, string>? print = null, int? count = null)
    {
        int iterations = count ?? TestDepth.Of(500);
        var watch = Stopwatch.StartNew();
        long tried = 0;
        cases.Sample(
            value =>
            {
                property(value);
                Interlocked.Increment(ref tried);
            },
            iter: iterations,
            print: print);
        output.WriteLine(FormattableString.Invariant($"| {name} | {tried} | {watch.Elapsed.TotalSeconds:0.0} |"));
        Assert.True(tried >= iterations, "Not every case was tried.");
        return tried;
    }
}

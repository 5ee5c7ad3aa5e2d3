using System.Globalization;

namespace Kling.Core.Tests.Support;

/// <summary>
/// How deep the tests with random cases go: a tenth of their full counts in every run. <c>KLING_TEST_DEPTH</c> is the factor: 1 runs
/// the full counts, 200 two hundred times as many.
/// </summary>
internal static class TestDepth
{
    private const decimal EveryRun = 0.1m;

    private static readonly decimal s_factor =
        decimal.TryParse(Environment.GetEnvironmentVariable("KLING_TEST_DEPTH"), NumberStyles.Number, CultureInfo.InvariantCulture, out decimal factor) ? factor : EveryRun;

    /// <summary>How many cases this run tries.</summary>
    /// <param name="full">The full count.</param>
    /// <param name="least">What the test needs to reach all that it must reach.</param>
    internal static int Of(int full, int least = 1) => Math.Max(least, (int)(full * s_factor));
}

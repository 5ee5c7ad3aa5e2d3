using System.Globalization;
using System.Xml.Linq;

namespace Kling.Benchmarks;

/// <summary>Tests that have a long run: their rows of a table, as they wrote them to their output.</summary>
internal static class TestRun
{
    private static readonly XNamespace s_trx = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    /// <summary>The factor that makes a test run so many cases.</summary>
    internal static string Depth(string cases, decimal full) => (decimal.Parse(cases, CultureInfo.InvariantCulture) / full).ToString(CultureInfo.InvariantCulture);

    /// <summary>Runs the tests of a filter and returns the rows; a failed test's message goes to standard error.</summary>
    internal static string[] Rows(string filter, params (string Name, string Value)[] environment)
    {
        string results = Directory.CreateTempSubdirectory("kling-tests-").FullName;
        try
        {
            string[] arguments = ["test", Path.Combine("tests", "Kling.Core.Tests"), "-c", "Release", "--filter", filter, "--logger", "trx", "--results-directory", results];
            bool failed = false;
            try
            {
                foreach (string line in OtherProgram.Lines(arguments, environment))
                {
                    Console.Error.WriteLine(line);
                }
            }
            catch (InvalidOperationException)
            {
                failed = true;
            }

            XDocument trx = XDocument.Load(Directory.GetFiles(results, "*.trx").Single());
            string[] rows = [.. trx.Descendants(s_trx + "StdOut").SelectMany(text => text.Value.Split('\n')).Select(line => line.Trim()).Where(line => line.StartsWith('|')).Order(StringComparer.Ordinal)];
            return failed ? throw new InvalidOperationException($"A test failed; these did not:\n{string.Join('\n', rows)}") : rows;
        }
        finally
        {
            Directory.Delete(results, recursive: true);
        }
    }
}

using System.Collections;
using System.Globalization;
using System.Management.Automation;
using Kling.Hosting;

namespace Kling.Module.Tests.Money;

/// <summary>
/// Random records beside random named values. What is bought is what a naive reading of them says, or nothing with an error: never a
/// request from which a part of the input is missing.
/// </summary>
[Collection(EngineCollection.Name)]
public sealed class SurpriseTests : IDisposable
{
    private const int EveryRun = 150;
    private const string Image = "lighthouse.jpg";
    private const string Uuid = "0b4a5d31-7ac0-4b6a-8b5e-2f1d6c9e7a10";
    private static readonly string[] s_blank = ["", "  ", "\u00a0"];
    private readonly ExampleBench _bench = new(withSandbox: true);

    public SurpriseTests(ModuleUnderTest module) => Assert.NotNull(module);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Purchases_are_what_the_input_says_or_nothing()
    {
        decimal depth = decimal.TryParse(Environment.GetEnvironmentVariable("KLING_TEST_DEPTH"), CultureInfo.InvariantCulture, out decimal given) ? given : 0.1m;
        int cases = (int)(EveryRun * depth * 10);
        int bought = 0;
        int refused = 0;
        for (int seed = 0; seed < cases; seed++)
        {
            var random = new Random(seed);
            Hashtable named = Named(random);
            (object? Given, Reading Expected)[] records = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Record(random, named))];
            bool isWrongName = named["Duration"] is 7;
            bool isEnded = isWrongName || records.Any(record => record.Expected.EndsAll);
            string[] expected = isEnded ? [] : [.. records.SelectMany(record => record.Expected.Purchases).Order(StringComparer.Ordinal)];
            int errors = isEnded ? 1 : records.Count(record => record.Expected.IsWrong);

            EngineResult result = _bench.Engine.Run(
                "param($Records, $Named) $Records | New-KlingVideo @Named -WarningAction SilentlyContinue", null,
                new Hashtable { ["Records"] = records.Select(record => record.Given).ToArray(), ["Named"] = named });
            string[] actual = [.. result.Output.Select(Key).Order(StringComparer.Ordinal)];
            string shown = $"seed {seed}: {string.Join(", ", named.Cast<DictionaryEntry>().Select(entry => $"-{entry.Key} {entry.Value}"))} "
                + $"{string.Join(" | ", records.Select(record => record.Expected.Shown))}\n{string.Join("\n", result.AllErrors)}";
            Assert.True(expected.SequenceEqual(actual), $"{shown}\nexpected: {string.Join("; ", expected)}\nactual: {string.Join("; ", actual)}");
            Assert.True(errors == 0 ? !result.AllErrors.Any() : result.AllErrors.Any(), shown);
            bought += actual.Length;
            refused += errors;
        }

        Assert.True(bought > cases / 4 && refused > cases / 4, $"{bought} bought, {refused} refused");
    }

    private static string Key(PSObject task) => string.Join(" ", new[] { "Image", "Prompt", "Duration", "CfgScale", "SafetyMode", "NumberResults" }
        .Select(name => name == "Image" ? Path.GetFileName(Text(task.Properties[name].Value)) : Text(task.Properties[name].Value)));

    private static string Text(object? value) => value is decimal number
        ? number.ToString("0.##", CultureInfo.InvariantCulture)
        : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private static Hashtable Named(Random random)
    {
        var named = new Hashtable();
        Maybe("Image", Image);
        Maybe("Prompt", "named prompt");
        Maybe("Duration", random.Next(4) == 0 ? 7 : 10);
        return named;

        void Maybe(string name, object value)
        {
            if (random.Next(3) == 0)
            {
                named[name] = value;
            }
        }
    }

    private (object? Given, Reading Expected) Record(Random random, Hashtable named)
    {
        // What can be no row stops the command: nothing is sent before the input is known.
        string full = Path.Combine(_bench.Engine.Runspace.SessionStateProxy.Path.CurrentFileSystemLocation.Path, Image);
        bool alone = !named.ContainsKey("Image");
        return random.Next(10) switch
        {
            0 => (Image, alone ? Bought(named, "text", Image) : Reading.Wrong("text", endsAll: true)),
            1 => ("slow dolly in", Reading.Wrong("prompt as text", endsAll: !alone)),
            2 => (random.Next(2) == 0 ? null : 5, Reading.Wrong("null or number", endsAll: !alone)),
            3 => (new FileInfo(full), alone ? Bought(named, "file", Image) : Reading.Wrong("file", endsAll: true)),
            4 => (new Hashtable { ["Prompt"] = "pan", ["Image"] = Image }, Reading.Wrong("dictionary", endsAll: true)),
            5 => (new object[] { Image, Uuid }, alone ? Bought(named, "list", Image, Uuid) : Reading.Wrong("list", endsAll: true)),
            _ => Row(random, named),
        };
    }

    private static Reading Bought(Hashtable named, string shown, params string[] images) => new(false,
        [.. images.Select(image => $"{image} {named["Prompt"]} {named["Duration"]}   ")], shown);

    /// <summary>A row of random columns, and its naive reading.</summary>
    private static (object? Given, Reading Expected) Row(Random random, Hashtable named)
    {
        var row = new PSObject();
        var cells = new Dictionary<string, object?>();
        Column("Image", Image, Image, Uuid, "no-such.png", $"{Image},{Image}");
        Column("ImageUrl", Image, "https://images.test/a.jpg");
        Column("Prompt", "from the row", new object[] { "pan", "zoom" });
        Column("positivePrompt", "from the row", "another");
        Column("Duration", "5", 10, new object[] { 5, 10 }, new object[] { 5, 7 }, "five");
        Column("CFGScale", "0.5", 0.25, 5);
        Column("safety", Nested("mode", "fast"), Nested("level", "high"), "fast");
        Column("Count", 3);
        Column("Scene", "12a", Nested("take", 1));
        string shown = $"row {string.Join(", ", cells.Select(cell => $"{cell.Key}={(cell.Value is object[] list ? string.Join("+", list) : cell.Value)}"))}";
        return (row, Read(cells, named, shown));

        void Column(string name, params object?[] values)
        {
            if (random.Next(5) < 2)
            {
                cells[name] = random.Next(4) == 0 ? s_blank[random.Next(s_blank.Length)] : values[random.Next(values.Length)];
                row.Properties.Add(new PSNoteProperty(name, cells[name]));
            }
        }
    }

    private static PSObject Nested(string name, object value)
    {
        var nested = new PSObject();
        nested.Properties.Add(new PSNoteProperty(name, value));
        return nested;
    }

    private static Reading Read(Dictionary<string, object?> cells, Hashtable named, string shown)
    {
        var filled = cells.Where(cell => !(cell.Value is string text && string.IsNullOrWhiteSpace(text))).ToDictionary(cell => cell.Key, cell => cell.Value!);
        if (filled.Count == 0)
        {
            return cells.Count == 0 ? Reading.Wrong(shown) : new Reading(false, [], shown);
        }

        object? safety = filled.GetValueOrDefault("safety");
        string mode = Text((safety as PSObject)?.Properties["mode"]?.Value);
        bool isUsed = mode.Length > 0 || cells.Keys.Any(name => Parameter(name) is string parameter && !named.ContainsKey(parameter));
        object[] images = named["Image"] is object all ? [all] : [.. new[] { "Image", "ImageUrl" }.Where(filled.ContainsKey).Select(name => filled[name]).Distinct()];
        object[] prompts = Values("Prompt", "positivePrompt");
        object[] durations = Values("Duration");
        object[] scales = Values("CFGScale");
        bool isWrong = !isUsed || images.Length != 1 || (safety is not null && mode.Length == 0) || filled.GetValueOrDefault("Scene") is PSObject
            || Text(images[0]).Contains("no-such", StringComparison.Ordinal) || Text(images[0]).Contains(',', StringComparison.Ordinal)
            || prompts.Length > 2 || durations.Any(one => Text(one) is not ("" or "5" or "10")) || scales.Any(one => one is 5);
        return isWrong ? Reading.Wrong(shown) : new Reading(false,
            [
                .. from prompt in prompts
                   from duration in durations
                   from scale in scales
                   select $"{Path.GetFileName(Text(images[0]))} {prompt} {duration} {Text(scale)} {mode} ",
            ], shown);

        // The values of one parameter; two columns that differ come to more values than any one cell has.
        object[] Values(params string[] names)
        {
            if (named.ContainsKey(names[0]))
            {
                return [named[names[0]]!];
            }

            // PowerShell takes the column with the parameter's own name, also where it is blank.
            if (names.Length > 1 && cells.ContainsKey(names[0]) && !filled.ContainsKey(names[0]) && filled.ContainsKey(names[1]))
            {
                return ["one", "is", "blank"];
            }

            object[][] given = [.. names.Where(filled.ContainsKey).Select(name => filled[name] as object[] ?? [filled[name]])];
            return given.Length == 0 ? [""]
                : given.Length == 1 || given[0].SequenceEqual(given[1]) ? given[0]
                : ["two", "columns", "differ"];
        }
    }

    private static string? Parameter(string column) => column switch
    {
        "Image" or "ImageUrl" => "Image",
        "Prompt" or "positivePrompt" => "Prompt",
        "Duration" or "CFGScale" => column,
        _ => null,
    };

    private sealed record Reading(bool IsWrong, string[] Purchases, string Shown)
    {
        internal bool EndsAll { get; init; }

        internal static Reading Wrong(string shown, bool endsAll = false) => new(true, [], shown) { EndsAll = endsAll };
    }
}

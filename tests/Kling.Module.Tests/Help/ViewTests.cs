using System.Management.Automation.Host;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Kling.Hosting;

namespace Kling.Module.Tests.Help;

/// <summary>What the default views show, in narrow and wide windows, in a culture with a decimal comma.</summary>
[Collection(EngineCollection.Name)]
public sealed partial class ViewTests(ViewTests.Windows windows) : IClassFixture<ViewTests.Windows>
{
    private static readonly (string Type, string Shape)[] s_views =
    [
        .. XDocument.Load(Path.Combine(RepositoryPaths.Root, "src", "Kling", "Formatting", "Kling.Format.ps1xml")).Descendants("View").Select(view =>
            (view.Descendants("TypeName").Single().Value, view.Element("TableControl") is null ? "List" : "Table")),
    ];

    public static TheoryData<string, string, int> Views()
    {
        var data = new TheoryData<string, string, int>();
        foreach ((string type, string shape) in s_views)
        {
            foreach (int width in new[] { 80, 120 })
            {
                data.Add(type, shape, width);
            }
        }

        foreach (string type in ViewSamples.Scripts.Keys)
        {
            data.Add(type, "Default", 80);
            data.Add(type, "Default", 120);
        }

        return data;
    }

    [Fact]
    public void Every_view_has_a_sample() => Assert.Equal(s_views.Select(view => view.Type).Distinct().Order(), ViewSamples.Scripts.Keys.Order());

    [Theory]
    [MemberData(nameof(Views))]
    public void View_fits_the_window_and_breaks_no_id(string type, string shape, int width)
    {
        string text = Render(ViewSamples.Scripts[type], shape, width);
        Assert.True(text.Trim().Length > 20, text);
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= width, $"{line.Length}: {line}"));

        // An id that begins must be there to its end, or it cannot be pasted.
        Assert.All(IdStart().Matches(text), start => Assert.Matches(WholeId(), text[start.Index..Math.Min(text.Length, start.Index + 36)]));
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void View_is_the_same_under_a_decimal_comma(string type, string shape, int width)
    {
        string text = Render(ViewSamples.Scripts[type], shape, width);
        Assert.DoesNotMatch(DecimalComma(), text);
        Assert.Equal(Render(ViewSamples.Scripts[type], shape, width, "en-US"), text);
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void View_fails_nowhere_even_where_every_property_is_missing(string type, string shape, int width)
    {
        string format = shape == "Default" ? "" : $" | Format-{shape} -DisplayError -ShowError";
        string bare = windows.At(width).RenderText($"$bare = [pscustomobject] @{{ Other = 1 }}; $bare.PSObject.TypeNames.Insert(0, '{type}'); $bare{format}");
        string copy = windows.At(width).RenderText(Copy(type) + format);
        Assert.DoesNotContain("#ERR", bare + copy + Render(ViewSamples.Scripts[type] + format, "Default", width), StringComparison.Ordinal);
    }

    [Fact]
    public void Status_of_a_task_from_a_job_is_a_word() =>
        Assert.Contains(" Partial ", Render(Copy("Kling.Models.KlingTask"), "Table", 80), StringComparison.Ordinal);

    public static TheoryData<string> Types() => [.. ViewSamples.Scripts.Keys];

    [Theory]
    [MemberData(nameof(Types))]
    public void Whole_object_shows_and_exports_every_property(string type)
    {
        using var engine = new EngineHost(new EngineOptions { ModulePath = RepositoryPaths.ModuleManifest });
        string[] names = [.. engine.Run($"[{type}].GetProperties() | ForEach-Object Name").Check().OutputOf<string>()];
        string sample = $"$one = @({ViewSamples.Scripts[type]})[0]; $one";
        string all = engine.RenderText(sample + " | Format-List *");
        string csv = string.Join("\n", engine.Run(sample + " | ConvertTo-Csv").Check().OutputOf<string>());
        string json = string.Join("\n", engine.Run(sample + " | ConvertTo-Json -Depth 5").Check().OutputOf<string>());
        using var tree = System.Text.Json.JsonDocument.Parse(json);
        Assert.All(names, name =>
        {
            Assert.Matches($@"(?m)^{name} *:", all);
            Assert.Contains($"\"{name}\"", csv.Split('\n')[0], StringComparison.Ordinal);
            Assert.True(tree.RootElement.TryGetProperty(name, out _), name);
        });
        Assert.DoesNotMatch(@"System\.|`1|\[\]", string.Join("\n", csv.Split('\n').Skip(1)));
    }

    [Fact]
    public void Culture_of_the_test_has_a_decimal_comma() => Assert.Equal("0,50", Render("(0.5).ToString('0.00')", "Default", 80).Trim());

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Colour_shows_only_where_the_host_supports_it(bool supports)
    {
        using var engine = new EngineHost(new EngineOptions { ModulePath = RepositoryPaths.ModuleManifest });
        engine.Capture.UI.Colours = supports;
        engine.RunConsole(ViewSamples.Scripts["Kling.Models.KlingTask"]);
        Assert.Equal(supports, engine.Capture.UI.Lines.Any(line => line.Text.Contains("\u001b[33mPartial", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Kling.Models.KlingTask", "Table", 80, "4923cad8 Partial +0\\.1848 7\\.5 +\\d+d lighthouse-… slow dolly \\S*… lighthouse-\\S*…")]
    [InlineData("Kling.Models.KlingTask", "Table", 120, " lighthouse-… slow dolly in over the cliffs\\S* \\S+ lighthouse-of-the-northern-coast…")]
    [InlineData("Kling.Models.KlingCost", "Table", 80, " 7\\.5 +4 +0\\.1850 +0\\.1848")]
    [InlineData("Kling.Models.KlingSpending", "Table", 80, "2026-11-27 12345 +23456 +345 +12345\\.1850 \\+ 12 unknown 12345\\.1848 klingai:\\S+")]
    [InlineData("Kling.Models.KlingVideo", "Table", 80, "8b5f0c3e +0\\.1848 +1\\.4 MB 9223372036854775807 False lighthouse-of-the-northern…")]
    [InlineData("Kling.Models.KlingSandboxInfo", "Table", 80, " 1234\\.1848 ")]
    [InlineData("Kling.Models.KlingModel", "List", 80, "PricePerSecond : 0\\.0370")]
    [InlineData("Kling.Sandbox.SandboxCharge", "Table", 80, "4923cad8-a610-4604-9846-08e843a33e8d +0\\.1848 2024-03-05 06:07:08")]
    [InlineData("Kling.Models.KlingTask", "List", 120, "SubmittedAt +: 2024-03-05 06:07:08 \\+00:00")]
    public void View_shows_what_matters(string type, string shape, int width, string pattern) =>
        Assert.Matches(pattern, Render(ViewSamples.Scripts[type], shape, width));

    // What Receive-Job and Import-Clixml give back.
    private static string Copy(string type) =>
        $"[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize(({ViewSamples.Scripts[type]})))";

    private string Render(string script, string shape, int width, string culture = "de-DE") =>
        windows.At(width).RenderText($"[cultureinfo]::CurrentCulture = '{culture}'; {script}{(shape == "Default" ? "" : $" | Format-{shape}")}");

    /// <summary>One session for each width of the window: what a view shows does not depend on what was shown before.</summary>
    public sealed class Windows : IDisposable
    {
        private readonly Dictionary<int, EngineHost> _engines = [];

        /// <summary>The session in a window of this width.</summary>
        public EngineHost At(int width)
        {
            if (!_engines.TryGetValue(width, out EngineHost? engine))
            {
                var host = new CaptureHost();
                host.UI.RawUI.BufferSize = new Size(width, 50);
                host.UI.RawUI.WindowSize = new Size(width, 50);
                _engines[width] = engine = new EngineHost(new EngineOptions { Host = host, ModulePath = RepositoryPaths.ModuleManifest });
            }

            return engine;
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            foreach (EngineHost engine in _engines.Values)
            {
                engine.Dispose();
            }
        }
    }

    [GeneratedRegex("(?<![0-9a-f-])[0-9a-f]{8}-[0-9a-f]{0,4}")]
    private static partial Regex IdStart();

    [GeneratedRegex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    private static partial Regex WholeId();

    [GeneratedRegex(@"\d,\d")]
    private static partial Regex DecimalComma();
}

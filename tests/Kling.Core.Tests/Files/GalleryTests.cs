using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Kling.Core.Tests.Images;
using Kling.Core.Tests.Support;
using Kling.Files;
using Kling.Models;

namespace Kling.Core.Tests.Files;

public sealed class GalleryTests : TempFolder
{
    [Fact]
    public void Markup_InAnyText_ShowsAsText()
    {
        const string evil = "</p><script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp; \u0000\ud800";
        KlingTask task = Task();
        task.Prompt = task.Model = task.OutputFormat = task.SafetyMode = evil;
        task.Image = "/shots/" + evil.Replace("\u0000", "");
        task.Errors = [new KlingTaskError { Code = evil, Message = evil }];
        task.Videos = [new KlingVideo { VideoId = evil, File = "/out/" + evil.Replace("/", "").Replace("\u0000", "") + ".mp4" }];
        string page = Page([task], evil);
        XElement html = Parse(page);
        Assert.Empty(html.Descendants("script"));
        Assert.Empty(html.Descendants("img"));
        Assert.StartsWith("../shots/%3C/p%3E%3Cscript%3E", html.Descendants("video").Single().Attribute("poster")!.Value);
        Assert.DoesNotContain("<script", page);
        Assert.Equal(evil.Replace('\u0000', '\ufffd').Replace('\ud800', '\ufffd'), html.Descendants("h2").Single(p => Class(p) == "prompt").Value);
        Assert.DoesNotContain(html.DescendantsAndSelf().Attributes(), a => a.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void AnyText_LeavesTheStructureAsItIs()
    {
        string[] parts = ["<", ">", "\"", "'", "&", "&lt;", "</li>", "</style>", "<!--", "-->", "]]>", "\u0000", "\u0085", "\ud800", "\udc00", "\U0001F30A", "\u202e", "javascript:", "//h.test/", "..", "/", "\\", "%", "#", "?", "a", "\r\n", "\t"];
        var random = new Random(23);
        string Any() => string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => parts[random.Next(parts.Length)]));
        string[] plain = Structure([Task()]);
        for (int run = 0; run < TestDepth.Of(2000); run++)
        {
            KlingTask task = Task();
            task.Prompt = "p" + Any();
            task.Image = "/i" + Any().Replace("\u0000", "");
            task.Model = "m" + Any();
            task.OutputFormat = "f" + Any();
            task.Videos = [new KlingVideo { VideoId = "v" + Any(), Seed = 5, File = "/out/x" + Any().Replace("\u0000", "") + ".mp4" }];
            Assert.Equal(plain, Structure([task]));
        }

        string[] Structure(KlingTask[] tasks) => [.. Parse(Page(tasks, "t" + Any())).DescendantsAndSelf().Select(e => e.Name.LocalName)];
    }

    [Theory]
    [InlineData(400, null)]
    [InlineData(401, "0")]
    public void LongPrompt_ScrollsInItself_AlsoByKeys(int length, string? tabIndex)
    {
        KlingTask task = Task();
        task.Prompt = new string('p', length);
        XElement prompt = Parse(Page([task])).Descendants("h2").Single(p => Class(p)?.StartsWith("prompt", StringComparison.Ordinal) == true);
        Assert.Equal(task.Prompt, prompt.Value);
        Assert.Equal(tabIndex, prompt.Attribute("tabindex")?.Value);
        Assert.Equal(tabIndex is null ? null : "Prompt", prompt.Attribute("aria-label")?.Value);
    }

    [Fact]
    public void Page_RefersToNothingButItsVideos()
    {
        KlingTask task = Task();
        task.Image = "https://h.test/a.png?sig=topsecret";
        task.Videos = [new KlingVideo { VideoId = "v", VideoUrl = "https://vm.test/v.mp4?sig=topsecret", File = "/out/a.mp4" }, new KlingVideo { VideoId = "w", VideoUrl = "https://vm.test/w.mp4" }];
        string page = Page([task]);
        Assert.Equal(["data:,", "a.mp4"], Parse(page).Descendants().Attributes().Where(a => a.Name.LocalName is "href" or "src" or "poster").Select(a => a.Value.TrimStart('.', '/')));
        Assert.DoesNotContain("topsecret", page);
        Assert.DoesNotContain("vm.test", page);
        Assert.DoesNotMatch(@"url\(|@import|<script|<iframe|<base", page);
    }

    [Fact]
    public void Policy_AllowsWhatThePageShows_AndNothingElse()
    {
        KlingTask task = Task();
        task.Width = 1280;
        task.Height = 720;
        task.Videos = [new KlingVideo { VideoId = "v", File = "/out/a.mp4" }];
        XElement html = Parse(Page([task]));
        XElement policy = html.Descendants("meta").Single(meta => meta.Attribute("http-equiv") is not null);
        Assert.Equal("Content-Security-Policy", policy.Attribute("http-equiv")!.Value);
        Assert.Same(policy, html.Descendants("head").Single().Elements().ElementAt(1));
        Dictionary<string, string[]> rules = policy.Attribute("content")!.Value.Split("; ").Select(rule => rule.Split(' ')).ToDictionary(rule => rule[0], rule => rule[1..]);
        Assert.Equal(["'none'"], rules["default-src"]);
        Assert.Equal(["'none'"], rules["base-uri"]);
        Assert.Equal(["'none'"], rules["form-action"]);
        Assert.DoesNotContain(rules.Keys, rule => rule.StartsWith("script-src", StringComparison.Ordinal));
        Assert.Equal("../shots/harbor.png", html.Descendants("video").Single().Attribute("poster")!.Value);
        Assert.DoesNotContain(rules.Values.SelectMany(sources => sources), source => source is "*" or "http:" or "https:" or "'unsafe-eval'" or "blob:");

        // What the page has: a style, style attributes, an icon of its own, and videos beside it or elsewhere on this machine.
        Assert.NotEmpty(html.Descendants("style"));
        Assert.Contains(html.Descendants("video"), video => video.Attribute("style") is not null);
        Assert.Equal(["'unsafe-inline'"], rules["style-src"]);
        Assert.Equal("data:,", html.Descendants("link").Single().Attribute("href")!.Value);
        Assert.Contains("data:", rules["img-src"]);
        Assert.Equal(["'self'", "file:"], rules["media-src"]);
        Assert.Equal(["'self'", "file:"], rules["img-src"].Except(["data:"]));
    }

    [Theory]
    [InlineData("/out/clip.mp4", "./clip.mp4")]
    [InlineData("/out/clips/a b#1?.mp4", "./clips/a%20b%231%3F.mp4")]
    [InlineData("/other/100% \"x\".mp4", "../other/100%25%20%22x%22.mp4")]
    [InlineData("/out/javascript:alert(1).mp4", "./javascript%3Aalert%281%29.mp4")]
    public void Links_AreRelativeAndEscaped(string file, string expected)
    {
        KlingTask task = Task();
        task.Videos[0].File = file;
        XElement video = Parse(Page([task])).Descendants("video").Single();
        Assert.Equal(expected, video.Attribute("src")!.Value.Replace("(", "%28").Replace(")", "%29"));
        Assert.Equal("metadata", video.Attribute("preload")!.Value);
        Assert.NotNull(video.Attribute("controls"));
    }

    [Fact]
    public void Task_ShowsPromptSettingsSeedAndCosts()
    {
        string text = Text(Page([Task()]));
        Assert.Contains("slow dolly in", text);
        Assert.Contains("harbor · 5 s · 1280 × 720 · CFG 0.5 · MP4", text);
        Assert.Contains("Seed9223372036854775807", text);
        Assert.Contains("Billed 0.1848 USD · estimate 0.1850 USD", text);
        Assert.Contains("../shots/harbor.png", text);
    }

    [Fact]
    public void Totals_AreBilledBesideEstimate_AndSayWhatIsNotKnown()
    {
        KlingTask refused = Task(BillingState.NotCharged, KlingTaskStatus.Failed);
        refused.Cost = null;
        KlingTask open = Task(BillingState.Accepted, KlingTaskStatus.Processing);
        open.Cost = open.EstimatedCost = null;
        open.Videos = [];
        XElement html = Parse(Page([Task(), Task(), refused, open]));
        string totals = string.Join("|", html.Descendants("dl").First(dl => Class(dl) == "totals").Descendants().Where(e => e.Name.LocalName is "dt" or "dd").Select(e => e.Value));
        Assert.Equal("Billed|0.3696 USD|Estimate (list price)|0.3700 USD|Cost not reported|1 task|Price unknown|1 task", totals);
        Assert.Contains("4 tasks · 3 videos · 1 with failures", html.Value);
        Assert.Contains("Not charged", html.Value);
        Assert.Contains("Billed: not reported · estimate unknown", html.Value);
        Assert.Contains("In progress", html.Value);
    }

    [Fact]
    public void Failures_ComeWithTheirReasons()
    {
        KlingTask task = Task(BillingState.Accepted, KlingTaskStatus.Failed);
        task.Videos = [];
        task.Errors = [new KlingTaskError { Code = "timeoutProvider", Message = "The provider took too long." }, new KlingTaskError { Code = "other" }];
        XElement html = Parse(Page([task]));
        XElement errors = html.Descendants("ul").Single(ul => Class(ul) == "errors");
        Assert.Equal(["timeoutProvider: The provider took too long.", "other"], errors.Elements("li").Select(li => li.Value));
        Assert.Equal("../shots/harbor.png", html.Descendants("img").Single().Attribute("src")!.Value);
    }

    [Fact]
    public void UnsavedAndMissingFiles_AreSaid()
    {
        KlingTask task = Task();
        task.Videos = [new KlingVideo { VideoId = "a" }, new KlingVideo { VideoId = "b", File = "/out/gone.mp4" }];
        string page = Gallery.Render([task], "t", "/out", _ => false);
        Assert.Empty(Parse(page).Descendants("video"));
        Assert.Contains($"Save-KlingVideo -TaskId {task.TaskId:D}", Text(page));
        Assert.Contains("gone.mp4 is no longer there.", Text(page));
    }

    [Fact]
    public void SameTaskTwice_IsShownOnce_AsItIsLast()
    {
        KlingTask first = Task();
        var later = new KlingTask { TaskId = first.TaskId, Prompt = "later", Status = KlingTaskStatus.Succeeded };
        XElement html = Parse(Page([first, Task(), later]));
        Assert.Equal(2, html.Descendants("article").Count());
        Assert.Contains("later", html.Descendants("article").First().Value);
    }

    [Fact]
    public void Numbers_AreInvariant()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            string page = Page([Task()]);
            CultureInfo.CurrentCulture = new CultureInfo("de-DE");
            Assert.Equal(Regex.Replace(page, "[0-9a-f]{8}-[0-9a-f-]{27}", ""), Regex.Replace(Page([Task()]), "[0-9a-f]{8}-[0-9a-f-]{27}", ""));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("/shots/harbor.png", true, "../shots/harbor.png")]
    [InlineData("/out/a b#1?.png", true, "./a%20b%231%3F.png")]
    [InlineData("/shots/harbor.png", false, null)]
    [InlineData("https://h.test/a.png?sig=topsecret", true, null)]
    [InlineData("4923cad8-a610-4604-9846-08e843a33e8d", true, null)]
    [InlineData("data:image/png;base64,iVBORw0KGgo=", true, null)]
    [InlineData(null, true, null)]
    public void ImageFile_IsTheFirstFrame(string? image, bool isThere, string? expected)
    {
        KlingTask task = Task();
        task.Image = image;
        string page = Gallery.Render([task], "t", "/out", path => isThere || path != image);
        Assert.Equal(expected, Parse(page).Descendants("video").Single().Attribute("poster")?.Value);
    }

    [Theory]
    [InlineData(1280, 720, true)]
    [InlineData(1920, 1080, true)]
    [InlineData(720, 1280, false)]
    [InlineData(null, null, false)]
    public void CardsOfOneShape_StandInRows_OthersInColumns(int? width, int? height, bool isEven)
    {
        KlingTask other = Task();
        (other.Width, other.Height) = (width, height);
        XElement html = Parse(Page([Task(), other]));
        Assert.Equal(isEven ? "tasks even" : "tasks", html.Descendants("ol").Single().Attribute("class")!.Value);
        string ratio = width is null ? "aspect-ratio: auto 16 / 9" : $"aspect-ratio: {width} / {height}";
        Assert.Equal(["aspect-ratio: 1280 / 720", ratio], html.Descendants("video").Select(video => video.Attribute("style")!.Value));

        // A failed task has a picture's place too, and stands in the row; one with more videos does not.
        KlingTask failed = Task(BillingState.NotCharged, KlingTaskStatus.Failed);
        failed.Videos = [];
        Assert.Contains("class=\"tasks even\"", Page([Task(), failed]));
        KlingTask two = Task();
        two.Videos = [.. two.Videos, .. two.Videos];
        Assert.Contains("class=\"tasks\"", Page([Task(), two]));
    }

    [Fact]
    public void Filter_OffersTheStatesThatAreThere_AndItsStylesKnowThem()
    {
        KlingTask[] tasks =
        [
            Task(), Task(), Task(status: KlingTaskStatus.Failed), Task(status: KlingTaskStatus.PartiallySucceeded),
            Task(status: KlingTaskStatus.Processing), Task(status: KlingTaskStatus.Submitting), Task(status: KlingTaskStatus.Unknown),
        ];
        string page = Page(tasks);
        XElement html = Parse(page);
        Assert.Equal(["All 7", "Finished 2", "With failures 2", "In progress 2", "Outcome unknown 1"], html.Descendants("label").Select(label => label.Value.Trim()));
        Assert.Equal(["done", "done", "failed", "failed", "open", "open", "unknown"], html.Descendants("ol").Single().Elements().Select(Class));
        Assert.Single(html.Descendants("input"), input => input.Attribute("checked") is not null);
        Assert.All(html.Descendants("input").Select(input => input.Attribute("id")!.Value).Where(id => id != "only-all"),
            id => Assert.Contains($"body:has(#{id}:checked) .tasks > :not(.{id["only-".Length..]})", page));
        Assert.Empty(Parse(Page([Task(), Task()])).Descendants("input"));
    }

    [Theory]
    [InlineData(50, "metadata")]
    [InlineData(51, "none")]
    public void ManyVideos_AreNotAllBegun(int count, string preload) =>
        Assert.All(Parse(Page([.. Enumerable.Range(0, count).Select(_ => Task())])).Descendants("video"), video => Assert.Equal(preload, video.Attribute("preload")!.Value));

    [Fact]
    public void Prompt_IsTheHeading_AndTheImagesNameWhereThereIsNone()
    {
        KlingTask nameless = Task();
        nameless.Prompt = "";
        XElement html = Parse(Page([Task(), nameless]));
        Assert.Equal(["slow dolly in", "harbor"], html.Descendants("h2").Select(heading => heading.Value));
    }

    [Fact]
    public void HundredTasks_StayUnder300Kilobytes()
    {
        KlingTask[] tasks = [.. Enumerable.Range(0, 100).Select(_ => Task())];
        Assert.All(tasks, task => task.Prompt = new string('p', 300));
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(Page(tasks)), 100_000, 300_000);
    }

    [Fact]
    public void Save_NeverReplacesWithoutForce()
    {
        string path = Write("g.html", [1]);
        Assert.True(Assert.Throws<OutputFileException>(() => Gallery.Save(path, [Task()], "t", force: false)).Exists);
        Assert.Single(File.ReadAllBytes(path));
        Gallery.Save(path, [Task()], "t", force: true);
        Assert.StartsWith("<!DOCTYPE html>", File.ReadAllText(path));
        Assert.False(Assert.Throws<OutputFileException>(() => Gallery.Save(Path.Combine(Folder, "no", "g.html"), [], "t", force: false)).Exists);
        Assert.Single(Directory.GetFiles(Folder));
    }

    private static string Page(KlingTask[] tasks, string title = "Title") => Gallery.Render(tasks, title, "/out", _ => true);

    /// <summary>The page is HTML, written so that it becomes XML by closing the void elements and naming the bare attributes.</summary>
    private static XElement Parse(string page)
    {
        string xml = page["<!DOCTYPE html>\n".Length..];
        xml = Regex.Replace(xml, "<(meta|link|input|img)([^>]*)>", "<$1$2/>").Replace(" controls ", " controls=\"\" ").Replace(" playsinline ", " playsinline=\"\" ");
        return XElement.Parse(xml, LoadOptions.PreserveWhitespace);
    }

    private static string Text(string page) => Parse(page).Element("body")!.Value;

    private static string Class(XElement element) => element.Attribute("class")?.Value.Split(' ')[0] ?? "";

    private static KlingTask Task(string billing = BillingState.Billed, string status = KlingTaskStatus.Succeeded) => new()
    {
        TaskId = Guid.NewGuid(),
        Status = status,
        BillingState = billing,
        Model = "klingai:5@1",
        Image = "/shots/harbor.png",
        Prompt = "slow dolly in",
        Duration = 5,
        Width = 1280,
        Height = 720,
        CfgScale = 0.5m,
        OutputFormat = "MP4",
        EstimatedCost = 0.185m,
        Cost = 0.1848m,
        Videos = [new KlingVideo { VideoId = "v-1", Seed = long.MaxValue, VideoCost = 0.1848m, File = "/out/a.mp4", VideoUrl = "https://vm.test/v" }],
    };
}

using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Kling.Hosting;

namespace Kling.Benchmarks;

/// <summary>Items through New-KlingVideo one after the other, then the same bytes posted by a bare HttpClient.</summary>
internal static class CallProcess
{

    internal static int Run(string endpoint, int items, string image)
    {
        using var engine = new EngineHost(new EngineOptions { ModulePath = RepositoryPaths.ModuleManifest });
        engine.Run($"$ProgressPreference = 'SilentlyContinue'; $WarningPreference = 'SilentlyContinue'; $null = Connect-Kling -Endpoint '{endpoint.Split(' ')[0]}' -ApiKey '{endpoint.Split(' ')[1]}'").Check();

        // Code, connections and files are warm when it is measured.
        int warm = Math.Max(items / 4, 2);
        Copy(image, warm + items);
        Send(engine, image, 0, warm);
        using HttpClient http = Client(endpoint.Split(' ')[1]);
        byte[] body = Body(image);
        Post(http, endpoint, body, warm);

        Self before = Self.Now();
        Send(engine, image, warm, items);
        Self cmdlet = Self.Now() - before;
        before = Self.Now();
        Post(http, endpoint, body, items);
        Self bare = Self.Now() - before;
        Remove(image, warm + items);
        Console.WriteLine(JsonSerializer.Serialize(new CallReport(
            cmdlet.Wall / items, bare.Wall / items, cmdlet.Cpu / items, bare.Cpu / items, (double)cmdlet.Allocated / items, (double)cmdlet.Read / items)));
        return 0;
    }

    private static void Send(EngineHost engine, string image, int first, int items)
    {
        string parameter = File.Exists(image) ? "LiteralPath" : "Image";
        string name = File.Exists(image) ? image + ".$_" : image;
        engine.Run($"$null = {first}..{first + items - 1} | ForEach-Object {{ [pscustomobject]@{{ {parameter} = \"{name}\"; Prompt = \"shot number $_\" }} }} | New-KlingVideo -ThrottleLimit 1 -Upload Never -Force").Check();
    }

    /// <summary>A file of its own for each item: one that is named again is not read again.</summary>
    private static void Copy(string image, int count)
    {
        for (int i = 0; i < count && File.Exists(image); i++)
        {
            File.Copy(image, FormattableString.Invariant($"{image}.{i}"), overwrite: true);
        }
    }

    private static void Remove(string image, int count)
    {
        for (int i = 0; i < count && File.Exists(image); i++)
        {
            File.Delete(FormattableString.Invariant($"{image}.{i}"));
        }
    }

    private static HttpClient Client(string key)
    {
        var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private static byte[] Body(string image)
    {
        string text = File.Exists(image) ? Convert.ToBase64String(File.ReadAllBytes(image)) : image;
        return Encoding.UTF8.GetBytes($$$"""[{"taskType":"videoInference","taskUUID":"{{{Guid.Empty}}}","model":"klingai:5@1","positivePrompt":"shot number 1","includeCost":true,"inputs":{"frameImages":[{"image":"{{{text}}}","frame":"first"}]}}]""");
    }

    private static void Post(HttpClient http, string endpoint, byte[] body, int items)
    {
        int place = body.AsSpan().IndexOf("\"taskUUID\":\""u8) + "\"taskUUID\":\"".Length;
        for (int i = 0; i < items; i++)
        {
            Encoding.ASCII.GetBytes(Guid.NewGuid().ToString("D")).CopyTo(body, place);
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using HttpResponseMessage reply = http.PostAsync(new Uri(endpoint.Split(' ')[0]), content).GetAwaiter().GetResult();
            reply.EnsureSuccessStatusCode();
            _ = reply.Content.ReadAsByteArrayAsync().GetAwaiter().GetResult();
        }
    }

    /// <summary>What this process used so far: milliseconds of wall and CPU time, bytes allocated, bytes read from files.</summary>
    private sealed record Self(double Wall, double Cpu, long Allocated, long Read)
    {
        public static Self operator -(Self later, Self earlier) =>
            new(later.Wall - earlier.Wall, later.Cpu - earlier.Cpu, later.Allocated - earlier.Allocated, later.Read - earlier.Read);

        internal static Self Now() => new(
            Stopwatch.GetElapsedTime(0).TotalMilliseconds,
            Process.GetCurrentProcess().TotalProcessorTime.TotalMilliseconds,
            GC.GetTotalAllocatedBytes(precise: true),
            long.Parse(File.ReadLines("/proc/self/io").First(line => line.StartsWith("rchar:", StringComparison.Ordinal))["rchar:".Length..], CultureInfo.InvariantCulture));
    }
}

using System.Text;
using Kling.Hosting;
using Kling.Hosting.Service;

namespace Kling.Module.Tests.Batch;

/// <summary>Videos that never pass through this machine: the sandbox puts them to the rows' addresses and tells the user's server of each.</summary>
[Collection(EngineCollection.Name)]
public sealed class DeliveryTests : IDisposable
{
    private const int Rows = 6;
    private readonly ServiceBench _bench = new();
    private readonly DeliveryReceiver _receiver = new();

    public DeliveryTests(ModuleUnderTest module) => Assert.NotNull(module);

    public void Dispose()
    {
        _bench.Run("Stop-KlingSandbox");
        _receiver.Dispose();
        _bench.Dispose();
    }

    [Fact]
    public void Each_rows_video_arrives_at_its_own_address_and_each_webhook_becomes_its_task()
    {
        string[] ids = Texts($"Stop-KlingSandbox; $null = Start-KlingSandbox -GenerationSeconds 0.2 -DeliveryPort {_receiver.Address.Port}; $null = Connect-Kling -Sandbox; "
            + $"1..{Rows} | ForEach-Object {{ [pscustomobject]@{{ LiteralPath = '{_bench.Images[0]}'; UploadEndpoint = \"{_receiver.Address}clips/$_.mp4?sig=secret-$_\" }} }} | "
            + $"New-KlingVideo -Prompt pan -WebhookUrl '{_receiver.Address}done?token=t' | ForEach-Object {{ \"$($_.TaskId)\" }}");
        Assert.Equal(Rows, ids.Length);

        Guard.Until(() => _receiver.Received.Count >= 2 * Rows, "not every video and webhook arrived");

        var videos = _receiver.Received.Where(call => call.Method == "PUT").ToList();
        Assert.Equal(Enumerable.Range(1, Rows).Select(row => $"/clips/{row}.mp4?sig=secret-{row}"), videos.Select(call => call.Path).Order());
        Assert.All(videos, call => Assert.Equal("ftyp", Encoding.ASCII.GetString(call.Body, 4, 4)));

        // The bytes are those of the video itself, and this machine fetched none so far.
        Assert.DoesNotContain(Texts("(Get-KlingSandbox).Requests.Path"), path => path.StartsWith("/video/", StringComparison.Ordinal));
        string saved = Assert.Single(Texts($"(Save-KlingVideo -TaskId {ids[0]} -OutDirectory clips).FullName"));
        Assert.All(videos, call => Assert.Equal(File.ReadAllBytes(saved), call.Body));

        string[] bodies = [.. _receiver.Received.Where(call => call.Method == "POST").Select(call => Encoding.UTF8.GetString(call.Body))];
        string folder = Directory.CreateDirectory(Path.Combine(_bench.Home, "bodies")).FullName;
        string[] files = [.. bodies.Select((body, number) => Path.Combine(folder, $"{number}.json"))];
        for (int i = 0; i < files.Length; i++)
        {
            File.WriteAllText(files[i], bodies[i]);
        }

        string[] told = Texts($"[IO.Directory]::GetFiles('{folder}') | ForEach-Object {{ [IO.File]::ReadAllText($_) | ConvertFrom-KlingWebhook }} | ForEach-Object {{ \"$($_.TaskId) $($_.Status) $($_.Prompt)\" }}");
        Assert.Equal(ids.Select(id => $"{id} Succeeded pan").Order(), told.Order());

        // The signatures went to the service alone.
        Assert.DoesNotContain("secret-", string.Concat(Directory.GetFiles(_bench.Home, "*.jsonl").Select(File.ReadAllText)), StringComparison.Ordinal);
    }

    private string[] Texts(string script)
    {
        EngineResult result = _bench.Run(script).Check();
        return [.. result.Output.Select(item => item.ToString())];
    }
}

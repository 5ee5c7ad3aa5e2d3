using System.Diagnostics;
using System.IO.Compression;
using System.Management.Automation;
using Kling.Downloads;
using Kling.Hosting;
using Kling.Hosting.Service;
using Microsoft.AspNetCore.Http;

namespace Kling.Module.Tests.Trust;

/// <summary>
/// Download hosts, over real connections, that never end, stay silent, send nothing or send what grows: -Timeout ends each, the disk keeps
/// little, and the paid task comes out. How the limits themselves are counted is tested in virtual time, with the engine.
/// </summary>
[Collection(EngineCollection.Name)]
public sealed class HostileHostTests : IDisposable
{
    private const int MostOnDisk = 32_000_000;
    private static readonly byte[] s_megabyte = new byte[1_000_000];

    private readonly ServiceBench _bench = new();

    public HostileHostTests(ModuleUnderTest module)
    {
        Assert.NotNull(module);
        _bench.Service.Finished = true;
    }

    public static TheoryData<string, DownloadFailure> Hosts() => new()
    {
        { "endless", DownloadFailure.TooSlow },
        { "silent", DownloadFailure.TooSlow },
        { "silent from the start", DownloadFailure.TooSlow },
        { "3 GB announced", DownloadFailure.TooLarge },

        // What is no video is asked for again, as long as the time allows.
        { "packed", DownloadFailure.TooSlow },
        { "nothing", DownloadFailure.TooSlow },
    };

    public void Dispose() => _bench.Dispose();

    [Theory]
    [MemberData(nameof(Hosts))]
    public void Download_ends_with_its_time_and_the_paid_task_comes_out(string host, DownloadFailure reason)
    {
        using var server = new TestServer(call => AnswerAsync(host, call));
        _bench.Service.VideoMembers = id => $"\"videoUUID\":\"{id}\",\"videoURL\":\"{server.Address}{id}.mp4\",\"cost\":0.1848";
        var time = Stopwatch.StartNew();
        EngineResult result = _bench.Run($"New-KlingVideo '{_bench.Images[0]}' -OutDirectory '{_bench.Clips}' -Timeout 1");
        AssertEnded(result, time.Elapsed, reason);
        PSObject task = Assert.Single(result.Output);
        Assert.Equal(("Succeeded", "Billed"), (ServiceBench.Text(task, "Status"), ServiceBench.Text(task, "BillingState")));

        // So does a later attempt, which continues what is there.
        time.Restart();
        AssertEnded(_bench.Run($"Save-KlingVideo -TaskId {ServiceBench.Id(task)} -OutDirectory '{_bench.Clips}' -Timeout 1"), time.Elapsed, reason);
    }

    private void AssertEnded(EngineResult result, TimeSpan took, DownloadFailure reason)
    {
        Assert.Null(result.Failure);
        ErrorRecord error = Assert.Single(result.Errors);
        Assert.StartsWith("DownloadFailed,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(reason, Assert.IsType<DownloadException>(error.Exception).Reason);

        // A second for the download, and what a busy machine may need for the rest.
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.Empty(_bench.Files);
        Assert.InRange(_bench.Parts.Sum(part => new FileInfo(part).Length), 0, MostOnDisk);
    }

    private async Task AnswerAsync(string host, HttpContext call)
    {
        var gone = new TaskCompletionSource();
        await using CancellationTokenRegistration registration = call.RequestAborted.Register(gone.SetResult);
        HttpResponse answer = call.Response;
        answer.ContentType = "video/mp4";
        switch (host)
        {
            case "endless":
                // The head of a video whose pictures never end. It waits after a while only for the sake of the disk.
                byte[] head = [.. _bench.Service.Video.Take(40_000)];
                await answer.Body.WriteAsync(head);
                for (int sent = 0; sent < 20 && !call.RequestAborted.IsCancellationRequested; sent++)
                {
                    await answer.Body.WriteAsync(s_megabyte);
                }

                await gone.Task;
                break;
            case "silent":
                await answer.Body.WriteAsync(_bench.Service.Video.AsMemory(0, 5000));
                await answer.Body.FlushAsync();
                await gone.Task;
                break;
            case "silent from the start":
                await gone.Task;
                break;
            case "3 GB announced":
                answer.ContentLength = 3_000_000_000;
                await answer.Body.WriteAsync(_bench.Service.Video);
                await gone.Task;
                break;
            case "packed":
                answer.Headers.ContentEncoding = "gzip";
                await using (var zip = new GZipStream(answer.Body, CompressionLevel.Fastest, leaveOpen: true))
                {
                    for (int sent = 0; sent < 300; sent++)
                    {
                        await zip.WriteAsync(s_megabyte);
                    }
                }

                break;
            default:
                answer.ContentLength = 0;
                break;
        }
    }
}

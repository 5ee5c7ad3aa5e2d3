using Kling.Core.Tests.Images;
using Kling.Core.Tests.Support;
using Kling.Downloads;
using Kling.Models;

namespace Kling.Core.Tests.Downloads;

/// <summary>A host, a clock and a folder for a download, and what every error must say.</summary>
public abstract class DownloadBench : TempFolder
{
    protected const string Address = "https://videos.example/v/one.mp4?signature=topsecret";
    protected const string Name = "one.mp4";

    protected FakeClock Clock { get; } = new();

    private protected VideoHost Host { get; } = new(Mp4(100_000, 1));

    protected string Final => Path.Combine(Folder, Name);

    protected string Part => Final + ".part";

    protected string Mark => Final + ".part.etag";

    protected static byte[] Mp4(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        Convert.FromHexString("0000001866747970").CopyTo(bytes, 0);
        return bytes;
    }

    protected static KlingVideo Video(string address = Address) => new() { VideoId = "video-one", VideoUrl = address };

    protected async Task<string> Save(IProgress<long>? progress = null, string address = Address, bool force = false)
    {
        // The host outlives the downloader, which would dispose it.
        var downloader = new VideoDownloader(Host, Clock);
        return await downloader.SaveAsync(Video(address), Folder, Name, force, progress, default);
    }

    protected async Task<DownloadException> Fails(DownloadFailure reason, string address = Address, bool force = false)
    {
        var failure = await Assert.ThrowsAsync<DownloadException>(() => Save(address: address, force: force));
        Assert.Equal((reason, "video-one", Name), (failure.Reason, failure.VideoId, failure.FileName));
        Assert.Contains(Name, failure.Message, StringComparison.Ordinal);
        Assert.Contains(new Uri(address).Host, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", failure.ToString(), StringComparison.Ordinal);
        Assert.Contains("can be repeated", failure.Message, StringComparison.Ordinal);
        return failure;
    }

    protected void AssertSaved()
    {
        Assert.Equal(Host.File, File.ReadAllBytes(Final));
        Assert.Equal([Final], Directory.GetFiles(Folder));
    }

    protected sealed class Heard : IProgress<long>
    {
        internal List<long> Values { get; } = [];

        public void Report(long value) => Values.Add(value);
    }
}

using System.Buffers.Binary;
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

    /// <summary>The shortest video that <see cref="Mp4"/> makes.</summary>
    protected const int ShortestMp4 = 32;

    /// <summary>A whole file of so many bytes: its kind, an empty index, and bytes where the pictures would be.</summary>
    protected static byte[] Mp4(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        Convert.FromHexString("000000106674797069736F6D00000000000000086D6F6F76").CopyTo(bytes, 0);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(24), length - 24);
        "mdat"u8.CopyTo(bytes.AsSpan(28));
        return bytes;
    }

    protected static KlingVideo Video(string address = Address) => new() { VideoId = "video-one", VideoUrl = address };

    protected Task<string> Save(IProgress<long>? progress = null, string address = Address, bool force = false) =>
        Save(new DownloadOptions { Force = force, Progress = progress }, address);

    protected async Task<string> Save(DownloadOptions options, string address = Address)
    {
        // The host outlives the downloader, which would dispose it.
        var downloader = new VideoDownloader(Host, Clock);
        return await downloader.SaveAsync(Video(address), Folder, Name, options, default);
    }

    protected Task<DownloadException> Fails(DownloadFailure reason, string address = Address, bool force = false) =>
        Fails(reason, new DownloadOptions { Force = force }, address);

    protected async Task<DownloadException> Fails(DownloadFailure reason, DownloadOptions options, string address = Address)
    {
        var failure = await Assert.ThrowsAsync<DownloadException>(() => Save(options, address));
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

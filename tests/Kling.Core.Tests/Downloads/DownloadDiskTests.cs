using Kling.Downloads;

namespace Kling.Core.Tests.Downloads;

/// <summary>Disks that are full, before a download and in the middle of one.</summary>
public class DownloadDiskTests : DownloadBench
{
    [Fact]
    public async Task NoRoom_IsSaidBeforeAByteIsWritten()
    {
        DownloadException failure = await FailsOnDisk(new VideoDownloader(Host, Clock) { FreeSpace = _ => 99_999 });
        Assert.Contains("100000 bytes are to come", failure.Message, StringComparison.Ordinal);
        Assert.Contains("has room for 99999", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task JustEnoughRoom_IsEnough()
    {
        var asked = new List<string>();
        await SaveWith(new VideoDownloader(Host, Clock)
        {
            FreeSpace = folder =>
            {
                asked.Add(folder);
                return 100_000;
            },
        });
        AssertSaved();
        Assert.Equal([Folder], asked);
    }

    [Fact]
    public async Task Continuing_NeedsRoomForTheRestOnly()
    {
        Host.ThenCut(60_000);
        var free = new Queue<long?>([null, 40_000]);
        await SaveWith(new VideoDownloader(Host, Clock) { FreeSpace = _ => free.Dequeue() });
        AssertSaved();
        Assert.Equal(100_000, Host.Sent);
    }

    [Fact]
    public async Task FullInTheMiddle_KeepsWhatArrived_AndContinuesWhenThereIsRoom()
    {
        await FailsOnDisk(new VideoDownloader(Host, Clock) { OpenFile = (path, mode) => new FullDiskFile(path, mode, 50_000) });
        Assert.False(File.Exists(Final));
        long kept = new FileInfo(Part).Length;
        Assert.InRange(kept, 1, 50_000);
        long sent = Host.Sent;
        await Save();
        AssertSaved();
        Assert.Equal(100_000 - kept, Host.Sent - sent);
    }

    [Fact]
    public async Task Arrived_IsToldOnceAllIsOnTheDisk_AndBeforeTheFileHasItsName()
    {
        var seen = new List<(long Size, long OnDisk, bool IsNamed)>();
        await Save(new DownloadOptions { Arrived = size => seen.Add((size, new FileInfo(Part).Length, File.Exists(Final))) });
        Assert.Equal([(100_000, 100_000, false)], seen);
        AssertSaved();
    }

    [Fact]
    public async Task Ended_BetweenTheBytesAndTheName_NothingIsFetchedAgain()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => Save(new DownloadOptions { Arrived = _ => throw new TimeoutException("The process ends here.") }));
        Assert.False(File.Exists(Final));
        long sent = Host.Sent;
        await Save();
        AssertSaved();
        Assert.Equal(sent, Host.Sent);
    }

    [Fact]
    public async Task OtherFaultsOfTheDisk_AreNotCalledFull()
    {
        var failure = await Assert.ThrowsAsync<DownloadException>(() => SaveWith(new VideoDownloader(Host, Clock) { OpenFile = (_, _) => throw new IOException("Input/output error") { HResult = 5 } }));
        Assert.Equal(DownloadFailure.Disk, failure.Reason);
    }

    [Theory]
    [InlineData(28, true)]
    [InlineData(122, true)]
    [InlineData(unchecked((int)0x80070070), true)]
    [InlineData(unchecked((int)0x80070020), false)]
    [InlineData(5, false)]
    public void Exhaustion_IsToldByTheSystemsCode(int code, bool expected) => Assert.Equal(expected, DiskSpace.IsExhausted(new IOException("x") { HResult = code }));

    [Fact]
    public void FreeSpace_IsThatOfTheFolder_AndNullWhereItCannotBeTold()
    {
        Assert.True(DiskSpace.Free(Folder) > 0);
        Assert.Null(DiskSpace.Free(""));
    }

    private Task<string> SaveWith(VideoDownloader downloader) => downloader.SaveAsync(Video(), Folder, Name, null, default);

    private async Task<DownloadException> FailsOnDisk(VideoDownloader downloader)
    {
        var failure = await Assert.ThrowsAsync<DownloadException>(() => SaveWith(downloader));
        Assert.Equal(DownloadFailure.DiskFull, failure.Reason);
        Assert.Contains("can be repeated", failure.Message, StringComparison.Ordinal);
        return failure;
    }

    /// <summary>A file on a disk that takes only so many bytes of it.</summary>
    private sealed class FullDiskFile(string path, FileMode mode, long room) : FileStream(path, mode, FileAccess.ReadWrite, FileShare.None)
    {
        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Position + count > room
            ? throw new IOException("No space left on device") { HResult = 28 }
            : base.WriteAsync(buffer, offset, count, cancellationToken);
    }
}

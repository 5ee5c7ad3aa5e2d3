using Kling.Downloads;
using Kling.Models;

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

    [Theory]
    [InlineData("\"one\"")]
    [InlineData(null)]
    public async Task Ended_AfterTheFileGotItsName_TheNextCallTakesItForItsOwn(string? tag)
    {
        Host.Tag = tag;
        await EndBeforeTheRecord();
        long sent = Host.Sent;
        int recorded = 0;
        await Save(new DownloadOptions { Saved = () => recorded++ });
        AssertSaved();
        Assert.Equal((sent, 1), (Host.Sent, recorded));

        // Recorded once; from then on the file is one that is there.
        await Fails(DownloadFailure.FileExists);
    }

    [Fact]
    public async Task Recording_KeepsOthersWaiting()
    {
        DownloadException? other = null;
        await Save(new DownloadOptions { Saved = () => other = Assert.Throws<DownloadException>(() => Save().GetAwaiter().GetResult()) });
        Assert.Equal(DownloadFailure.InUse, other!.Reason);
        AssertSaved();
    }

    [Fact]
    public async Task Ended_AfterTheFileGotItsName_AnotherFileOrVideoIsNotTaken()
    {
        await EndBeforeTheRecord();
        File.AppendAllText(Final, "x");
        await Fails(DownloadFailure.FileExists);
        File.WriteAllBytes(Final, Host.File);
        var other = new KlingVideo { VideoId = "video-two", VideoUrl = Address };
        var refused = await Assert.ThrowsAsync<DownloadException>(() => new VideoDownloader(Host, Clock).SaveAsync(other, Folder, Name, null, default));
        Assert.Equal(DownloadFailure.FileExists, refused.Reason);

        // A part beside it is what the mark is about.
        File.WriteAllText(Part, "x");
        await Fails(DownloadFailure.FileExists);
        File.Delete(Part);

        // A link is not ours.
        File.Move(Mark, Mark + ".elsewhere");
        File.CreateSymbolicLink(Mark, Mark + ".elsewhere");
        await Fails(DownloadFailure.FileExists);
        File.Move(Mark + ".elsewhere", Mark, overwrite: true);
        await Save();
        AssertSaved();
    }

    private Task EndBeforeTheRecord() =>
        Assert.ThrowsAsync<TimeoutException>(() => Save(new DownloadOptions { Saved = () => throw new TimeoutException("The process ends here.") }));

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

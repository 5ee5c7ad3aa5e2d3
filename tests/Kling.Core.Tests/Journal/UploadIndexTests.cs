using Kling.Core.Tests.Support;
using Kling.Journal;

namespace Kling.Core.Tests.Journal;

public sealed class UploadIndexTests : IDisposable
{
    private static readonly string s_hash = new('a', 64);
    private static readonly string s_other = new('b', 64);
    private readonly JournalBench _bench = new();
    private readonly FakeClock _clock = new();

    private string File => Path.Combine(_bench.Folder, "uploads.jsonl");

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Upload_IsFoundByItsBytes_AlsoByAnotherProcess()
    {
        UploadIndex index = Open();
        UploadIndex reader = Open();
        Assert.Null(reader.Find(s_hash));
        Guid id = Guid.NewGuid();
        index.Add(s_hash, id, "https://im.example/a.png");
        foreach (UploadIndex each in new[] { index, reader, Open() })
        {
            UploadedImage found = each.Find(s_hash)!;
            Assert.Equal((id, "https://im.example/a.png", _clock.UtcNow), (found.MediaId, found.MediaUrl, found.UploadedAt));
            Assert.Equal(s_hash, each.HashOf(id));
            Assert.Null(each.Find(s_other));
            Assert.Null(each.HashOf(Guid.NewGuid()));
        }
    }

    [Fact]
    public void Upload_LivesThirtyDaysAfterItsLastUse()
    {
        UploadIndex index = Open();
        index.Add(s_hash, Guid.NewGuid(), null);
        _clock.UtcNow += TimeSpan.FromDays(29.9);
        index.Touch(index.Find(s_hash)!);
        _clock.UtcNow += TimeSpan.FromDays(29.9);
        Assert.NotNull(index.Find(s_hash));
        Assert.NotNull(Open().Find(s_hash));
        _clock.UtcNow += TimeSpan.FromDays(0.2);
        Assert.Null(index.Find(s_hash));
        Assert.Null(Open().Find(s_hash));
    }

    [Fact]
    public void Use_IsRecordedOnceADay()
    {
        UploadIndex index = Open();
        index.Add(s_hash, Guid.NewGuid(), null);
        for (int hour = 0; hour < 48; hour++)
        {
            index.Touch(index.Find(s_hash)!);
            _clock.UtcNow += TimeSpan.FromHours(1);
        }

        Assert.Equal(2, System.IO.File.ReadAllLines(File).Length);
    }

    [Fact]
    public void ForgottenImage_IsNotFoundUntilItIsSentAgain()
    {
        UploadIndex index = Open();
        (Guid first, Guid second) = (Guid.NewGuid(), Guid.NewGuid());
        index.Add(s_hash, first, null);
        Assert.True(index.Forget(first));
        Assert.Null(index.Find(s_hash));
        Assert.Null(Open().Find(s_hash));
        Assert.Equal(s_hash, Open().HashOf(first));
        index.Add(s_hash, second, null);

        // Told late about the old id, the new one stays.
        Assert.True(Open().Forget(first));
        Assert.Equal(second, index.Find(s_hash)!.MediaId);
        Assert.False(index.Forget(Guid.NewGuid()));
    }

    [Fact]
    public void Endpoints_AreApart()
    {
        Open(JournalBench.Other).Add(s_hash, Guid.NewGuid(), null);
        Assert.Null(Open().Find(s_hash));
        Assert.NotNull(Open(JournalBench.Other).Find(s_hash));
    }

    [Theory]
    [InlineData("{\"v\":1,\"t\":\"20")]
    [InlineData("null\n")]
    [InlineData("{\"v\":1,\"t\":\"2030-01-01T00:00:00Z\",\"e\":\"Uploaded\",\"endpoint\":\"https://api.example.test/v1\",\"sha256\":\"short\",\"media\":\"0f8fad5b-d9cb-469f-a165-70867728950e\"}\n")]
    [InlineData("{\"v\":1,\"t\":7,\"e\":\"0\",\"endpoint\":\"https://api.example.test/v1\",\"sha256\":[],\"media\":null}\n")]
    [InlineData("\0\0\0\n")]
    public void DamagedLines_AreStepsOver(string damage)
    {
        UploadIndex index = Open();
        UploadIndex reader = Open();
        index.Add(s_hash, Guid.NewGuid(), null);
        System.IO.File.AppendAllText(File, damage);
        Assert.NotNull(reader.Find(s_hash));
        index.Add(s_other, Guid.NewGuid(), null);
        foreach (UploadIndex each in new[] { index, reader, Open() })
        {
            Assert.NotNull(each.Find(s_hash));
            Assert.NotNull(each.Find(s_other));
        }
    }

    [Fact]
    public void LineInTheMakings_IsReadWhenItIsWhole()
    {
        UploadIndex reader = Open();
        Open().Add(s_hash, Guid.NewGuid(), null);
        string line = System.IO.File.ReadAllText(File);
        System.IO.File.WriteAllText(File, line[..^20]);
        Assert.Null(reader.Find(s_hash));
        System.IO.File.AppendAllText(File, line[^20..]);
        Assert.NotNull(reader.Find(s_hash));
    }

    [Fact]
    public void RemovedFile_IsForgotten()
    {
        UploadIndex index = Open();
        index.Add(s_hash, Guid.NewGuid(), null);
        Assert.NotNull(index.Find(s_hash));
        System.IO.File.Delete(File);
        Assert.Null(index.Find(s_hash));
    }

    [Fact]
    public void FullDisk_IsSaid_AndTheProcessStillKnows()
    {
        var index = new UploadIndex(File, JournalBench.Live, _clock, TimeSpan.Zero, _ => throw new IOException("no space"));
        JournalException failure = Assert.Throws<JournalException>(() => index.Add(s_hash, Guid.NewGuid(), null));
        Assert.Contains("no space", failure.Message, StringComparison.Ordinal);
        Assert.NotNull(index.Find(s_hash));
    }

    [Fact]
    public void QueryOfAnAddress_IsNotStored()
    {
        Open().Add(s_hash, Guid.NewGuid(), "https://im.example/a.png?token=verysecret");
        Assert.DoesNotContain("verysecret", System.IO.File.ReadAllText(File), StringComparison.Ordinal);
        Assert.Null(Open().Find(s_hash)!.MediaUrl);
    }

    [Fact]
    public async Task ManyWriters_LoseNothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(() =>
        {
            UploadIndex index = Open();
            for (int i = 0; i < 10; i++)
            {
                index.Add($"{writer:x32}{i:x32}", Guid.NewGuid(), null);
            }
        })));
        UploadIndex all = Open();
        Assert.All(Enumerable.Range(0, 80), i => Assert.NotNull(all.Find($"{i / 10:x32}{i % 10:x32}")));
    }

    [Fact]
    public void Folder_HasOneFileForLiveAndOneForSandboxes()
    {
        var folder = new JournalFolder(_ => _bench.Folder);
        Assert.Equal(File, folder.OpenUploads(JournalBench.Live, _clock).FullPath);
        Assert.Equal(Path.Combine(_bench.Folder, "sandbox-uploads.jsonl"), folder.OpenUploads(JournalBench.Other, _clock).FullPath);
    }

    private UploadIndex Open(Uri? endpoint = null) => new(File, endpoint ?? JournalBench.Live, _clock);
}

using Kling.Core.Tests.Support;
using Kling.Images;
using Kling.Models;

namespace Kling.Core.Tests.Images;

public class ImageFileCacheTests : TempFolder
{
    private readonly FakeClock _clock = new() { UtcNow = DateTimeOffset.UtcNow.AddMinutes(1) };
    private readonly List<string> _read = [];
    private readonly ImageFileCache _cache;

    public ImageFileCacheTests() => _cache = new ImageFileCache(_clock, path =>
    {
        _read.Add(path);
        return ImageFile.Load(path);
    });

    [Fact]
    public void SameFile_IsReadOnce()
    {
        string path = Write("a.png", Pictures.Png());

        RequestImage first = _cache.Load(path);

        Assert.Same(first, _cache.Load(path));
        Assert.Single(_read);
    }

    [Fact]
    public void ChangedLength_IsReadAgain()
    {
        string path = Write("a.png", Pictures.Png());
        DateTime written = File.GetLastWriteTimeUtc(path);
        RequestImage first = _cache.Load(path);
        Write("a.png", Pictures.Png(extra: 5));
        File.SetLastWriteTimeUtc(path, written);

        Assert.NotEqual(first.Sha256, _cache.Load(path).Sha256);
    }

    [Fact]
    public void ChangedTime_IsReadAgain()
    {
        string path = Write("a.png", Pictures.Png());
        _cache.Load(path);
        File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddSeconds(-1));

        _cache.Load(path);

        Assert.Equal(2, _read.Count);
    }

    [Fact]
    public void FileWrittenAMomentAgo_IsNotTrusted()
    {
        string path = Write("a.png", Pictures.Png());
        _clock.UtcNow = new DateTimeOffset(File.GetLastWriteTimeUtc(path)).AddSeconds(1.9);

        _cache.Load(path);
        _cache.Load(path);

        Assert.Equal(2, _read.Count);
    }

    [Fact]
    public void FileThatIsGone_IsAnErrorAgain()
    {
        string path = Write("a.png", Pictures.Png());
        _cache.Load(path);
        File.Delete(path);

        Assert.Throws<ImageException>(() => _cache.Load(path));
    }

    [Fact]
    public void ManyFiles_MemoryIsBounded_AndTheLastIsStillKnown()
    {
        string path = Write("a.png", Pictures.Png());
        RequestImage image = ImageFile.Load(path);
        int loads = 0;
        var cache = new ImageFileCache(_clock, name =>
        {
            loads++;
            return new RequestImage(ImageKind.File, name) { Bytes = image.Bytes };
        });

        // Names of one file, so that the test need not write thousands.
        for (int i = 0; i < 5000; i++)
        {
            string name = $"{Folder}{new string('/', 1 + (i / 90))}{string.Concat(Enumerable.Repeat("./", i % 90))}a.png";
            cache.Load(name);
            cache.Load(name);
        }

        Assert.InRange(loads, 4096, 5000);
        Assert.InRange(cache.Count, 1, 4096);
    }
}

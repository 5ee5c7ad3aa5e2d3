using System.Runtime.Versioning;
using Kling.Journal;

namespace Kling.Core.Tests.Journal;

public sealed class JournalFolderTests : IDisposable
{
    private const UnixFileMode OwnerFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly JournalBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void FullPath_KlingHomeGiven_IsThat()
    {
        string home = Path.Combine(_bench.Folder, "home");
        JournalFolder folder = new(name => name == "KLING_HOME" ? home : null);
        Assert.Equal(home, folder.FullPath);
        Assert.False(Directory.Exists(home));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void FullPath_NoKlingHome_IsBelowTheLocalApplicationData(string? home)
    {
        JournalFolder folder = new(_ => home);
        string data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        Assert.Equal(Path.Combine(data, "Kling"), folder.FullPath);
        Assert.True(Path.IsPathFullyQualified(folder.FullPath));
    }

    [Theory]
    [InlineData("kling")]
    [InlineData("./kling")]
    [InlineData("~/kling")]
    public void New_RelativeKlingHome_IsRefusedByName(string home)
    {
        JournalException refused = Assert.Throws<JournalException>(() => new JournalFolder(_ => home));
        Assert.Contains("KLING_HOME", refused.Message, StringComparison.Ordinal);
        Assert.Contains(home, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FileFor_Loopback_IsAJournalOfItsOwn()
    {
        JournalFolder folder = new(_ => _bench.Folder);
        Assert.Equal(Path.Combine(_bench.Folder, "tasks.jsonl"), folder.FileFor(JournalBench.Live));
        Assert.Equal(Path.Combine(_bench.Folder, "sandbox-tasks.jsonl"), folder.FileFor(JournalBench.Other));
        Assert.Equal(Path.Combine(_bench.Folder, "sandbox-tasks.jsonl"), folder.FileFor(new Uri("http://localhost:1/")));
        Assert.Equal(Path.Combine(_bench.Folder, "sandbox-tasks.jsonl"), folder.FileFor(new Uri("http://[::1]:1/")));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Append_NewFolder_FolderAndFilesAreTheOwnersOnly()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // There the profile's access lists apply; not verified.
        }

        string home = Path.Combine(_bench.Folder, "deep", "er", "home");
        JournalFolder folder = new(_ => home);
        folder.Open(JournalBench.Live, _bench.Clock).Append(JournalEvent.Intent, JournalBench.NewTask());
        folder.Open(JournalBench.Other, _bench.Clock).Append(JournalEvent.Intent, JournalBench.NewTask());
        Assert.Equal(OwnerFolder, File.GetUnixFileMode(home));
        string[] files = Directory.GetFiles(home);
        Assert.Equal(["sandbox-tasks.jsonl", "sandbox-tasks.jsonl.lock", "tasks.jsonl", "tasks.jsonl.lock"], files.Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        Assert.All(files, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Append_FolderOfOthers_KeepsItsMode()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        UnixFileMode shared = OwnerFolder | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        File.SetUnixFileMode(_bench.Folder, shared);
        new JournalFolder(_ => _bench.Folder).Open(JournalBench.Live, _bench.Clock).Append(JournalEvent.Intent, JournalBench.NewTask());
        Assert.Equal(shared, File.GetUnixFileMode(_bench.Folder));
    }

    [Fact]
    public void CreateFolder_Twice_IsFine()
    {
        string folder = Path.Combine(_bench.Folder, "h") + Path.DirectorySeparatorChar;
        OwnerOnly.CreateFolder(folder);
        OwnerOnly.CreateFolder(folder);
        Assert.True(Directory.Exists(folder));
    }
}

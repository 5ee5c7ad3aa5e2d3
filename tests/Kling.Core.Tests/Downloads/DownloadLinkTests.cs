using System.Diagnostics;
using Kling.Downloads;
using Kling.Files;

namespace Kling.Core.Tests.Downloads;

/// <summary>A name that stands for a file elsewhere: that file stays as it is. The links are real.</summary>
public class DownloadLinkTests : DownloadBench
{
    private const string WholeMark = "kling-part 1\nvideo-one\n\"v1\"\n100000\nend\n";

    private string Victim => Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "elsewhere")).FullName, "victim");

    public static TheoryData<string> Names() => [".part", ".part.etag", ".part.old"];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task SymbolicLink_IsReplaced_AndItsFileStays(string name)
    {
        await File.WriteAllTextAsync(Victim, "precious");
        File.CreateSymbolicLink(Final + name, Victim);
        await Save();
        Assert.Equal("precious", await File.ReadAllTextAsync(Victim));
        Assert.Equal(Host.File, await File.ReadAllBytesAsync(Final));
        Assert.Null(new FileInfo(Final).LinkTarget);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task SymbolicLinkToNothing_MakesNoFileElsewhere(string name)
    {
        File.CreateSymbolicLink(Final + name, Victim);
        await Save();
        Assert.False(File.Exists(Victim));
        Assert.Equal(Host.File, await File.ReadAllBytesAsync(Final));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task HardLink_IsReplaced_AndItsFileStays(string name)
    {
        await File.WriteAllTextAsync(Victim, "precious");
        HardLink(Victim, Final + name);
        await Save();
        Assert.Equal("precious", await File.ReadAllTextAsync(Victim));
        Assert.Equal(Host.File, await File.ReadAllBytesAsync(Final));
    }

    [Fact]
    public async Task HardLinkWithAFittingMark_IsContinuedInANewFile()
    {
        await File.WriteAllBytesAsync(Victim, Host.File[..30_000]);
        HardLink(Victim, Part);
        await File.WriteAllTextAsync(Mark, WholeMark);
        await Save();
        Assert.Equal(Host.File[..30_000], await File.ReadAllBytesAsync(Victim));
        AssertSaved();
        Assert.Equal(70_000, Host.Sent);
    }

    [Fact]
    public async Task SymbolicLinkWithAFittingMark_IsNotContinued()
    {
        await File.WriteAllBytesAsync(Victim, Host.File[..30_000]);
        File.CreateSymbolicLink(Part, Victim);
        await File.WriteAllTextAsync(Mark, WholeMark);
        await Save();
        Assert.Equal(Host.File[..30_000], await File.ReadAllBytesAsync(Victim));
        AssertSaved();
        Assert.Equal(100_000, Host.Sent);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FinalName_ThatIsALink_IsKept_AndReplacedOnlyWithForce(bool symbolic)
    {
        await File.WriteAllTextAsync(Victim, "precious");
        if (symbolic)
        {
            File.CreateSymbolicLink(Final, Victim);
        }
        else
        {
            HardLink(Victim, Final);
        }

        await Fails(DownloadFailure.FileExists);
        await Save(force: true);
        Assert.Equal("precious", await File.ReadAllTextAsync(Victim));
        AssertSaved();
        Assert.Null(new FileInfo(Final).LinkTarget);
    }

    [Fact]
    public void OutputFile_ThatIsALink_IsReplacedAndNotFollowed()
    {
        File.WriteAllText(Victim, "precious");
        string path = Path.Combine(Folder, "a.kling.json");
        File.CreateSymbolicLink(path, Victim);
        Assert.Throws<OutputFileException>(() => OutputFile.Write(path, [1], force: false));
        OutputFile.Write(path, [1], force: true);
        Assert.Equal("precious", File.ReadAllText(Victim));
        Assert.Null(new FileInfo(path).LinkTarget);
        File.Delete(path);
        File.CreateSymbolicLink(path, Victim + "-none");
        Assert.Throws<OutputFileException>(() => OutputFile.Write(path, [1], force: false));
        OutputFile.Write(path, [1], force: true);
        Assert.False(File.Exists(Victim + "-none"));
        Assert.Equal([1], File.ReadAllBytes(path));
    }

    [Fact]
    public async Task DiskThatFillsWhileAPartIsRenewed_KeepsThePart()
    {
        await File.WriteAllBytesAsync(Part, Host.File[..30_000]);
        await File.WriteAllTextAsync(Mark, WholeMark);
        using var downloader = new VideoDownloader(Host, Clock)
        {
            OpenFile = (path, mode) => mode == FileMode.CreateNew ? throw new IOException("No space left on device") { HResult = 28 } : PartFile.Exclusive(path, mode),
        };
        var failure = await Assert.ThrowsAsync<DownloadException>(() => downloader.SaveAsync(Video(), Folder, Name, null, default));
        Assert.Equal(DownloadFailure.DiskFull, failure.Reason);
        Assert.Equal(30_000, new FileInfo(Part).Length);
        await Save();
        AssertSaved();
        Assert.Equal(70_000, Host.Sent);
    }

    private static void HardLink(string file, string name)
    {
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo("cmd.exe", ["/c", "mklink", "/H", name, file])
            : new ProcessStartInfo("ln", [file, name]);
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}

using System.Runtime.InteropServices;
using System.Text;
using Kling.Core.Tests.Support;
using Kling.Journal;
using Kling.Models;

namespace Kling.Core.Tests.Journal;

/// <summary>What is wrong with a journal is said before anything is decided by it; only an unfinished line of an interrupted writer is nothing.</summary>
public sealed class DamagedJournalTests : IDisposable
{
    private static readonly string s_hash = new('a', 64);
    private readonly JournalBench _bench = new();

    private string Uploads => Path.Combine(_bench.Folder, "uploads.jsonl");

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void AnyChangedByte_IsSeenOrChangesNothing()
    {
        Fill();
        byte[] whole = File.ReadAllBytes(_bench.File);
        string[] expected = Described();
        Guid[] decided = Decided();
        var random = new Random(7);
        int seen = 0;
        foreach (int at in Enumerable.Range(0, whole.Length))
        {
            foreach (int change in new[] { 1 << random.Next(8), random.Next(1, 256), whole[at] ^ '\n', whole[at] ^ ' ' }.Where(change => change != 0))
            {
                byte[] damaged = [.. whole];
                damaged[at] ^= (byte)change;
                File.WriteAllBytes(_bench.File, damaged);
                try
                {
                    Guid[] found = Decided();
                    Assert.True(decided.SequenceEqual(found) && expected.SequenceEqual(Described()), $"byte {at} changed by {change}: {Encoding.Latin1.GetString(damaged)}");
                }
                catch (JournalException)
                {
                    seen++;
                }
            }
        }

        Assert.True(seen > 3 * whole.Length, $"{seen} of {whole.Length} bytes");
    }

    [Fact]
    public void LineCutAnywhere_IsNothing_AlsoBehindTheNextRecord()
    {
        Fill();
        byte[] before = File.ReadAllBytes(_bench.File);
        byte[] line = JournalWriter.Write(JournalEvent.Intent, JournalBench.NewTask("rain \u5bb6"), JournalBench.Live.AbsoluteUri, _bench.Clock.UtcNow);
        int tasks = Whole(_bench.Open());
        foreach (int length in Enumerable.Range(0, line.Length - 1))
        {
            File.WriteAllBytes(_bench.File, [.. before, .. line.AsSpan(0, length)]);
            TaskJournal journal = _bench.Open();
            Assert.Equal(tasks, Whole(journal));
            Assert.Equal(tasks, journal.Last(99).Count);
            Assert.Equal(0, journal.SkippedLines);
            journal.Append(JournalEvent.Intent, JournalBench.NewTask());
            Assert.Equal(tasks + 1, Whole(journal));
            Assert.Equal(tasks + 1, journal.Last(99).Count);
            Assert.Equal(0, journal.SkippedLines);
        }
    }

    [Fact]
    public void LastRecordWithoutItsLineEnd_Counts()
    {
        Fill();
        byte[] whole = File.ReadAllBytes(_bench.File);
        File.WriteAllBytes(_bench.File, whole[..^1]);
        Assert.Equal(3, Whole(_bench.Open()));
        _bench.Open().Append(JournalEvent.Intent, JournalBench.NewTask());
        Assert.Equal(4, Whole(_bench.Open()));
    }

    [Fact]
    public void DamagedLines_StopOnlyWhoDecidesAboutBuying_AndAreNamed()
    {
        Fill();
        _bench.AddRaw("not ours\n");
        _bench.Open().Append(JournalEvent.Intent, JournalBench.NewTask("later"));
        TaskJournal journal = _bench.Open();
        JournalException stopped = Assert.Throws<JournalException>(() => Whole(journal));
        long line = Assert.Single(stopped.DamagedLines);
        Assert.Equal("not ours", _bench.Lines[line - 1]);
        Assert.Equal(_bench.File, stopped.FilePath);
        Assert.Contains($"line {line}.", stopped.Message, StringComparison.Ordinal);
        Assert.Equal(4, journal.All().Count());
        Assert.Equal(1, journal.SkippedLines);
    }

    [Fact]
    public void LinesOfTheFirstVersion_HaveNoChecksumAndAreRead()
    {
        Fill();
        File.WriteAllLines(_bench.File, _bench.Lines.Select(line => line[..line.IndexOf(",\"crc\"", StringComparison.Ordinal)] + "}"));
        Assert.Equal(3, Whole(_bench.Open()));
    }

    [Fact]
    public void LaterVersion_IsAnErrorForEveryReader()
    {
        Fill();
        KlingTask task = JournalBench.NewTask();
        string line = Encoding.UTF8.GetString(JournalWriter.Write(JournalEvent.Intent, task, JournalBench.Live.AbsoluteUri, _bench.Clock.UtcNow));
        _bench.AddRaw(line[..line.IndexOf(",\"crc\"", StringComparison.Ordinal)].Replace("{\"v\":1", "{\"v\":2", StringComparison.Ordinal) + "}\n");
        TaskJournal journal = _bench.Open();
        foreach (Action read in new Action[] { () => journal.Last(1), () => journal.Index(), () => JournalBench.Decide(journal), () => journal.Find([Guid.NewGuid()]), () => _ = journal.All().ToArray(), () => _ = journal.Select(1, null, _ => true).ToArray() })
        {
            JournalException later = Assert.Throws<JournalException>(read);
            Assert.True(later.IsLaterVersion);
            Assert.Contains(_bench.File, later.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(300_000)]
    public void Garbage_StopsWhoDecidesAboutBuying(int length)
    {
        byte[] garbage = new byte[length];
        new Random(length).NextBytes(garbage);
        File.WriteAllBytes(_bench.File, [(byte)'x', .. garbage]);
        Assert.NotEmpty(Assert.Throws<JournalException>(() => Whole(_bench.Open())).DamagedLines);
        Assert.Empty(_bench.Open().Last(9));
    }

    [Fact]
    public void Uploads_AnyChangedByteIsSeenOrChangesNothing()
    {
        Guid id = Guid.NewGuid();
        OpenUploads().Add(s_hash, id, null, "shot.png");
        OpenUploads().Forget(id);
        byte[] whole = File.ReadAllBytes(Uploads);
        var random = new Random(11);
        int seen = 0;
        foreach (int at in Enumerable.Range(0, whole.Length - 1))
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= (byte)random.Next(1, 256);
            File.WriteAllBytes(Uploads, damaged);
            UploadIndex index = OpenUploads();
            try
            {
                index.RequireWhole();
                Assert.Equal(s_hash, index.HashOf(id));
                Assert.Null(index.Find(s_hash));
            }
            catch (JournalException)
            {
                seen++;
            }
        }

        Assert.True(seen > whole.Length * 9 / 10, $"{seen} of {whole.Length}");
    }

    [Fact]
    public void Uploads_LaterVersionIsAnError_AndAnUnfinishedLineIsNot()
    {
        OpenUploads().Add(s_hash, Guid.NewGuid(), null);
        File.AppendAllText(Uploads, "{\"v\":1,\"t\":\"20");
        OpenUploads().RequireWhole();
        OpenUploads().Add(new('b', 64), Guid.NewGuid(), null);
        UploadIndex index = OpenUploads();
        index.RequireWhole();
        Assert.NotNull(index.Find(s_hash));
        File.AppendAllText(Uploads, "{\"v\":2}\n");
        Assert.True(Assert.Throws<JournalException>(OpenUploads().RequireWhole).IsLaterVersion);
        Assert.True(Assert.Throws<JournalException>(() => OpenUploads().Find(s_hash)).IsLaterVersion);
    }

    public static TheoryData<string> Places() => OperatingSystem.IsWindows() ? ["link"] : ["link", "link to nowhere", "link to /dev/null", "folder", "linked folder", "pipe", "someone else's", "someone else's folder"];

    [Theory]
    [MemberData(nameof(Places))]
    public void FileThatIsNotOurs_IsRefused_AndNotTouched(string place)
    {
        string folder = Path.Combine(_bench.Folder, "home");
        string file = Path.Combine(folder, "tasks.jsonl");
        string elsewhere = Path.Combine(_bench.Folder, "elsewhere.txt");
        File.WriteAllText(elsewhere, "precious\n");
        if (place == "linked folder")
        {
            Directory.CreateSymbolicLink(folder, Directory.CreateDirectory(Path.Combine(_bench.Folder, "real")).FullName);
        }
        else
        {
            Directory.CreateDirectory(folder);
        }

        switch (place)
        {
            case "link":
                File.CreateSymbolicLink(file, elsewhere);
                break;
            case "link to nowhere":
                File.CreateSymbolicLink(file, Path.Combine(_bench.Folder, "new.txt"));
                break;
            case "link to /dev/null":
                File.CreateSymbolicLink(file, "/dev/null");
                break;
            case "folder":
                Directory.CreateDirectory(file);
                break;
            case "pipe":
                Assert.Equal(0, MakePipe(file, 0b110_000_000));
                break;
            case "someone else's" or "someone else's folder":
                if (place == "someone else's")
                {
                    File.WriteAllText(file, "");
                }

                // Only the administrator can give a file away. Others try with one that is not theirs.
                if (ChangeOwner(place == "someone else's" ? file : folder, 12345, 12345) != 0)
                {
                    file = place == "someone else's" ? "/etc/hosts" : "/etc/kling-tasks.jsonl";
                }

                break;
        }

        var journal = new TaskJournal(file, JournalBench.Live, _bench.Clock);
        var uploads = new UploadIndex(file, JournalBench.Live, _bench.Clock);
        Action[] uses =
        [
            () => journal.Append(JournalEvent.Intent, JournalBench.NewTask()), () => journal.Last(1), () => JournalBench.Decide(journal),
            uploads.RequireWhole, () => uploads.Add(s_hash, Guid.NewGuid(), null),
        ];
        Assert.All(uses, use =>
        {
            JournalException refused = Assert.Throws<JournalException>(use);
            Assert.Contains(place switch
            {
                "folder" or "pipe" => "it is no regular file",
                "someone else's" or "someone else's folder" => "it belongs to another user",
                _ => "it is a link",
            }, refused.Message, StringComparison.Ordinal);
        });
        Assert.Equal("precious\n", File.ReadAllText(elsewhere));
        Assert.False(File.Exists(Path.Combine(_bench.Folder, "new.txt")));
        Assert.Empty(Directory.GetFiles(_bench.Folder, "*.lock", SearchOption.AllDirectories));
    }

    [Fact]
    public void LockThatIsALink_IsRefused()
    {
        string elsewhere = Path.Combine(_bench.Folder, "elsewhere.txt");
        File.WriteAllText(elsewhere, "");
        File.CreateSymbolicLink(_bench.File + ".lock", elsewhere);
        Assert.Contains("it is a link", Assert.Throws<JournalException>(() => _bench.Open().Append(JournalEvent.Intent, JournalBench.NewTask())).Message, StringComparison.Ordinal);
    }

    [DllImport("libc", EntryPoint = "chown", CharSet = CharSet.Unicode, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ChangeOwner([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint user, uint group);

    [DllImport("libc", EntryPoint = "mkfifo", CharSet = CharSet.Unicode, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakePipe([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);

    private Guid[] Decided() => [.. JournalBench.Decide(_bench.Open(), "one", "two", "three"), .. _bench.Open().Index().Ids];

    /// <summary>How many tasks there are, where no line is damaged.</summary>
    private static int Whole(TaskJournal journal)
    {
        JournalBench.Decide(journal);
        return journal.Index().Ids.Count;
    }

    private UploadIndex OpenUploads() => new(Uploads, JournalBench.Live, new FakeClock());

    private string[] Described() => [.. _bench.Open().All().Select(JournalSamples.Describe)];

    private void Fill()
    {
        TaskJournal journal = _bench.Open();
        foreach (string fingerprint in new[] { "one", "two", "three" })
        {
            KlingTask task = JournalBench.NewTask(fingerprint + " \u5bb6");
            task.Fingerprint = fingerprint;
            journal.Append(JournalEvent.Intent, task);
            task.Status = KlingTaskStatus.Succeeded;
            task.BillingState = BillingState.Billed;
            task.Cost = 0.1848m;
            task.Videos = [new KlingVideo { VideoId = "v", VideoUrl = "https://videos.test/v.mp4", Seed = 7 }];
            journal.Append(JournalEvent.Ended, task);
        }
    }
}

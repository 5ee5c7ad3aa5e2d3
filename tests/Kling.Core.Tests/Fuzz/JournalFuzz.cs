using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using CsCheck;
using Kling.Core.Tests.Journal;
using Kling.Core.Tests.Support;
using Kling.Journal;
using Kling.Models;
using Xunit.Abstractions;

namespace Kling.Core.Tests.Fuzz;

/// <summary>Whatever a crash, an editor or a stranger left in the journal, every record that is whole is read, from either end.</summary>
public sealed class JournalFuzz(ITestOutputHelper output) : IDisposable
{
    private const string Endpoint = "https://api.example.test/v1";

    private static readonly Guid[] s_ids = [.. Enumerable.Range(1, 4).Select(i => new Guid(i, 0, 0x4000, [0x80, 0, 0, 0, 0, 0, 0, 0]))];

    private static readonly FuzzJson s_json = new(
        ["v", "t", "e", "id", "endpoint", "fingerprint", "status", "billing", "cost", "videos", "errors", "prompt", "image", "utf16", "url", "code", "submitted", "duration", "seed"],
        ["Intent", "Accepted", "Ended", "Removed", "Succeeded", "Billed", Endpoint, s_ids[0].ToString("D"), "2030-01-02T03:04:05Z", "AA==", "99"]);

    private static readonly Gen<byte[]> s_records = Gen.Select(Gen.Int, Gen.Int[0, 3], Gen.Enum<JournalEvent>(), (seed, id, what) =>
    {
        KlingTask task = JournalSamples.Task(new Random(seed));
        KlingTask known = TaskOf(s_ids[id], task);
        return JournalWriter.Write(what, known, Endpoint, DateTimeOffset.UnixEpoch.AddSeconds(Math.Abs((long)seed)))[..^1];
    });

    private static readonly Gen<byte[]> s_lines = Gen.Frequency(
        (4, s_records),
        (3, FuzzBytes.Damaged(s_records)),
        (2, s_json.Bytes(s_json.Object)),
        (1, s_json.Bytes(s_json.Object.Select(other => $$"""{"v":1,"t":"2030-01-02T03:04:05Z","e":"Ended","id":"{{s_ids[1]}}","endpoint":"{{Endpoint}}","status":"Succeeded",{{other[1..]}}"""))),
        (1, Gen.Byte.Array[0, 30]));

    private static readonly Gen<byte[]> s_files = Gen.Select(s_lines.Array[0, 7], Gen.OneOf("\n", "\r\n", "\n\n", "\n\0\0\n"), Gen.Bool, Join);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kling-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void AnyLine_IsReadWithoutAnException() => FuzzRun.Check(output, "Journal: any line", s_lines, line =>
    {
        LineHeader header = JournalReader.ReadHeader(line, Endpoint);
        JournalRecord? record = JournalReader.ReadRecord(line);
        if (header.Kind == JournalLineKind.Record && !RepeatsAName(line))
        {
            Assert.NotNull(record);
            Assert.Equal((header.Id, header.Event), (record!.Task.TaskId, record.Event));
        }
    }, Encoding.UTF8.GetString);

    [Fact]
    public void AnyBytes_HaveTheSameLinesFromBothEnds() => FuzzRun.Check(
        output, "Journal: lines from both ends",
        Gen.Frequency((1, s_files), (1, Gen.Frequency((1, Gen.Const((byte)'\n')), (3, Gen.Byte)).Array[0, 200]), (1, Gen.Select(Gen.Int[0, 400_000], Gen.Int[1, 200_000], Long))),
        file =>
        {
            string[] forward = Lines(new ForwardLines(new MemoryStream(file)));
            string[] backward = Lines(new BackwardLines(new MemoryStream(file)));
            Array.Reverse(backward);
            string text = Encoding.Latin1.GetString(file);
            string[] expected = text.Split('\n');
            Assert.Equal(expected[^1].Length == 0 ? expected[..^1] : expected, forward);
            Assert.Equal(forward, backward);
        }, file => Convert.ToHexString(file.AsSpan(0, Math.Min(400, file.Length))));

    [Fact]
    public void AnyFile_TellsTheSameInEveryWay() => FuzzRun.Check(
        output, "Journal: any file, read in every way", Gen.Select(s_files, Gen.Int[1, 5], (file, count) => (File: file, Count: count)), sample =>
        {
            if (AnyRecordRepeatsAName(sample.File))
            {
                return;
            }

            string path = Path.Combine(_folder.FullName, FormattableString.Invariant($"tasks-{Environment.CurrentManagedThreadId}.jsonl"));
            File.WriteAllBytes(path, sample.File);
            var journal = new TaskJournal(path, new Uri(Endpoint), new FakeClock());
            if (HoldsALaterVersion(sample.File))
            {
                Assert.Contains("later version", Assert.Throws<JournalException>(journal.Index).Message);
                return;
            }

            string[] all = [.. journal.All().Select(JournalSamples.Describe)];
            JournalIndex index = journal.Index();

            Assert.Equal(all, index.Read(index.Ids).Select(JournalSamples.Describe));
            Assert.Equal(all, journal.Find([.. index.Ids]).Select(JournalSamples.Describe));
            Assert.Equal(Math.Min(sample.Count, all.Length), journal.Last(sample.Count).Count);
            IReadOnlyList<KlingTask> last = journal.Last(int.MaxValue);
            Assert.Equal(journal.All().Select(task => task.TaskId).Order(), last.Select(task => task.TaskId).Order());
            if (!IntentsComeLate(sample.File))
            {
                Assert.Equal(all.Order(StringComparer.Ordinal), last.Select(JournalSamples.Describe).Order(StringComparer.Ordinal));
            }
        }, sample => Encoding.UTF8.GetString(sample.File));

    /// <summary>No line of ours says a name twice; where a foreign one does, header and record may take it from different places.</summary>
    private static bool RepeatsAName(byte[] line)
    {
        using JsonDocument json = JsonDocument.Parse(JournalReader.Trim(line).ToArray());
        string[] names = [.. json.RootElement.EnumerateObject().Select(member => Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName(member)))];
        return names.Length != names.Distinct(StringComparer.Ordinal).Count();
    }

    private static bool AnyRecordRepeatsAName(byte[] file) => AnyLine(file, (kind, line) => kind == JournalLineKind.Record && RepeatsAName(line));

    private static bool HoldsALaterVersion(byte[] file) => AnyLine(file, (kind, _) => kind == JournalLineKind.LaterVersion);

    private static bool AnyLine(byte[] file, Func<JournalLineKind, byte[], bool> isOne)
    {
        var lines = new ForwardLines(new MemoryStream(file));
        while (lines.MoveNext())
        {
            if (isOne(JournalReader.ReadHeader(lines.Line, Endpoint).Kind, lines.Line.ToArray()))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether an Intent comes behind another record of its task. Ours then carries on what was known; these do not, and whoever reads from
    /// the end stops at it.
    /// </summary>
    private static bool IntentsComeLate(byte[] file)
    {
        var seen = new HashSet<Guid>();
        var lines = new ForwardLines(new MemoryStream(file));
        while (lines.MoveNext())
        {
            LineHeader header = JournalReader.ReadHeader(lines.Line, Endpoint);
            if (header.Kind == JournalLineKind.Record && !seen.Add(header.Id) && header.Event == JournalEvent.Intent)
            {
                return true;
            }
        }

        return false;
    }

    private static string[] Lines(JournalLines reader)
    {
        var lines = new List<string>();
        while (reader.MoveNext())
        {
            lines.Add(Encoding.Latin1.GetString(reader.Line));
        }

        return [.. lines];
    }

    private static byte[] Join(byte[][] lines, string end, bool torn)
    {
        var file = new List<byte>();
        foreach (byte[] line in lines)
        {
            file.AddRange(line);
            file.AddRange(Encoding.ASCII.GetBytes(end));
        }

        return [.. torn && file.Count > 0 ? file.SkipLast(end.Length) : file];
    }

    /// <summary>Long lines, so that the readers' buffers have to grow and blocks end anywhere.</summary>
    private static byte[] Long(int first, int second)
    {
        byte[] file = new byte[first + second + 1];
        file.AsSpan().Fill((byte)'x');
        file[first] = (byte)'\n';
        return file;
    }

    private static KlingTask TaskOf(Guid id, KlingTask other)
    {
        KlingTask task = new() { TaskId = id, Fingerprint = other.Fingerprint, Model = other.Model, Image = other.Image, Prompt = other.Prompt, Duration = other.Duration };
        task.Status = other.Status;
        task.BillingState = other.BillingState;
        task.Cost = other.Cost;
        task.Videos = other.Videos;
        task.Errors = other.Errors;
        task.SubmittedAt = other.SubmittedAt;
        return task;
    }
}

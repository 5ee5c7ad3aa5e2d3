using Kling.Journal;
using Kling.Models;

namespace Kling.Core.Tests.EndToEnd;

/// <summary>A journal's bytes, which outlive the processes that write them. Real lines, really read; only the file is in memory.</summary>
internal sealed class MoneyDisk(string endpoint)
{
    private readonly List<byte> _bytes = [];

    /// <summary>Appends a line; half of it where the writer dies in the middle.</summary>
    internal void Append(JournalEvent what, KlingTask task, DateTimeOffset now, bool torn)
    {
        byte[] line = JournalWriter.Write(what, task, endpoint, now);
        lock (_bytes)
        {
            if (_bytes.Count > 0 && _bytes[^1] != '\n')
            {
                _bytes.Add((byte)'\n');
            }

            _bytes.AddRange(torn ? line[..(line.Length / 2)] : line);
        }
    }

    /// <summary>Every task, as another process reads it.</summary>
    internal KlingTask[] Read()
    {
        byte[] all;
        lock (_bytes)
        {
            all = [.. _bytes];
        }

        var records = new List<JournalRecord>();
        foreach (Range range in Lines(all))
        {
            ReadOnlySpan<byte> line = all.AsSpan(range);
            if (JournalReader.ReadHeader(line, endpoint).Kind == JournalLineKind.Record && JournalReader.ReadRecord(line) is JournalRecord record)
            {
                records.Add(record);
            }
        }

        return [.. records.GroupBy(record => record.Task.TaskId).Select(task => TaskFold.Fold(task.Key, endpoint, task)).OfType<KlingTask>()];
    }

    private static IEnumerable<Range> Lines(byte[] all)
    {
        int start = 0;
        for (int i = 0; i <= all.Length; i++)
        {
            if (i == all.Length || all[i] == '\n')
            {
                yield return start..i;
                start = i + 1;
            }
        }
    }
}

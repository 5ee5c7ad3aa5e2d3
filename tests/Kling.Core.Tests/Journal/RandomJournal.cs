using System.Text;
using Kling.Journal;
using Kling.Models;

namespace Kling.Core.Tests.Journal;

/// <summary>The lines of a random journal: two endpoints, equal requests, tasks that are sent again or removed, times out of order, and junk.</summary>
internal sealed class RandomJournal
{
    internal static readonly string[] Fingerprints = ["a", "b", "c", "d"];

    private readonly Random _random;
    private readonly DateTimeOffset _now;
    private string _open = "";

    internal RandomJournal(Random random, DateTimeOffset now)
    {
        _random = random;
        _now = now;
        Ids = [.. Enumerable.Range(0, 12).Select(NewId)];
    }

    /// <summary>Some begin alike, some so far that their keys are the same, and some like the key of a time.</summary>
    internal Guid[] Ids { get; }

    /// <summary>So many lines more. The last one may have no end, and then the next ones begin with what its writer's successor writes.</summary>
    internal byte[] Next(int count, bool mayDamage)
    {
        List<byte> bytes = [.. Encoding.UTF8.GetBytes(count == 0 ? "" : _open)];
        for (int i = 0; i < count; i++)
        {
            byte[] line = Line(mayDamage);
            bytes.AddRange(line);
            bytes.AddRange(_random.Next(9) == 0 ? "\r\n"u8 : "\n"u8);
        }

        _open = count == 0 ? _open : "";
        if (count > 0 && _random.Next(3) == 0)
        {
            byte[] last = Record();
            int length = _random.Next(4) == 0 ? last.Length : _random.Next(1, last.Length);
            bytes.AddRange(last[..length]);
            _open = length == last.Length ? "\n" : "#torn\n";
        }

        return [.. bytes];
    }

    private byte[] Line(bool mayDamage)
    {
        byte[] record = Record();
        switch (_random.Next(mayDamage ? 24 : 20))
        {
            case 0:
                return [];
            case 1:
                return [.. record[.._random.Next(record.Length)], .. JournalFormat.TornMark];
            case 2:
                return Encoding.UTF8.GetBytes(JournalBench.WithoutChecksum(Encoding.UTF8.GetString(record)));
            case 20:
                record[_random.Next(record.Length)] ^= 0x80;
                return record;
            case 21:
                return "not ours"u8.ToArray();
            default:
                return record;
        }
    }

    private byte[] Record()
    {
        KlingTask task = JournalSamples.Task(_random, Ids[_random.Next(Ids.Length)]);
        task.Fingerprint = _random.Next(9) == 0 ? null : Fingerprints[_random.Next(Fingerprints.Length)];
        JournalEvent what = _random.Next(2) == 0 ? JournalEvent.Intent : (JournalEvent)_random.Next(1, Enum.GetValues<JournalEvent>().Length);
        Uri endpoint = _random.Next(4) == 0 ? JournalBench.Other : JournalBench.Live;
        TimeSpan ago = _random.Next(4) switch
        {
            0 => TimeSpan.FromDays(1) + TimeSpan.FromSeconds(_random.Next(-1, 2)),
            1 => TimeSpan.FromDays(1) + TimeSpan.FromMilliseconds(_random.Next(-999, 999)),
            _ => TimeSpan.FromSeconds(_random.Next(-100_000, 300_000)),
        };
        return JournalWriter.Write(what, task, endpoint.AbsoluteUri, _now - ago, "c")[..^1];
    }

    private Guid NewId(int number)
    {
        byte[] bytes = new byte[16];
        _random.NextBytes(bytes);
        string digits = Convert.ToHexString(bytes);
        return Guid.Parse((number % 4) switch
        {
            0 => "12345678" + digits[8..],
            1 => "123456781234567A" + digits[16..],
            2 => "FFFFFF0E" + digits[8..],
            _ => digits,
        });
    }
}

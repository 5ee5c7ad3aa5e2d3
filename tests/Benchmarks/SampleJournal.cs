using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;

namespace Kling.Benchmarks;

/// <summary>A long journal, made of the lines of a few real purchases: the first one's again and again, each time with an id, a fingerprint, times and checksums of its own.</summary>
internal sealed partial class SampleJournal
{
    private const int MinutesBetweenTasks = 2;

    private readonly string _file;
    private readonly string _id;
    private readonly string[] _lines;
    private readonly int _count;
    private int _written;

    /// <summary>Takes the lines of the purchases in a journal, which stay in its middle.</summary>
    internal SampleJournal(string file, int count)
    {
        (_file, _count) = (file, count);
        byte[] real = File.ReadAllBytes(file);
        string[] lines = File.ReadAllLines(file);
        _id = IdPattern().Match(lines[0]).Value;
        _lines = [.. lines.Where(line => line.Contains(_id, StringComparison.Ordinal))];
        File.Delete(file);
        Write(count / 2);
        File.AppendAllBytes(file, real);
    }

    /// <summary>Bytes of a task.</summary>
    internal int BytesOfTask => _lines.Sum(line => line.Length + 1);

    /// <summary>The id of a task of the first third.</summary>
    internal string SomeId { get; private set; } = "";

    /// <summary>Writes on until there are so many tasks.</summary>
    internal void Write(int until)
    {
        using var writer = new FileStream(_file, FileMode.Append, FileAccess.Write, FileShare.None, 1 << 20);
        for (; _written < until; _written++)
        {
            string id = Guid.NewGuid().ToString("D");
            string fingerprint = $"\"fingerprint\":\"{Guid.NewGuid():N}{Guid.NewGuid():N}\"";
            string time = $"\"t\":\"{DateTimeOffset.UtcNow.AddMinutes((_written - _count) * MinutesBetweenTasks).ToString("O", CultureInfo.InvariantCulture)}\"";
            SomeId = _written == _count / 3 ? id : SomeId;
            foreach (string line in _lines)
            {
                string changed = TimePattern().Replace(FingerprintPattern().Replace(line.Replace(_id, id, StringComparison.Ordinal), fingerprint), time, 1);
                writer.Write(Encoding.UTF8.GetBytes(WithItsSum(changed) + "\n"));
            }
        }
    }

    /// <summary>The same sum as the module's own.</summary>
    private static string WithItsSum(string line)
    {
        string summed = line[..line.LastIndexOf(",\"crc\":\"", StringComparison.Ordinal)];
        ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes(summed);
        uint sum = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (byte one in bytes)
        {
            sum = BitOperations.Crc32C(sum, one);
        }

        return $"{summed},\"crc\":\"{~sum:x8}\"}}";
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex IdPattern();

    [GeneratedRegex("\"fingerprint\":\"[^\"]*\"")]
    private static partial Regex FingerprintPattern();

    [GeneratedRegex("\"t\":\"[^\"]*\"")]
    private static partial Regex TimePattern();
}

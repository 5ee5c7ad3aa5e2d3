using System.Text.Json;

namespace Kling.Benchmarks;

/// <summary>The sandbox's ledger as one line of JSON. Public, because a script calls it.</summary>
public static class LedgerText
{
    /// <summary>Writes the line.</summary>
    public static string Write(int tasks, long requests, decimal billed, object[] ids, object[] times)
    {
        var finished = new Dictionary<string, DateTimeOffset>();
        for (int i = 0; i < ids.Length; i++)
        {
            finished[ids[i].ToString()!] = (DateTimeOffset)times[i];
        }

        return JsonSerializer.Serialize(new Ledger(tasks, requests, billed, finished));
    }
}

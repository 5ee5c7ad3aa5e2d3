using System.Globalization;
using System.Text.Json;

namespace Kling.Benchmarks;

/// <summary>What New-KlingVideo costs per item beside the round trip: one at a time, nothing waits, against a sandbox in its own process.</summary>
internal static class CallBenchmark
{
    internal static void Run(Report report, string? items)
    {
        int count = int.Parse(items ?? "400", CultureInfo.InvariantCulture);
        report.Table("One item of New-KlingVideo, without waiting", "Image", "Items", "ms per item", "of it round trip ms", "Overhead ms", "CPU ms", "CPU of the bare round trip ms", "Allocated KB", "Bytes read of the file per image byte", "Allocated per image byte");
        Row(report, "address", count, 0);
        Row(report, "8 KB", count, 8 * 1024);
        Row(report, "4 MB", Math.Max(count / 10, 2), 4 * 1024 * 1024);
    }

    private static void Row(Report report, string name, int items, int bytes)
    {
        string image = bytes == 0 ? "https://images.example.com/a.png" : SampleImage.Write(bytes);
        try
        {
            using var sandbox = new Child("serve", "0", "0");
            string endpoint = sandbox.ReadLine();
            using var child = new Child("call", endpoint, items.ToString(CultureInfo.InvariantCulture), image);
            CallReport call = JsonSerializer.Deserialize<CallReport>(child.ReadLine())!;
            report.Row(name, items, Text(call.Item), Text(call.RoundTrip), Text(call.Item - call.RoundTrip), Text(call.Cpu), Text(call.RoundTripCpu),
                (call.Allocated / 1024).ToString("0", CultureInfo.InvariantCulture), bytes == 0 ? "–" : Text(call.Read / bytes), bytes == 0 ? "–" : Text(call.Allocated / bytes));
        }
        finally
        {
            if (bytes > 0)
            {
                File.Delete(image);
            }
        }
    }

    private static string Text(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}

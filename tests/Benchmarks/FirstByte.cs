using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Kling.Benchmarks;

/// <summary>How long a fresh process takes from calling a script to the first byte it sends. Both processes read the same clock.</summary>
internal static class FirstByte
{
    private const string Refusal = "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nContent-Length: 48\r\nConnection: close\r\n\r\n{\"errors\":[{\"code\":\"invalidApiKey\",\"message\":\"\"}]}";

    internal static string Cmdlet(Uri endpoint) =>
        $"$null = Connect-Kling -Endpoint '{endpoint}' -ApiKey 'a-key-for-the-tests' -WarningAction SilentlyContinue; try {{ $null = New-KlingVideo 'https://images.example.com/a.png' -Prompt 'slow dolly in' -ErrorAction Stop }} catch {{ $Error.Clear() }}";

    internal static string Bare(Uri endpoint) =>
        $"$client = [System.Net.Http.HttpClient]::new(); try {{ $null = $client.PostAsync('{endpoint}', [System.Net.Http.StringContent]::new('[]')).GetAwaiter().GetResult() }} catch {{ $Error.Clear() }}";

    internal static double Median(string rig, string manifest, Func<Uri, string> script, int times)
    {
        double[] milliseconds = [.. Enumerable.Range(0, times).Select(_ => Once(rig, manifest, script)).Order()];
        return milliseconds[times / 2];
    }

    private static double Once(string rig, string manifest, Func<Uri, string> script)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task<long> arrived = Task.Run(() => Arrival(listener));
        var endpoint = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/v1");
        string home = Directory.CreateTempSubdirectory("kling-first-").FullName;
        try
        {
            string began = OtherProgram.Lines(["exec", rig, "first", manifest, script(endpoint)], ("KLING_HOME", home)).First(line => line.StartsWith("began=", StringComparison.Ordinal));
            return Stopwatch.GetElapsedTime(long.Parse(began["began=".Length..], CultureInfo.InvariantCulture), arrived.Result).TotalMilliseconds;
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    /// <summary>When the first byte of the first request arrived; every request is refused.</summary>
    private static long Arrival(TcpListener listener)
    {
        using TcpClient client = listener.AcceptTcpClient();
        NetworkStream stream = client.GetStream();
        byte[] buffer = new byte[64 * 1024];
        _ = stream.Read(buffer, 0, 1);
        long now = Stopwatch.GetTimestamp();
        _ = stream.Read(buffer, 0, buffer.Length);
        stream.Write(System.Text.Encoding.ASCII.GetBytes(Refusal));
        return now;
    }
}

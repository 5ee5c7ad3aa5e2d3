using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Kling.Hosting.Service;

/// <summary>One client's connection to the scripted service.</summary>
internal sealed partial class ServiceConnection(ScriptedService service, Socket socket, CancellationToken stop) : IDisposable
{
    private const string Tag = "\"the-video\"";
    private readonly NetworkStream _stream = new(socket, ownsSocket: true);
    private bool _wasHeld;

    /// <summary>Serves until one side closes.</summary>
    internal async Task RunAsync()
    {
        try
        {
            using (this)
            using (stop.Register(socket.Dispose))
            {
                CallHold? unread = service.TakeHold(CallPoint.Connected, null);
                if (unread is not null)
                {
                    // Whatever came stays unread, also when the test lets go.
                    await unread.HoldAsync(Task.Delay(Timeout.Infinite, stop));
                    return;
                }

                while (await ReadHeadAsync() is string head && await AnswerAsync(head))
                {
                }
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The client went away, or the test is over.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static Guid FirstId(JsonElement tasks) => tasks[0].GetProperty("taskUUID").GetGuid();

    private async Task<bool> AnswerAsync(string head)
    {
        if (head.StartsWith("GET ", StringComparison.Ordinal))
        {
            return await SendVideoAsync(head);
        }

        using JsonDocument body = JsonDocument.Parse(await ReadBodyAsync(head));
        JsonElement tasks = body.RootElement;
        Guid id = FirstId(tasks);
        switch (tasks[0].GetProperty("taskType").GetString())
        {
            case "videoInference":
                service.Note(new ServiceCall(CallKind.Submit, id, null, head));
                return await SubmitAsync(id);
            case "mediaStorage":
                service.Note(new ServiceCall(CallKind.Upload, id, null, head));
                return await SendAsync(200, $$"""{"data":[{"taskType":"mediaStorage","taskUUID":"{{id}}","operation":"upload","mediaUUID":"{{Guid.NewGuid()}}"}]}""");
            case "getTaskDetails":
                service.Note(new ServiceCall(CallKind.Details, id, null, head));
                return await SendAsync(200, """{"errors":[{"code":"taskNotFound","message":"Nothing is archived."}]}""");
            default:
                service.Note(new ServiceCall(CallKind.Poll, id, null, head));
                return await HeldAsync(CallPoint.Poll, id) && await SendAsync(200, Looks(tasks));
        }
    }

    private async Task<bool> SubmitAsync(Guid id)
    {
        if (!await HeldAsync(CallPoint.SubmitUnaccepted, id))
        {
            return false;
        }

        if (!service.Accept(id))
        {
            return await SendAsync(409, $$"""{"errors":[{"code":"conflictTaskUUID","message":"The id is taken.","taskUUID":"{{id}}"}]}""");
        }

        return await HeldAsync(CallPoint.SubmitAccepted, id)
            && await SendAsync(200, $$"""{"data":[{"taskType":"videoInference","taskUUID":"{{id}}"}]}""");
    }

    // An id that was never accepted is answered like one in progress, as was seen of the service.
    private string Looks(JsonElement tasks)
    {
        IEnumerable<string> items = tasks.EnumerateArray().Select(task => task.GetProperty("taskUUID").GetGuid()).Select(id => service.IsFinished(id)
            ? $$"""{"taskType":"videoInference","taskUUID":"{{id}}","status":"success","videoUUID":"{{id}}","videoURL":"{{service.VideoBase}}{{id}}.mp4","seed":7,"cost":0.1848}"""
            : $$"""{"taskType":"getResponse","taskUUID":"{{id}}","status":"processing"}""");
        return $$"""{"data":[{{string.Join(",", items)}}]}""";
    }

    private async Task<bool> SendVideoAsync(string head)
    {
        Guid id = Guid.Parse(VideoId().Match(head).Groups[1].Value);
        Match range = Range().Match(head);
        long? start = range.Success ? long.Parse(range.Groups[1].Value, CultureInfo.InvariantCulture) : null;
        service.Note(new ServiceCall(CallKind.Download, id, start, head));
        int from = (int)(start ?? 0);
        int total = service.Video.Length;
        string position = start is null ? "" : $"Content-Range: bytes {from}-{total - 1}/{total}\r\n";
        await WriteAsync(Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {(start is null ? "200 OK" : "206 Partial Content")}\r\nContent-Type: video/mp4\r\nContent-Length: {total - from}\r\nETag: {Tag}\r\nAccept-Ranges: bytes\r\nConnection: close\r\n{position}\r\n"));
        int half = (total - from) / 2;
        await WriteAsync(service.Video.AsMemory(from, half));
        if (!await HeldAsync(CallPoint.HalfDownload, id))
        {
            return false;
        }

        await WriteAsync(service.Video.AsMemory(from + half, total - from - half));
        return false;
    }

    private async Task<bool> HeldAsync(CallPoint point, Guid id)
    {
        if (service.TakeHold(point, id) is not CallHold hold)
        {
            return true;
        }

        _wasHeld = true;
        return await hold.HoldAsync(GoneAsync());
    }

    /// <summary>Ends when the client closes; it sends nothing while it waits for a reply.</summary>
    private async Task GoneAsync()
    {
        try
        {
            while (await _stream.ReadAsync(new byte[1024], stop) > 0)
            {
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException)
        {
            // A reset is a way of going, too.
        }
    }

    private async Task<string?> ReadHeadAsync()
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (await _stream.ReadAsync(one, stop) == 1)
        {
            head.Add(one[0]);
            if (head is [.., 13, 10, 13, 10])
            {
                return Encoding.ASCII.GetString([.. head]);
            }
        }

        return null;
    }

    private async Task<byte[]> ReadBodyAsync(string head)
    {
        var body = new byte[int.Parse(Size().Match(head).Groups[1].Value, CultureInfo.InvariantCulture)];
        await _stream.ReadExactlyAsync(body, stop);
        return body;
    }

    private async Task<bool> SendAsync(int status, string json)
    {
        byte[] body = Encoding.UTF8.GetBytes(json);
        await WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} Answer\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n{(_wasHeld ? "Connection: close\r\n" : "")}\r\n"));
        await WriteAsync(body);

        // Listening for the client's going has taken hold of what it sends next.
        return !_wasHeld;
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> bytes) => await _stream.WriteAsync(bytes, stop);

    [GeneratedRegex(@"^Content-Length: *(\d+)", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex Size();

    [GeneratedRegex(@"^Range: *bytes=(\d+)-", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex Range();

    [GeneratedRegex(@"^GET /video/([0-9a-f-]{36})\.mp4 ")]
    private static partial Regex VideoId();
}

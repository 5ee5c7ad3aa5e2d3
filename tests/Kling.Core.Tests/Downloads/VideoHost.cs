using System.Net;
using System.Net.Http.Headers;

namespace Kling.Core.Tests.Downloads;

/// <summary>A host of one video file: honours Range and If-Range, and first answers what was scripted.</summary>
internal sealed class VideoHost(byte[] file) : HttpMessageHandler
{
    private readonly List<CutStream> _bodies = [];

    internal byte[] File { get; set; } = file;

    internal string? Tag { get; set; } = "\"v1\"";

    internal bool IgnoresRange { get; set; }

    internal bool HidesLength { get; set; }

    internal int Piece { get; set; } = 4096;

    /// <summary>Answers or alters the next requests, in order.</summary>
    internal Queue<Func<HttpRequestMessage, Task<HttpResponseMessage>>> Script { get; } = new();

    internal List<HttpRequestMessage> Requests { get; } = [];

    /// <summary>How many bytes of bodies were read.</summary>
    internal long Sent => _bodies.Sum(body => (long)body.Sent);

    internal void Then(params HttpResponseMessage[] replies)
    {
        foreach (HttpResponseMessage reply in replies)
        {
            Script.Enqueue(_ => Task.FromResult(reply));
        }
    }

    /// <summary>The next reply is the ordinary one, but its body breaks after so many bytes.</summary>
    internal void ThenCut(int at, Func<CancellationToken, Task<int>>? then = null) =>
        Script.Enqueue(request => Task.FromResult(Answer(request, at, then ?? (_ => throw new IOException("Connection reset by peer")))));

    /// <summary>The next reply is the ordinary one, changed.</summary>
    internal void ThenChanged(Action<HttpResponseMessage> change) => Script.Enqueue(request =>
    {
        HttpResponseMessage reply = Answer(request, int.MaxValue, null);
        change(reply);
        return Task.FromResult(reply);
    });

    internal static HttpResponseMessage Status(int status, string? location = null, string? retryAfter = null)
    {
        var reply = new HttpResponseMessage((HttpStatusCode)status);
        if (location is not null)
        {
            reply.Headers.TryAddWithoutValidation("Location", location);
        }

        if (retryAfter is not null)
        {
            reply.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        }

        return reply;
    }

    internal static HttpResponseMessage Text(string text, string type) =>
        new(HttpStatusCode.OK) { Content = new StringContent(text, MediaTypeHeaderValue.Parse(type)) };

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Requests.Add(request);
        return Script.TryDequeue(out Func<HttpRequestMessage, Task<HttpResponseMessage>>? scripted)
            ? scripted(request)
            : Task.FromResult(Answer(request, int.MaxValue, null));
    }

    internal HttpResponseMessage Answer(HttpRequestMessage request, int cutAt, Func<CancellationToken, Task<int>>? atTheCut)
    {
        long from = request.Headers.Range?.Ranges.Single().From ?? 0;
        bool same = request.Headers.IfRange is null || request.Headers.IfRange.EntityTag?.ToString() == Tag;
        bool part = request.Headers.Range is not null && !IgnoresRange && same;
        if (part && from >= File.Length)
        {
            return Status(416);
        }

        byte[] bytes = part ? File[(int)from..] : File;
        var body = new CutStream(bytes, cutAt, atTheCut, Piece);
        _bodies.Add(body);
        var reply = new HttpResponseMessage(part ? HttpStatusCode.PartialContent : HttpStatusCode.OK) { Content = new StreamContent(body) };
        reply.Content.Headers.ContentType = new MediaTypeHeaderValue("video/mp4");
        reply.Content.Headers.ContentLength = HidesLength ? null : bytes.Length;
        if (part)
        {
            reply.Content.Headers.ContentRange = new ContentRangeHeaderValue(from, File.Length - 1, File.Length);
        }

        if (Tag is not null)
        {
            reply.Headers.TryAddWithoutValidation("ETag", Tag);
        }

        return reply;
    }
}

using System.IO.Compression;
using System.Net;
using Kling.Downloads;

namespace Kling.Core.Tests.Downloads;

/// <summary>Hosts that never end, never hurry or send what grows: each download ends by its own limits.</summary>
public class DownloadLimitTests : DownloadBench
{
    [Fact]
    public async Task AnnouncedTooLarge_IsRefusedBeforeAByteIsWritten()
    {
        await Fails(DownloadFailure.TooLarge, new DownloadOptions { MaxBytes = 99_999 });
        Assert.Empty(Directory.GetFiles(Folder));
        Assert.Single(Host.Requests);
        await Save(new DownloadOptions { MaxBytes = 100_000 });
        AssertSaved();
    }

    [Fact]
    public async Task EndlessBody_EndsAtTheLimit_AndLeavesNothing()
    {
        // The head is that of a video whose pictures never end.
        byte[] head = Mp4(100, 1);
        head.AsSpan(24, 4).Clear();
        var endless = new EndlessStream(head, () => { });
        Host.Then(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(endless) });
        DownloadException failure = await Fails(DownloadFailure.TooLarge, new DownloadOptions { MaxBytes = 1_000_000 });
        Assert.Contains("1000000 bytes", failure.Message, StringComparison.Ordinal);
        Assert.InRange(endless.Sent, 1_000_000, 1_200_000);
        Assert.Empty(Directory.GetFiles(Folder));
        Assert.Single(Host.Requests);
    }

    [Fact]
    public async Task RestOfTooMuch_IsRefused()
    {
        Host.ThenCut(30_000);
        Host.ThenChanged(reply =>
        {
            // The length was not known before.
            reply.Content.Headers.Remove("Content-Range");
            reply.Content.Headers.TryAddWithoutValidation("Content-Range", "bytes 30000-8999999999/9000000000");
            reply.Content.Headers.ContentLength = null;
        });
        Host.HidesLength = true;
        await Fails(DownloadFailure.TooLarge, new DownloadOptions());
        Assert.Equal(2, Host.Requests.Count);
    }

    [Fact]
    public async Task SlowBody_EndsWithItsTime_AndIsContinuedLater()
    {
        // A piece comes every ten seconds, so that no wait is ever too long.
        Host.Script.Enqueue(request =>
        {
            HttpResponseMessage reply = Host.Answer(request, int.MaxValue, null);
            reply.Content = new StreamContent(new EndlessStream(Host.File, () => Clock.UtcNow += TimeSpan.FromSeconds(10), 1000))
            {
                Headers = { ContentLength = 100_000 },
            };
            return Task.FromResult(reply);
        });
        DownloadException failure = await Fails(DownloadFailure.TooSlow, new DownloadOptions { Time = TimeSpan.FromSeconds(300) });
        Assert.Contains("300 s", failure.Message, StringComparison.Ordinal);
        Assert.InRange(new FileInfo(Part).Length, 28_000, 30_000);
        await Save();
        AssertSaved();
        Assert.NotNull(Host.Requests[^1].Headers.Range);
    }

    [Fact]
    public async Task SilentHost_EndsWithItsTime()
    {
        Host.ThenCut(30_000, async token =>
        {
            Clock.UtcNow += TimeSpan.FromSeconds(1);
            await Task.Delay(Timeout.Infinite, token);
            return 0;
        });
        await Fails(DownloadFailure.TooSlow, new DownloadOptions { Time = TimeSpan.FromMilliseconds(500) });
        Assert.Single(Host.Requests);
    }

    [Fact]
    public async Task UnavailableHost_IsNotAskedPastItsTime()
    {
        Host.Then([.. Enumerable.Range(0, 5).Select(_ => VideoHost.Status(503, retryAfter: "20"))]);
        await Fails(DownloadFailure.TooSlow, new DownloadOptions { Time = TimeSpan.FromSeconds(50) });
        Assert.Equal(3, Host.Requests.Count);
    }

    [Fact]
    public async Task PackedBody_IsNeverUnpacked()
    {
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zip.Write(new byte[10_000_000]);
        }

        var reply = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(packed.ToArray()) };
        reply.Content.Headers.TryAddWithoutValidation("Content-Encoding", "gzip");
        Host.Then(reply);
        await Fails(DownloadFailure.WrongContent, new DownloadOptions { MaxBytes = 1_000_000 });
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task EmptyBodies_End()
    {
        for (int i = 0; i < 100; i++)
        {
            Host.Then(new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent([]) });
        }

        await Fails(DownloadFailure.WrongContent, new DownloadOptions { EndedAt = Clock.UtcNow });
        Assert.InRange(Host.Requests.Count, 4, 10);
    }

    /// <summary>The bytes, and then zeros without end; says when it is read.</summary>
    private sealed class EndlessStream(byte[] start, Action read, int piece = 64 * 1024) : Stream
    {
        internal long Sent { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => Sent; set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            read();
            int count = Math.Min(buffer.Length, piece);
            Span<byte> target = buffer.Span[..count];
            target.Clear();
            if (Sent < start.Length)
            {
                ReadOnlySpan<byte> rest = start.AsSpan((int)Sent);
                rest[..Math.Min(rest.Length, count)].CopyTo(target);
            }

            Sent += count;
            return ValueTask.FromResult(count);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

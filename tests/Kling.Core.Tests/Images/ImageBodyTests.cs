using System.Text;
using Kling.Core.Tests.Downloads;
using Kling.Images;
using Kling.Models;
using Kling.Requests;

namespace Kling.Core.Tests.Images;

public class ImageBodyTests : TempFolder
{
    private const int Piece = ImageBody.PieceBytes;
    private const string Tail = "\",\"frame\":\"first\"}]}}]";

    public static TheoryData<int> Sizes()
    {
        var data = new TheoryData<int>();
        foreach (int size in Enumerable.Range(Pictures.SmallestPng, 7).Concat([Piece - 1, Piece, Piece + 1, Piece + 2, Piece + 3, (2 * Piece) - 1, 2 * Piece, (2 * Piece) + 1, 5 * Piece]))
        {
            data.Add(size);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Body_IsTheRequestWithTheImagesBase64_AndAsLongAsItSaid(int size)
    {
        byte[] bytes = Pictures.Png(extra: size - Pictures.SmallestPng);
        VideoRequest request = Request(bytes);
        RequestBody body = ImageBody.For(request);
        var sent = new MemoryStream();
        await body.WriteAsync(sent, CancellationToken.None);
        byte[] expected = RequestJson.Write(request with { Image = new RequestImage(ImageKind.Base64, Convert.ToBase64String(bytes)) });
        Assert.True(expected.AsSpan().SequenceEqual(sent.ToArray()));
        Assert.Equal(expected.Length, body.Length);
    }

    [Fact]
    public async Task Body_CanBeWrittenAgain()
    {
        RequestBody body = ImageBody.For(Request(Pictures.Png(extra: Piece)));
        (var first, var second) = (new MemoryStream(), new MemoryStream());
        await body.WriteAsync(first, CancellationToken.None);
        await body.WriteAsync(second, CancellationToken.None);
        Assert.Equal(first.ToArray(), second.ToArray());
    }

    [Fact]
    public async Task ChangedByte_AnywhereInTheFile_NeverCompletesTheRequest()
    {
        var random = new Random(3);
        foreach (int size in new[] { Pictures.SmallestPng, Pictures.SmallestPng + 1, Pictures.SmallestPng + 2, Piece - 1, Piece, Piece + 1, (3 * Piece) + 7 })
        {
            byte[] bytes = Pictures.Png(extra: size - Pictures.SmallestPng);
            RequestBody body = ImageBody.For(Request(bytes));
            foreach (int place in new[] { 0, size / 2, size - 1, random.Next(size) })
            {
                byte[] changed = [.. bytes];
                changed[place] ^= 1;
                Write("a.png", changed);
                byte[] sent = await AssertCutOff(body, "has other bytes");

                // Not even the last piece of the image left: what is missing is more than the closing brackets.
                Assert.True(sent.Length + Tail.Length < body.Length);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(Piece)]
    public async Task OtherLength_SendsNothingAtAll(int difference)
    {
        byte[] bytes = Pictures.Png(extra: 2 * Piece);
        RequestBody body = ImageBody.For(Request(bytes));
        Write("a.png", [.. bytes, .. new byte[difference]]);
        Assert.Empty(await AssertCutOff(body, "has another length"));
        Write("a.png", bytes[..^difference]);
        Assert.Empty(await AssertCutOff(body, "has another length"));
    }

    [Fact]
    public async Task FileCutWhileItIsSent_NeverCompletesTheRequest()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // The share mode keeps everybody from writing to a file that is being sent.
        }

        string path = Path.Combine(Folder, "a.png");
        RequestBody body = ImageBody.For(Request(Pictures.Png(extra: 4 * Piece)));
        var stream = new ActingStream(2 * Piece, () =>
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.SetLength(2 * Piece);
        });
        BodyChangedException failure = await Assert.ThrowsAsync<BodyChangedException>(() => body.WriteAsync(stream, CancellationToken.None));
        Assert.Contains("has become shorter", failure.Message);
        Assert.False(EndsTheRequest(stream.ToArray()));
    }

    [Fact]
    public async Task FileGrownWhileItIsSent_NeverCompletesTheRequest()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // As above.
        }

        string path = Path.Combine(Folder, "a.png");
        RequestBody body = ImageBody.For(Request(Pictures.Png(extra: 4 * Piece)));
        var stream = new ActingStream(2 * Piece, () =>
        {
            using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            file.WriteByte(0);
        });
        BodyChangedException failure = await Assert.ThrowsAsync<BodyChangedException>(() => body.WriteAsync(stream, CancellationToken.None));
        Assert.Contains("has become longer", failure.Message);
        Assert.False(EndsTheRequest(stream.ToArray()));
    }

    [Fact]
    public async Task DeletedFile_IsAChange_NotANetworkFault()
    {
        RequestBody body = ImageBody.For(Request(Pictures.Png()));
        File.Delete(Path.Combine(Folder, "a.png"));
        Assert.Empty(await AssertCutOff(body, "cannot be read any more"));
    }

    [Fact]
    public async Task NetworkFault_StaysANetworkFault()
    {
        RequestBody body = ImageBody.For(Request(Pictures.Png(extra: 4 * Piece)));
        var stream = new ActingStream(Piece, () => throw new IOException("connection reset"));
        await Assert.ThrowsAsync<IOException>(() => body.WriteAsync(stream, CancellationToken.None));
    }

    [Fact]
    public async Task Cancelling_EndsTheWriting()
    {
        using var cancel = new CancellationTokenSource();
        RequestBody body = ImageBody.For(Request(Pictures.Png(extra: 4 * Piece)));
        var stream = new ActingStream(Piece, cancel.Cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => body.WriteAsync(stream, cancel.Token));
        Assert.False(EndsTheRequest(stream.ToArray()));
    }

    [Fact]
    public async Task Pieces_AreSmall_HoweverLargeTheImage()
    {
        var stream = new ActingStream(long.MaxValue, () => { });
        await ImageBody.For(Request(Pictures.Png(extra: 60 * Piece))).WriteAsync(stream, CancellationToken.None);
        Assert.InRange(stream.LargestWrite, 1, 64 * 1024);
    }

    [Fact]
    public void FileThatWasNotLoaded_IsRefused()
    {
        VideoRequest request = Request(Pictures.Png());
        Assert.Throws<ArgumentException>(() => ImageBody.For(request with { Image = new RequestImage(ImageKind.File, request.Image!.Value) }));
    }

    [Fact]
    public async Task OtherImages_AreWrittenFromMemory()
    {
        VideoRequest request = new() { Image = new RequestImage(ImageKind.Url, "https://images.test/a.jpg") };
        var sent = new MemoryStream();
        await ImageBody.For(request).WriteAsync(sent, CancellationToken.None);
        Assert.Equal(RequestJson.Write(request), sent.ToArray());
    }

    private VideoRequest Request(byte[] bytes) => new() { TaskId = Guid.NewGuid(), Prompt = "slow", Image = ImageFile.Load(Write("a.png", bytes)) };

    private static async Task<byte[]> AssertCutOff(RequestBody body, string how)
    {
        var sent = new MemoryStream();
        BodyChangedException failure = await Assert.ThrowsAsync<BodyChangedException>(() => body.WriteAsync(sent, CancellationToken.None));
        Assert.Contains(how, failure.Message);
        Assert.True(sent.Length < body.Length);
        Assert.False(EndsTheRequest(sent.ToArray()));
        return sent.ToArray();
    }

    private static bool EndsTheRequest(byte[] sent) => Encoding.ASCII.GetString(sent).EndsWith(Tail, StringComparison.Ordinal);
}

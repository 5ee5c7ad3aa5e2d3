using System.Collections.Concurrent;
using System.Globalization;
using Kling.Client;
using Kling.Images;
using Kling.Journal;
using Kling.Requests;
using Kling.Wire;

namespace Kling.Submit;

/// <summary>
/// Sends images once: the same bytes are not sent again while the service still keeps them. An upload costs nothing, so
/// an attempt with an unknown outcome is repeated. Safe to use from several threads; two that ask for the same bytes at
/// the same time send them once.
/// </summary>
internal sealed class ImageUploader(IKlingApi api, UploadIndex index, IClock clock)
{
    private const int MaxAttempts = 4;
    private const int TurnCount = 64;

    // A fixed number, so that memory does not grow with the images; two images of one turn only wait for each other.
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, TurnCount).Select(_ => new SemaphoreSlim(1, 1))];

    // How often the bytes of a hash were sent. The service may give the same bytes the same id again: only the count tells a new sending
    // from the forgotten one.
    private readonly ConcurrentDictionary<string, int> _sends = new(StringComparer.Ordinal);

    // Learnt once for all: the service refused mediaStorage and took imageUpload.
    private volatile bool _older;

    /// <summary>
    /// Returns the image as the service keeps it, sending it where it does not (as far as is known here), or where <paramref name="force"/> says
    /// so. The bytes behind an address are not seen here, so it is always sent. The upload goes on where the index of uploads fails.
    /// </summary>
    /// <exception cref="ArgumentException">The image already is a media UUID.</exception>
    /// <exception cref="ImageException">The file changed since it was checked.</exception>
    /// <exception cref="KlingApiException">The service refused it or could not be reached; nothing was charged.</exception>
    internal async Task<KlingImage> UploadAsync(
        RequestImage image, bool force, Action<JournalException>? indexFailed, RunningTransfers? transfers, CancellationToken token)
    {
        if (image.Kind == ImageKind.Uuid)
        {
            throw new ArgumentException("The image already has a media UUID.", nameof(image));
        }

        return (await KeepAsync(image, force, null, null, indexFailed, transfers, token).ConfigureAwait(false)).Image;
    }

    /// <summary>
    /// Does the same, and says which sending of the bytes the returned id stands for. <paramref name="stale"/> is what the service turned out
    /// not to know: of several tasks that find that out at once, one sends it again. What is in <paramref name="failed"/> (by SHA-256) is not
    /// tried again, and what fails now is added to it.
    /// </summary>
    internal async Task<KeptImage> KeepAsync(
        RequestImage image, bool force, KeptImage? stale, ConcurrentDictionary<string, KlingApiException>? failed,
        Action<JournalException>? indexFailed, RunningTransfers? transfers, CancellationToken token)
    {
        if (image.Sha256 is not { Length: 64 } hash)
        {
            ResultItem stored = await SendAsync(image, transfers, token).ConfigureAwait(false);
            return new KeptImage(Describe(image, stored.MediaId!.Value, stored.MediaUrl, clock.UtcNow, isReused: false), 0);
        }

        SemaphoreSlim turn = _turns[int.Parse(hash.AsSpan(0, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) % TurnCount];
        await turn.WaitAsync(token).ConfigureAwait(false);
        try
        {
            if (!force && Known(hash, stale, indexFailed) is UploadedImage known)
            {
                return new KeptImage(Describe(image, known.MediaId, known.MediaUrl, known.UploadedAt, isReused: true), Sends(hash));
            }

            if (failed?.TryGetValue(hash, out KlingApiException? earlier) == true)
            {
                throw new KlingApiException(earlier.Message, earlier.Category, earlier.BillingState, earlier)
                {
                    Errors = earlier.Errors,
                    HttpStatus = earlier.HttpStatus,
                };
            }

            ResultItem sent = await SendAsync(image, transfers, token).ConfigureAwait(false);
            DateTimeOffset now = clock.UtcNow;
            _sends.AddOrUpdate(hash, 1, (_, count) => count + 1);
            Guarded(indexFailed, () => index.Add(hash, sent.MediaId!.Value, sent.MediaUrl, image.Kind is ImageKind.File ? image.Value : null));
            return new KeptImage(Describe(image, sent.MediaId!.Value, sent.MediaUrl, now, isReused: false), Sends(hash));
        }
        catch (KlingApiException failure)
        {
            // Noted before the turn goes on, so that whoever waits for it does not try the same.
            failed?.TryAdd(hash, failure);
            throw;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>How often this uploader has sent the bytes with this SHA-256.</summary>
    internal int Sends(string? sha256) => sha256 is not null && _sends.TryGetValue(sha256, out int count) ? count : 0;

    private UploadedImage? Known(string hash, KeptImage? stale, Action<JournalException>? indexFailed)
    {
        UploadedImage? known = null;
        Guarded(indexFailed, () =>
        {
            known = index.Find(hash);
            if (known is not null && stale is not null && known.MediaId == stale.Image.MediaUUID && Sends(hash) == stale.Sends)
            {
                index.Forget(known.MediaId);
                known = null;
            }
            else if (known is not null)
            {
                index.Touch(known);
            }
        });
        return known;
    }

    private static void Guarded(Action<JournalException>? indexFailed, Action action)
    {
        try
        {
            action();
        }
        catch (JournalException failure)
        {
            // The index only saves work; without it the same bytes may be sent twice, which costs nothing.
            indexFailed?.Invoke(failure);
        }
    }

    private async Task<ResultItem> SendAsync(RequestImage image, RunningTransfers? transfers, CancellationToken token)
    {
        UploadKind kind = _older ? UploadKind.ImageUpload : UploadKind.MediaStorage;
        ApiReply reply = await SendAsync(image, kind, transfers, token).ConfigureAwait(false);
        if (kind == UploadKind.MediaStorage && RefusesTaskType(reply))
        {
            reply = await SendAsync(image, UploadKind.ImageUpload, transfers, token).ConfigureAwait(false);
            _older = Stored(reply) is not null;
        }

        if (reply.BodyChanged)
        {
            throw new ImageException(reply.Fault ?? "Image: the file changed while it was sent.");
        }

        return Stored(reply) ?? throw CallErrors.Unpaid($"The image {image.Shown} could not be uploaded", reply);
    }

    private Task<ApiReply> SendAsync(RequestImage image, UploadKind kind, RunningTransfers? transfers, CancellationToken token) => api.RetryUnpaidAsync(
        clock, id => WatchedBody.Of(ImageBody.ForUpload(image, kind, id), image.Shown, transfers), reply => Stored(reply) is not null, MaxAttempts, token);

    private static ResultItem? Stored(ApiReply reply) => reply.Items.FirstOrDefault(item => item.MediaId is not null);

    /// <summary>Whether the service does not know mediaStorage: an error about the task's type, not about the image.</summary>
    private static bool RefusesTaskType(ApiReply reply) => Stored(reply) is null && reply.Errors.Any(error =>
        error.Code.Contains("TaskType", StringComparison.OrdinalIgnoreCase)
        || error.Code.Contains("Operation", StringComparison.OrdinalIgnoreCase)
        || (error.Category is KlingErrorCategory.Validation or KlingErrorCategory.Unknown && error.Parameter is "taskType" or "operation"));

    private KlingImage Describe(RequestImage image, Guid mediaId, string? mediaUrl, DateTimeOffset uploadedAt, bool isReused) => new()
    {
        MediaUUID = mediaId,
        MediaUrl = mediaUrl,
        Sha256 = image.Sha256,
        Bytes = image.Bytes,
        PixelWidth = image.Width,
        PixelHeight = image.Height,
        Source = image.Shown,
        IsReused = isReused,
        UploadedAt = uploadedAt,
        Endpoint = api.Endpoint.AbsoluteUri,
    };
}

/// <summary>An image the service keeps, as far as is known.</summary>
/// <param name="Image">The image.</param>
/// <param name="Sends">How often its bytes had been sent by then.</param>
internal sealed record KeptImage(KlingImage Image, int Sends);

/// <summary>A request's bytes, listed as a transfer while they are written.</summary>
internal sealed class WatchedBody(RequestBody inner, string name, RunningTransfers transfers) : RequestBody
{
    /// <inheritdoc/>
    public override long Length => inner.Length;

    /// <inheritdoc/>
    public override string Text => inner.Text;

    /// <summary>The body itself where nobody watches.</summary>
    internal static RequestBody Of(RequestBody body, string name, RunningTransfers? transfers) =>
        transfers is null ? body : new WatchedBody(body, name, transfers);

    /// <inheritdoc/>
    public override async Task WriteAsync(Stream stream, CancellationToken token)
    {
        using var counted = new CountingStream(stream, inner.Length);
        using Transfer transfer = transfers.Begin("Sending", name, () => inner.Length, () => counted.Written);
        await inner.WriteAsync(counted, token).ConfigureAwait(false);
    }
}

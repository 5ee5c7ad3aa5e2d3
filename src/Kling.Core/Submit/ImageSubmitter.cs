using System.Collections.Concurrent;
using Kling.Images;
using Kling.Journal;
using Kling.Requests;

namespace Kling.Submit;

/// <summary>
/// Sends tasks whose images may be sent apart, so that the same bytes go once for all tasks that show them. Where the service has
/// forgotten an image, it refuses the task, and the refusal costs nothing. Then the image is sent again, and the task once more under its
/// own id. Safe to use from several threads.
/// </summary>
internal sealed class ImageSubmitter(TaskSubmitter submitter, ImageUploader uploader, UploadIndex index)
{
    // The most bytes of an image that goes inside a request after its upload failed. Kling's own interface takes 10 MB (protocol note, images).
    internal const long LargestFallback = 10_000_000;

    /// <summary>Where the tasks are sent.</summary>
    internal Uri Endpoint => submitter.Api.Endpoint;

    /// <summary>
    /// Sends one task. Whatever becomes of its image, the task's record names the original and its hash. <paramref name="ending"/> ends it
    /// gently, as for <see cref="TaskSubmitter"/>: nothing is sent again.
    /// </summary>
    /// <exception cref="KlingApiException">
    /// The task was refused, never arrived, or its outcome is unknown; or the image could not be uploaded, and nothing was asked for.
    /// </exception>
    /// <exception cref="ImageException">The image's file changed since it was checked; nothing was asked for.</exception>
    /// <exception cref="OperationCanceledException">A token was cancelled.</exception>
    /// <returns>Null when the task was sent; else what <see cref="TaskSubmitter"/> returns.</returns>
    internal async Task<KlingTask?> SubmitAsync(KlingTask task, VideoRequest request, SubmitOptions options, CancellationToken ending, CancellationToken token)
    {
        RequestImage? image = request.Image;
        bool isHere = image is { Sha256: not null, Kind: ImageKind.File or ImageKind.DataUri or ImageKind.Base64 };
        KeptImage? kept = isHere && options.Delivery != ImageDelivery.Inline
            ? await KeepAsync(image!, null, options, mayGoInside: true, token).ConfigureAwait(false)
            : image is { Kind: ImageKind.Uuid } ? Given(image) : null;

        // One image of a request is streamed, so a second file always goes apart.
        KeptImage? keptLast = request.LastImage switch
        {
            { Kind: ImageKind.File } last => await KeepAsync(last, null, options, mayGoInside: false, token).ConfigureAwait(false),
            { Kind: ImageKind.Uuid } last => Given(last),
            _ => null,
        };
        try
        {
            return await SendAsync(request, options).ConfigureAwait(false);
        }
        catch (KlingApiException refused) when (
            (kept ?? keptLast) is not null && !ending.IsCancellationRequested && !token.IsCancellationRequested && SubmitRules.MayMeanForgottenImage(refused))
        {
            RequestImage? original = kept is null ? null : Original(image!);
            RequestImage? last = keptLast is null ? null : Original(request.LastImage!);
            if (original is null && last is null)
            {
                throw;
            }

            using var either = CancellationTokenSource.CreateLinkedTokenSource(ending, token);
            kept = await AgainAsync(original, kept, mayGoInside: true, either.Token).ConfigureAwait(false);
            keptLast = await AgainAsync(last, keptLast, mayGoInside: false, either.Token).ConfigureAwait(false);
            return await SendAsync(kept is null && original is not null ? request with { Image = original } : request, options).ConfigureAwait(false);
        }

        async Task<KeptImage?> AgainAsync(RequestImage? original, KeptImage? stale, bool mayGoInside, CancellationToken either)
        {
            if (original is null)
            {
                return stale;
            }

            options.Tell($"the service does not know {stale!.Image.MediaUUID:D} (any more); the image is sent again.");
            return await KeepAsync(original, stale, options, mayGoInside, either).ConfigureAwait(false);
        }

        Task<KlingTask?> SendAsync(VideoRequest asked, SubmitOptions how)
        {
            VideoRequest sent = kept is null ? asked : asked with { Image = AtService(kept) };
            RequestBody body = ImageBody.For(keptLast is null ? sent : sent with { LastImage = AtService(keptLast) });
            return submitter.SubmitAsync(task, WatchedBody.Of(body, options.Name, options.Transfers), how, ending, token);
        }
    }

    private static RequestImage AtService(KeptImage kept) => new(ImageKind.Uuid, kept.Image.MediaUUID.ToString("D"));

    /// <summary>Taken before the request, so that a refused task can tell whether another one has sent the image again since.</summary>
    private KeptImage Given(RequestImage image) => new(new KlingImage { MediaUUID = Guid.Parse(image.Value) }, uploader.Sends(image.Sha256));

    /// <summary>The image as the service keeps it; null where it could not be uploaded and goes inside the request.</summary>
    private async Task<KeptImage?> KeepAsync(RequestImage image, KeptImage? stale, SubmitOptions options, bool mayGoInside, CancellationToken token)
    {
        try
        {
            KeptImage kept = await uploader
                .KeepAsync(image, force: false, stale, options.FailedUploads, IndexFailed, options.Transfers, token).ConfigureAwait(false);

            // An upload takes its time, and meanwhile the user may have stopped.
            token.ThrowIfCancellationRequested();
            Guid id = kept.Image.MediaUUID;
            string which = mayGoInside ? "it" : "its last image";
            options.Tell(kept.Image.IsReused ? $"the service keeps {which} as {id:D}; it is not sent again." : $"{which} was uploaded as {id:D}.");
            return kept;
        }
        catch (KlingApiException failure) when (mayGoInside && options.Delivery != ImageDelivery.Upload && image.Bytes <= LargestFallback
            && failure.Category is not (KlingErrorCategory.Authentication or KlingErrorCategory.Quota))
        {
            options.Tell($"it could not be uploaded ({failure.Message}) and goes inside the request.");
            return null;
        }

        void IndexFailed(JournalException failure) =>
            options.Tell($"the index of uploads cannot be used ({failure.Message}); the same bytes may be sent again.");
    }

    /// <summary>The bytes behind an image, where they are here and still the same.</summary>
    private RequestImage? Original(RequestImage image)
    {
        if (image.Kind != ImageKind.Uuid)
        {
            return image;
        }

        try
        {
            RequestImage? file = index.SourceOf(Guid.Parse(image.Value)) is string path ? ImageFile.Load(path) : null;
            return file?.Sha256 == image.Sha256 ? file : null;
        }
        catch (Exception unknown) when (unknown is JournalException or ImageException)
        {
            // Then the refusal stands.
            return null;
        }
    }
}

/// <summary>How one task and its image are sent, and who hears of it.</summary>
internal sealed record SubmitOptions
{
    /// <summary>What the list of transfers calls the task.</summary>
    internal string Name { get; init; } = "";

    internal ImageDelivery Delivery { get; init; }

    /// <summary>Whether to look for the task before its first attempt, because somebody else may have sent its id.</summary>
    internal bool LooksFirst { get; init; }

    /// <summary>Whether other machines make the same id for the same purchase. Then a conflict about the id proves that it was bought.</summary>
    internal bool SharesId { get; init; }

    /// <summary>Records each intent, or returns the task that was bought instead; null records it as it is.</summary>
    internal Func<KlingTask, KlingTask?>? Claim { get; init; }

    /// <summary>The images of this invocation that could not be uploaded, by SHA-256. Each is tried once, and not again by every task that shows it.</summary>
    internal ConcurrentDictionary<string, KlingApiException> FailedUploads { get; init; } = new();

    /// <summary>Hears in words what happens to the image.</summary>
    internal Action<string> Tell { get; init; } = _ => { };

    /// <summary>Lists the bytes while they are sent.</summary>
    internal RunningTransfers? Transfers { get; init; }
}

/// <summary>How the bytes of a local image come to the service. Addresses and media UUIDs go as they are.</summary>
public enum ImageDelivery
{
    /// <summary>Inside the request.</summary>
    Inline,

    /// <summary>Apart, once; inside the request where that fails and the image is small enough.</summary>
    UploadOrInline,

    /// <summary>Apart, once; where that fails, nothing is asked for.</summary>
    Upload,
}

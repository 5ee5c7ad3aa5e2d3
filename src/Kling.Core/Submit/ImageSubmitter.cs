using Kling.Images;
using Kling.Journal;
using Kling.Models;
using Kling.Requests;
using Kling.Support;

namespace Kling.Submit;

/// <summary>
/// Sends tasks whose image may be sent apart, so that the same bytes go once for all tasks that show them. A task is refused, and costs
/// nothing, where the service has forgotten its image: then the image is sent again and the task once more, under its own id.
/// Safe to use from several threads.
/// </summary>
internal sealed class ImageSubmitter(ImageUploader uploader, UploadIndex index)
{
    /// <summary>The largest image in bytes that goes inside a request after its upload failed (protocol note, images: Kling's own interface takes 10 MB).</summary>
    internal const long LargestFallback = 10_000_000;

    /// <summary>Sends one task. Whatever becomes of its image, the task's record names the original and its hash.</summary>
    /// <param name="request">Its request.</param>
    /// <param name="delivery">How the bytes of a local image are sent. Addresses and media UUIDs go as they are.</param>
    /// <param name="failed">The uploads that failed in this invocation.</param>
    /// <param name="told">Hears in words what happens to the image.</param>
    /// <param name="send">Sends the task (<see cref="TaskSubmitter"/>), with the request's bytes and whether it is the first time.</param>
    /// <param name="transfers">Lists an upload while it is sent.</param>
    /// <param name="ending">Ends it gently: the first attempt is still made, so that no row is left out without a word, and nothing is sent again.</param>
    /// <param name="token">Stops at once.</param>
    /// <exception cref="KlingApiException">The task was refused, never arrived, or its fate is unknown; or the image could not be uploaded, and nothing was asked for.</exception>
    /// <exception cref="ImageException">The image's file changed since it was checked; nothing was asked for.</exception>
    /// <exception cref="OperationCanceledException">A token was cancelled.</exception>
    internal async Task SubmitAsync(
        VideoRequest request, ImageDelivery delivery, FailedUploads failed, Action<string> told, Func<RequestBody, bool, Task> send, RunningTransfers? transfers, CancellationToken ending, CancellationToken token)
    {
        RequestImage? image = request.Image;
        KeptImage? kept = image is { Sha256: not null, Kind: ImageKind.File or ImageKind.DataUri or ImageKind.Base64 } && delivery != ImageDelivery.Inline
            ? await KeepAsync(image, null, delivery, failed, told, transfers, token).ConfigureAwait(false)
            : image is { Kind: ImageKind.Uuid } ? Given(image) : null;
        try
        {
            await send(Body(request, kept), true).ConfigureAwait(false);
        }
        catch (KlingApiException refused) when (kept is not null && !ending.IsCancellationRequested && !token.IsCancellationRequested && ImageRefusal.MayMeanUnknown(refused))
        {
            if (Original(image!) is not RequestImage original)
            {
                throw;
            }

            told($"the service does not know {kept.Image.MediaUUID:D} (any more); the image is sent again.");
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ending, token);
            kept = await KeepAsync(original, kept, delivery, failed, told, transfers, either.Token).ConfigureAwait(false);
            await send(Body(kept is null ? request with { Image = original } : request, kept), false).ConfigureAwait(false);
        }
    }

    private static RequestBody Body(VideoRequest request, KeptImage? kept) =>
        ImageBody.For(kept is null ? request : request with { Image = new RequestImage(ImageKind.Uuid, kept.Image.MediaUUID.ToString("D")) });

    /// <summary>Taken before the request: whoever is refused can tell whether another has sent the image again since.</summary>
    private KeptImage Given(RequestImage image) => new(new KlingImage { MediaUUID = Guid.Parse(image.Value) }, uploader.Sends(image.Sha256));

    /// <summary>The image as the service keeps it; null where it could not be uploaded and goes inside the request.</summary>
    private async Task<KeptImage?> KeepAsync(
        RequestImage image, KeptImage? stale, ImageDelivery delivery, FailedUploads failed, Action<string> told, RunningTransfers? transfers, CancellationToken token)
    {
        try
        {
            KeptImage kept = await uploader.KeepAsync(image, force: false, stale, failed, IndexFailed, transfers, token).ConfigureAwait(false);

            // An upload takes its time, and meanwhile the user may have had enough.
            token.ThrowIfCancellationRequested();
            told(kept.Image.IsReused ? $"the service keeps it as {kept.Image.MediaUUID:D}; it is not sent again." : $"it was uploaded as {kept.Image.MediaUUID:D}.");
            return kept;
        }
        catch (KlingApiException failure) when (delivery != ImageDelivery.Upload && image.Bytes <= LargestFallback
            && failure.Category is not (KlingErrorCategory.Authentication or KlingErrorCategory.Quota))
        {
            told($"it could not be uploaded ({failure.Message}) and goes inside the request.");
            return null;
        }

        void IndexFailed(JournalException failure) => told($"the index of uploads cannot be used ({failure.Message}); the same bytes may be sent again.");
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

/// <summary>How the bytes of a local image come to the service.</summary>
public enum ImageDelivery
{
    /// <summary>Inside the request.</summary>
    Inline,

    /// <summary>Apart, once; inside the request where that fails and the image is small enough.</summary>
    UploadOrInline,

    /// <summary>Apart, once; where that fails, nothing is asked for.</summary>
    Upload,
}

/// <summary>
/// Decides whether a refusal can mean that the service does not know an uploaded image (any more). The documented code for an image it
/// cannot get at is <c>invalidValueUploadFailed</c> on <c>inputs.frameImages</c> (protocol note, errors); others are guessed by their words.
/// A wrong guess costs one free upload and one more refusal.
/// </summary>
internal static class ImageRefusal
{
    private static readonly string[] s_ofImages = ["image", "media", "upload"];
    private static readonly string[] s_ofPixels = ["width", "height", "size", "dimension", "ratio", "format", "resolution"];

    internal static bool MayMeanUnknown(KlingApiException refusal) =>
        refusal.BillingState == BillingState.NotCharged && refusal.Errors.Any(IsOfImage);

    private static bool IsOfImage(KlingTaskError error) =>
        error.Category is KlingErrorCategory.Validation or KlingErrorCategory.NotFound or KlingErrorCategory.Provider or KlingErrorCategory.Unknown
        && s_ofImages.Any(word => Has(error.Code, word) || Has(error.Parameter, word))
        && !s_ofPixels.Any(word => Has(error.Code, word));

    private static bool Has(string? text, string word) => text?.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0;
}

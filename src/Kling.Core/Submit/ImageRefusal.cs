using Kling.Models;

namespace Kling.Submit;

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

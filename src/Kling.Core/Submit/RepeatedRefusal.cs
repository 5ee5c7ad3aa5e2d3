using Kling.Models;
using Kling.Wire;

namespace Kling.Submit;

/// <summary>
/// Decides what a refusal says about an earlier attempt with the same bytes. Only a rule that reads nothing but the
/// request itself must have refused the earlier one too; key, credit, pace, moderation and fetching the image may change in between.
/// </summary>
internal static class RepeatedRefusal
{
    private static readonly string[] s_rulesOnText = ["invalid", "missing", "unsupported", "unknownParameter", "incompatible"];
    private static readonly string[] s_mayChange = ["upload", "download", "fetch", "image", "media", "uuid", "url"];

    internal static bool CoversEarlierAttempts(ApiReply reply) =>
        !ReplyReading.HasCallStatus(reply) && reply.Errors.Count > 0 && reply.Errors.All(IsRuleOnText);

    private static bool IsRuleOnText(KlingTaskError error) =>
        error.Category == KlingErrorCategory.Validation
        && s_rulesOnText.Any(start => error.Code.StartsWith(start, StringComparison.OrdinalIgnoreCase))
        && !s_mayChange.Any(word => Has(error.Code, word) || Has(error.Parameter, word));

    private static bool Has(string? text, string word) => text?.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0;
}

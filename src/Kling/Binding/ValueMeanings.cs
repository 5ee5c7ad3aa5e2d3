using Kling.Requests;

namespace Kling.Binding;

/// <summary>What the values of parameters with a few fixed values mean, for the tips of completion.</summary>
internal static class ValueMeanings
{
    private static readonly Dictionary<string, IReadOnlyDictionary<string, string>> s_byParameter = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Status"] = new Dictionary<string, string>
        {
            [KlingTaskStatus.Submitting] = "the request is on its way, or its command ended before the answer came",
            [KlingTaskStatus.Processing] = "the service works on it",
            [KlingTaskStatus.Succeeded] = "every video is ready",
            [KlingTaskStatus.PartiallySucceeded] = "it ended with some videos ready and some failed",
            [KlingTaskStatus.Failed] = "it ended without a video, or was refused",
            [KlingTaskStatus.Unknown] = "whether the service has it could not be found out; it may be charged",
        },
        ["Upload"] = new Dictionary<string, string>
        {
            ["Always"] = "every local image is sent apart, and the same bytes only once",
            ["Auto"] = "an image is sent apart that is used more than once, is larger than 4 MB, or is kept by the service already",
            ["Never"] = "every image is sent within its request",
        },
        ["SafetyMode"] = new Dictionary<string, string>
        {
            ["none"] = "the video is not checked; what the service takes when it is left out",
            ["fast"] = "key frames of the video are checked",
            ["full"] = "all frames of the video are checked",
        },
        ["OutputFormat"] = new Dictionary<string, string>
        {
            ["MP4"] = "plays everywhere; what the service takes when it is left out",
            ["WEBM"] = "for web pages, often smaller",
            ["MOV"] = "for editing, QuickTime",
        },

        // The cmdlets ask for the cost unless told not to, whatever the service does by itself.
        ["IncludeCost"] = new Dictionary<string, string>
        {
            ["$true"] = "the service says what it billed, as it does when this is left out",
            ["$false"] = "what was billed is not said, and Cost stays empty",
        },
        ["AspectRatio"] = ModelSpec.Kling21Standard.Sizes.ToDictionary(size => size.AspectRatio, size => FormattableString.Invariant($"{size.Width}x{size.Height}"))
            .Append(new("Auto", "the one of these that is nearest to the image")).ToDictionary(),
        ["Fault"] = new Dictionary<string, string>
        {
            ["LostAckBeforeAccept"] = "the connection closes without a reply, and the task was not accepted",
            ["LostAckAfterAccept"] = "the task is accepted and billed, but the connection closes without a reply",
            ["Conflict409"] = "status 409: the id is taken",
            ["Conflict400"] = "status 400: the id is taken, as the service was seen to say it",
            ["Unauthorized401"] = "status 401: the key is refused",
            ["NoCredit402"] = "status 402: the account has no credit",
            ["TooMany429"] = "status 429 that does not say when to try again",
            ["TooMany429RetryAfterHeader"] = "status 429 with the header Retry-After in seconds",
            ["TooMany429RetryAfterDate"] = "status 429 with the header Retry-After as a date",
            ["TooMany429RetryAfterBody"] = "status 429 with retryAfter in the error itself",
            ["Server500Envelope"] = "status 500 with an error in the service's own form",
            ["Server503Html"] = "status 503 with a web page, as a proxy sends it",
            ["Server500Empty"] = "status 500 without a word",
            ["Reset"] = "the connection breaks; that of a download in the middle",
            ["Stall"] = "no reply ever comes; a download stops in the middle",
            ["EmptyPoll"] = "a look is answered with nothing",
            ["UnreadableReply"] = "a reply that is cut short",
            ["PartialResult"] = "the last video of the next task fails, and the others succeed",
            ["FailureTopLevel"] = "the next task fails, told in the errors of the reply",
            ["FailureNested"] = "the next task fails, told as an error object in its item",
            ["FailureFlat"] = "the next task fails, told as code and message in its item",
            ["FailureText"] = "the next task fails, told as plain text",
            ["Moderation"] = "the next task is refused for its content",
            ["NeverEnding"] = "the next task never ends",
            ["ChunkRefused"] = "a look at more than one task is refused as a whole",
            ["OmitIds"] = "a look at more than one task leaves every second one out",
            ["TruncatedDownload"] = "a download ends in the middle, as if it were whole",
            ["ExpiredDownload"] = "status 404: the video is gone",
            ["WrongContentDownload"] = "a web page comes instead of the video",
            ["LaggingLook"] = "a look does not know a task that was accepted",
            ["ForgottenMedia"] = "the service has forgotten every image it kept",
        },
    };

    /// <summary>The values of a parameter with what each means; none where they need no words.</summary>
    internal static IReadOnlyDictionary<string, string> Of(string parameter) =>
        s_byParameter.TryGetValue(parameter, out IReadOnlyDictionary<string, string>? values) ? values : new Dictionary<string, string>();

    /// <summary>The tip of a value: what it means, or else the value itself.</summary>
    internal static string Tip(string parameter, string value) => Of(parameter).TryGetValue(value, out string? meaning) ? $"{value}: {meaning}" : value;
}

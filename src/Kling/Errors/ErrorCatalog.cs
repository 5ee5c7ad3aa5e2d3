using System.Management.Automation;
using Kling.Client;
using Kling.Journal;
using Kling.Media;
using Kling.Models;
using Kling.Tasks;

namespace Kling.Errors;

/// <summary>The one place that turns a failure into an error record: id, category, target and recommendation.</summary>
internal static class ErrorCatalog
{
    private const int MostListed = 20;

    internal const string InvalidRequest = "InvalidRequest";
    internal const string ImageNotFound = "ImageNotFound";
    internal const string ImageMissing = "ImageMissing";
    internal const string NotConnected = "NotConnected";
    internal const string InvalidEndpoint = "InvalidEndpoint";
    internal const string InvalidKey = "InvalidKey";
    internal const string CostCeiling = "CostCeiling";
    internal const string TaskIdInUse = "TaskIdInUse";
    internal const string TaskUnknown = "TaskUnknown";
    internal const string CostNotConfirmed = "CostNotConfirmed";
    internal const string SandboxNotRunning = "SandboxNotRunning";
    internal const string DirectoryUnusable = "DirectoryUnusable";
    internal const string SecretUnavailable = "SecretUnavailable";

    /// <summary>Turns any failure of the engine into a record.</summary>
    internal static ErrorRecord ToRecord(Exception exception, object? target)
    {
        (string id, ErrorCategory category, string? recommendation) = exception switch
        {
            InputException input => (input.Id, InputCategory(input.Id), input.Recommendation),
            JournalException => ("JournalUnusable", ErrorCategory.WriteError, "$env:KLING_HOME = '<a folder that can be written>'"),
            UnrecordedFileException => ("JournalUnusable", ErrorCategory.WriteError, "$env:KLING_HOME = '<a folder that can be written>'"),
            OutputFileException { Exists: true } => ("FileNotWritten", ErrorCategory.ResourceExists, "Give another name, or -Force to replace the file."),
            OutputFileException => ("FileNotWritten", ErrorCategory.WriteError, "Give a folder that can be written."),
            ImageException => ("ImageUnusable", ErrorCategory.InvalidData, "Give a PNG, JPEG or WebP file that can be read, of at most 20 MB."),
            WebhookException => ("WebhookUnreadable", ErrorCategory.InvalidData, "Get-Content -Raw body.json | ConvertFrom-KlingWebhook"),
            KlingWaitTimeoutException timeout => ("WaitTimeout", ErrorCategory.OperationTimeout, $"Wait-KlingTask -TaskId {timeout.TaskId:D}"),
            DownloadException => ("DownloadFailed", ErrorCategory.ReadError, "Get-KlingTask -TaskId <id> | Save-KlingVideo -OutDirectory <folder>"),
            KlingApiException api => FromApi(api),
            _ => ("UnexpectedFailure", ErrorCategory.NotSpecified, null),
        };
        var record = new ErrorRecord(exception, id, category, target);
        record.ErrorDetails = new ErrorDetails(exception.Message);
        if (recommendation is not null)
        {
            record.ErrorDetails.RecommendedAction = recommendation;
        }

        return record;
    }

    /// <summary>The record that ends a batch: it carries every task that may cost money, and the command that lists them.</summary>
    internal static ErrorRecord EndOfBatch(Exception failure, object? target, IReadOnlyList<KlingTask> paid, DateTimeOffset started)
    {
        KlingApiException carrier = failure as KlingApiException
            ?? new KlingApiException(failure.Message, KlingErrorCategory.Unknown, BillingState.NotCharged, failure);
        carrier.Tasks = paid;
        ErrorRecord cause = ToRecord(failure, target);
        string list = paid.Count == 0 ? "" : $" {paid.Count} task(s) of this command may cost money: {ListCommand(paid, started)}";
        return new ErrorRecord(carrier, IdOf(cause), cause.CategoryInfo.Category, target)
        {
            ErrorDetails = new ErrorDetails(failure.Message + list) { RecommendedAction = cause.ErrorDetails.RecommendedAction },
        };
    }

    // A command with hundreds of ids can be pasted nowhere; the journal also knows when they began.
    private static string ListCommand(IReadOnlyList<KlingTask> tasks, DateTimeOffset started) => tasks.Count <= MostListed
        ? $"Get-KlingTask -TaskId {string.Join(",", tasks.Select(task => task.TaskId.ToString("D")))}"
        : FormattableString.Invariant($"Get-KlingTask -Since '{started.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}'");

    private static string IdOf(ErrorRecord record) => record.FullyQualifiedErrorId;

    /// <summary>Whether the failure dooms every other item too: no key, a refused key, no credit.</summary>
    internal static bool EndsTheBatch(Exception exception) => exception switch
    {
        InputException input => input.Id is NotConnected or CostNotConfirmed,
        JournalException => true,
        KlingApiException api => api.Category is KlingErrorCategory.Authentication or KlingErrorCategory.Quota,
        _ => false,
    };

    private static ErrorCategory InputCategory(string id) => id switch
    {
        ImageNotFound => ErrorCategory.ObjectNotFound,
        NotConnected => ErrorCategory.AuthenticationError,
        CostNotConfirmed or CostCeiling => ErrorCategory.LimitsExceeded,
        TaskIdInUse => ErrorCategory.ResourceExists,
        SandboxNotRunning or TaskUnknown or SecretUnavailable => ErrorCategory.ObjectNotFound,
        DirectoryUnusable => ErrorCategory.WriteError,
        _ => ErrorCategory.InvalidArgument,
    };

    private static (string Id, ErrorCategory Category, string? Recommendation) FromApi(KlingApiException api)
    {
        string id = api.TaskId is Guid task ? task.ToString("D") : "<id>";

        // What concerns no task (a test, the account, an upload) costs nothing and can simply be done again.
        string again = api.TaskId is null ? "Run the command again later." : $"Get-KlingTask -TaskId {id}";
        return api.Category switch
        {
            _ when api.BillingState == BillingState.Unknown =>
                ("OutcomeUnknown", ErrorCategory.InvalidResult, $"Get-KlingTask -TaskId {id}"),
            KlingErrorCategory.Authentication => ("KeyRefused", ErrorCategory.AuthenticationError, "Connect-Kling -ApiKey (Read-Host -AsSecureString)"),
            KlingErrorCategory.Quota => ("NoCredit", ErrorCategory.QuotaExceeded, "Add credit to your Runware account, then run the command again."),
            KlingErrorCategory.RateLimit => ("RateLimited", ErrorCategory.LimitsExceeded, "Run the command again later, or with a smaller -ThrottleLimit."),
            KlingErrorCategory.Safety => ("ContentRefused", ErrorCategory.SecurityError, "Change the prompt or the image."),
            KlingErrorCategory.Connection => ("EndpointUnreachable", ErrorCategory.ConnectionError, "Get-KlingConnection"),
            KlingErrorCategory.Timeout => ("ServiceTimeout", ErrorCategory.OperationTimeout, again),
            KlingErrorCategory.Conflict => (TaskIdInUse, ErrorCategory.ResourceExists, $"Get-KlingTask -TaskId {id}"),
            KlingErrorCategory.Validation => ("RequestRefused", ErrorCategory.InvalidArgument, "Test-KlingRequest shows what is sent; Get-KlingModel shows what is allowed."),
            KlingErrorCategory.NotFound when api.TaskId is null => ("EndpointUnreachable", ErrorCategory.ConnectionError, "Get-KlingConnection"),
            KlingErrorCategory.NotFound => ("TaskNotFound", ErrorCategory.ObjectNotFound, $"Get-KlingTask -TaskId {id}"),
            // "Again" would be paid again where the task was accepted, so only a task that cost nothing gets that advice.
            KlingErrorCategory.Provider or KlingErrorCategory.Server => ("ServiceFailed", ErrorCategory.ResourceUnavailable,
                api.BillingState == BillingState.NotCharged ? "Run the command again later." : $"Get-KlingTask -TaskId {id}"),
            _ => ("ServiceError", ErrorCategory.InvalidResult, again),
        };
    }
}

using Kling.Downloads;
using Kling.Files;
using Kling.Images;
using Kling.Journal;
using Kling.Polling;
using Kling.Wire;

namespace Kling.Errors;

/// <summary>The one place that turns a failure into an error record; what an id stands for is in <see cref="ErrorTable"/>.</summary>
internal static class ErrorCatalog
{
    private const int MostListed = 20;

    // What the service says of a model that it does not have, or not any more (protocol note, errors).
    private static readonly HashSet<string> s_retired = new(["unknownModel", "modelDisabled", "modelUnavailable", "modelNotFound"], StringComparer.OrdinalIgnoreCase);

    internal const string InvalidRequest = "InvalidRequest";
    internal const string ImageNotFound = "ImageNotFound";
    internal const string ImageMissing = "ImageMissing";
    internal const string ModelNotFound = "ModelNotFound";
    internal const string ModelUnreadable = "ModelUnreadable";
    internal const string NotConnected = "NotConnected";
    internal const string InvalidEndpoint = "InvalidEndpoint";
    internal const string InvalidKey = "InvalidKey";
    internal const string CostCeiling = "CostCeiling";
    internal const string TaskIdInUse = "TaskIdInUse";
    internal const string TaskUnknown = "TaskUnknown";
    internal const string CostNotConfirmed = "CostNotConfirmed";
    internal const string DirectoryUnusable = "DirectoryUnusable";
    internal const string SecretUnavailable = "SecretUnavailable";

    /// <summary>Turns any failure of the engine into a record.</summary>
    /// <param name="exception">The failure.</param>
    /// <param name="target">The input it is about.</param>
    /// <param name="task">The task it is about, for the recommendation, where neither failure nor target names it.</param>
    internal static ErrorRecord ToRecord(Exception exception, object? target, Guid? task = null)
    {
        target ??= (exception as InputException)?.Target;
        (string id, string? better) = Choose(exception);
        ErrorEntry entry = ErrorTable.Get(id);
        Guid? about = exception switch
        {
            KlingApiException api => api.TaskId,
            KlingWaitTimeoutException timeout => timeout.TaskId,
            _ => task ?? (target as KlingTask)?.TaskId,
        };
        return Record(exception, id, entry.Category, target, exception.Message, better ?? entry.RecommendationFor(about));
    }

    /// <summary>A record whose texts may be shown. The target itself stays as it is: a script needs it.</summary>
    private static ErrorRecord Record(Exception exception, string id, ErrorCategory category, object? target, string message, string recommendation)
    {
        var record = new ErrorRecord(exception, id, category, target)
        {
            ErrorDetails = new ErrorDetails(ConsoleText.Of(message)) { RecommendedAction = recommendation },
        };
        record.CategoryInfo.TargetName = ConsoleText.Of(record.CategoryInfo.TargetName);
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
        return Record(carrier, cause.FullyQualifiedErrorId, cause.CategoryInfo.Category, target, failure.Message + list, cause.ErrorDetails.RecommendedAction);
    }

    // A command with hundreds of ids can be pasted nowhere; the journal also knows when they began.
    private static string ListCommand(IReadOnlyList<KlingTask> tasks, DateTimeOffset started) => tasks.Count <= MostListed
        ? Paste($"Get-KlingTask -TaskId {tasks.Select(task => task.TaskId)}")
        : Paste($"Get-KlingTask -Since {started}");

    /// <summary>Whether every other item would fail the same way: no key, a refused key, no credit, no journal.</summary>
    internal static bool EndsTheBatch(Exception exception) => exception switch
    {
        InputException input => input.Id is NotConnected or CostNotConfirmed,
        JournalException => true,
        KlingApiException api => api.Category is KlingErrorCategory.Authentication or KlingErrorCategory.Quota,
        _ => false,
    };

    /// <summary>The id of a failure, and a recommendation that is better than the table's where the case knows one.</summary>
    private static (string Id, string? Better) Choose(Exception exception) => exception switch
    {
        InputException input => (input.Id, input.Recommendation),
        JournalException { DamagedLines.Count: > 0 } damaged => ("JournalUnusable",
            Paste($"Get-Content -LiteralPath {damaged.FilePath!} | Select-Object -Index {damaged.DamagedLines.Take(MostListed).Select(line => line - 1)} # what the damaged lines say; look what became of it, move them to another file, then run the command again")),
        JournalException { IsLaterVersion: true } => ("JournalUnusable", Paste($"Update-PSResource Kling # then run the command again")),
        JournalException or UnrecordedFileException or UnrecordedResultException => ("JournalUnusable", null),
        OutputFileException { Exists: true } file =>
            ("FileExists", Paste($"Get-Item -LiteralPath {file.Path} # is there; give another name, or -Force to replace it")),
        OutputFileException => ("FileNotWritten", null),
        ImageException => ("ImageUnusable", null),
        WebhookException => ("WebhookUnreadable", null),
        KlingWaitTimeoutException => ("WaitTimeout", null),
        SpendLimitException => ("DayCostCeiling", null),
        DownloadException { Reason: DownloadFailure.FileExists } => ("FileExists", null),
        DownloadException { Reason: DownloadFailure.DiskFull } =>
            ("DownloadFailed", "Get-PSDrive -PSProvider FileSystem # room on the disks; make some, or give another -OutDirectory, then save again"),
        DownloadException => ("DownloadFailed", null),
        KlingApiException api => (IdOf(api), null),
        _ => ("UnexpectedFailure", null),
    };

    private static string Paste(CommandLine command) => command.ToString();

    private static string IdOf(KlingApiException api) => api.Category switch
    {
        _ when api.BillingState == BillingState.Unknown => "OutcomeUnknown",
        _ when api.Errors.Any(error => s_retired.Contains(error.Code)) => "ModelRefused",
        KlingErrorCategory.Authentication => "KeyRefused",
        KlingErrorCategory.Quota => "NoCredit",
        KlingErrorCategory.RateLimit => "RateLimited",
        KlingErrorCategory.Safety => "ContentRefused",
        KlingErrorCategory.Connection => "EndpointUnreachable",
        KlingErrorCategory.Timeout => "ServiceTimeout",
        KlingErrorCategory.Conflict => TaskIdInUse,
        KlingErrorCategory.Validation => "RequestRefused",
        // Without a task, only the address itself can be what was not found.
        KlingErrorCategory.NotFound => api.TaskId is null ? "EndpointUnreachable" : "TaskNotFound",
        KlingErrorCategory.Provider or KlingErrorCategory.Server => "ServiceFailed",
        _ => "ServiceError",
    };
}

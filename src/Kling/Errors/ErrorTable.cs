using Kling.Client;

namespace Kling.Errors;

/// <summary>
/// Every error id of the module: the one table that the catalog's code, about_Kling_Errors and the tests share.
/// An error that names a better recommendation for its case (the folder, the secret, the task) carries it itself.
/// </summary>
internal static class ErrorTable
{
    private const string Before = "BEFORE ANYTHING IS SENT";
    private const string AboutId = "ABOUT A TASK ID";
    private const string Service = "FROM THE SERVICE";
    private const string After = "AFTER A TASK WAS ACCEPTED";
    private const string Else = "ANYTHING ELSE";
    private const string NotCharged = "NotCharged";
    private const string SeeError = "see the error";
    private const string GiveKey = "Connect-Kling -ApiKey (Read-Host -AsSecureString)";
    private const string Look = "Get-KlingTask -TaskId {id}";

    /// <summary>The errors, in the order of about_Kling_Errors.</summary>
    internal static IReadOnlyList<ErrorEntry> All { get; } =
    [
        new(Before, "InvalidRequest", ErrorCategory.InvalidArgument, ErrorRetry.Correct, NotCharged,
            "(Get-KlingModel).Parameters # what is allowed; Test-KlingRequest with the same parameters shows the whole request",
            "A parameter is out of its limits or was given without a value, or a task belongs to another address than the connected one. All violations of an item are in one error."),
        new(Before, "ImageMissing", ErrorCategory.InvalidArgument, ErrorRetry.Correct, NotCharged,
            "Get-ChildItem *.jpg | New-KlingVideo -Prompt 'slow dolly in' -WhatIf # or name a row's column Image",
            "No image was named, or a row has no column with one."),
        new(Before, "ImageNotFound", ErrorCategory.ObjectNotFound, ErrorRetry.Correct, NotCharged,
            "Get-ChildItem # what is there; -LiteralPath takes names with brackets",
            "The text is no UUID, address, data URI, existing file or base64 image."),
        new(Before, "ImageUnusable", ErrorCategory.InvalidData, ErrorRetry.Correct, NotCharged,
            "Get-ChildItem *.png, *.jpg, *.jpeg, *.webp # give one of these that can be read, of at most 20 MB",
            "The file is no image of a known kind, is empty, cannot be read, or changed while it was sent."),
        new(Before, "ModelNotFound", ErrorCategory.ObjectNotFound, ErrorRetry.Correct, NotCharged,
            "Get-KlingModel",
            "Get-KlingModel knows no such model."),
        new(Before, "ModelUnreadable", ErrorCategory.InvalidData, ErrorRetry.Correct, NotCharged,
            "Get-KlingModel # what is there; Get-Help Import-KlingModel -Examples",
            "A file for Import-KlingModel cannot be read, is no published schema of a video model, or has a condition that the module cannot check; or an imported model cannot be replaced or taken away."),
        new(Before, "NotConnected", ErrorCategory.AuthenticationError, ErrorRetry.Correct, NotCharged,
            "Connect-Kling # or Connect-Kling -Sandbox",
            "There is no key, or the session used a sandbox or was disconnected and does not go live by itself, or the sandbox that the process inherited is gone. Ends the batch."),
        new(Before, "InvalidEndpoint", ErrorCategory.InvalidArgument, ErrorRetry.Correct, NotCharged,
            "Connect-Kling -Endpoint " + KlingEndpoint.DefaultAddress,
            "The address of -Endpoint or RUNWARE_BASE_URL is neither https nor http on loopback, or that of KLING_SANDBOX is not on this machine."),
        new(Before, "InvalidKey", ErrorCategory.InvalidArgument, ErrorRetry.Correct, NotCharged,
            GiveKey,
            "The key's text cannot be a key."),
        new(Before, "SecretUnavailable", ErrorCategory.ObjectNotFound, ErrorRetry.Correct, NotCharged,
            "Get-SecretInfo # lists the secrets that can be read",
            "The key of -SecretName could not be read: the module SecretManagement is not installed, the vault is missing, locked or broken, or the secret is missing, empty or no text. The message has the vault's own words."),
        new(Before, "WebhookUnreadable", ErrorCategory.InvalidData, ErrorRetry.Correct, "NotCharged, and a task the body was about goes on unchanged",
            "Get-Content -Raw body.json | ConvertFrom-KlingWebhook # a body as it arrived, in one piece",
            "A body for ConvertFrom-KlingWebhook has more than 1 MB, is nested too deep, is no JSON, or names no task or more than 50. The other bodies run."),
        new(Before, "DirectoryUnusable", ErrorCategory.WriteError, ErrorRetry.Correct, "NotCharged, and saving never costs anything",
            "New-Item -ItemType Directory clips # then give -OutDirectory clips",
            "The folder for videos cannot be made."),
        new(Before, "CostCeiling", ErrorCategory.LimitsExceeded, ErrorRetry.Correct, "NotCharged, as to this item",
            "Get-KlingTask -Last 20 -Local | Measure-KlingCost # then run the rest again with -Resume and a higher -MaxCost",
            "The item would pass -MaxCost, or its price is unknown."),
        new(Before, "DayCostCeiling", ErrorCategory.LimitsExceeded, ErrorRetry.Later, "NotCharged, as to this item",
            "Get-KlingTask -Last 20 -Local | Measure-KlingCost # then run the rest again with -Resume when there is room",
            "The item would pass what may be spent in 24 hours (-MaxCostPerDay, KLING_MAX_COST_PER_DAY), or its price is unknown. The message says when there is room."),
        new(Before, "CostNotConfirmed", ErrorCategory.LimitsExceeded, ErrorRetry.Correct, "NotCharged, as to this item and those after it",
            "Get-KlingTask -Last 20 -Local | Measure-KlingCost # then run it again with -Resume and a -MaxCost, which asks nothing",
            "The question about cost was answered with no, or the host cannot ask. Ends the batch."),
        new(Before, "JournalUnusable", ErrorCategory.WriteError, ErrorRetry.Correct, "NotCharged, as to this item and those after it. When the message says that the task goes on at the service, note its id",
            "$env:KLING_HOME = Join-Path $HOME 'kling-home' # or free the disk; a journal in another folder knows no earlier task",
            "The journal cannot be written or read; or it or its folder is a link or another user's; or a later version wrote to it; or it has damaged lines, and -Resume would buy again what they recorded. Ends the batch, since a task that is not written down could be lost; but not when only the place of a saved file, or what a look found, could not be recorded."),
        new(AboutId, "TaskIdInUse", ErrorCategory.ResourceExists, ErrorRetry.LookFirst, "see the error. From the journal: NotCharged, as to this call",
            Look + " # what it became; for another purchase leave -TaskId out",
            "The id was already submitted, or the journal or the service knows it with another request. Nothing is saved under it."),
        new(AboutId, "TaskUnknown", ErrorCategory.ObjectNotFound, ErrorRetry.Correct, "Unknown to this machine; the error itself changes nothing",
            "Get-KlingTask -Local # lists what it holds; Get-KlingTask -TaskId asks the service",
            "This machine's journal does not hold the task."),
        new(AboutId, "TaskNotFound", ErrorCategory.ObjectNotFound, ErrorRetry.LookFirst, SeeError,
            Look + " # once more, after a while",
            "The service does not know the task or the model (any more)."),
        new(Service, "KeyRefused", ErrorCategory.AuthenticationError, ErrorRetry.Correct, "NotCharged, as to the item that was refused",
            GiveKey,
            "The service refused the key. Ends the batch."),
        new(Service, "NoCredit", ErrorCategory.QuotaExceeded, ErrorRetry.Later, "NotCharged, as to the item that was refused",
            "Get-KlingTask -Unsaved | Save-KlingVideo -OutDirectory clips # what is paid; then add credit and run the command again with -Resume",
            "The account has not enough credit. Ends the batch; with -Wait, what is paid is waited for and saved first."),
        new(Service, "RateLimited", ErrorCategory.LimitsExceeded, ErrorRetry.Later, SeeError,
            "Get-KlingTask -Last 20 # then run the command again, with -Resume and a smaller -ThrottleLimit",
            "Too many requests, also after waiting as told."),
        new(Service, "RequestRefused", ErrorCategory.InvalidArgument, ErrorRetry.Correct, NotCharged,
            "(Get-KlingModel).Parameters # Test-KlingRequest with the same parameters shows what was sent",
            "The service refused a parameter. The message has its own words."),
        new(Service, "ModelRefused", ErrorCategory.ObjectNotFound, ErrorRetry.Correct, NotCharged,
            "Get-KlingModel # status and replacement of each model; Import-KlingModel adds others",
            "The service does not know the model, or has switched it off. Was it retired?"),
        new(Service, "ContentRefused", ErrorCategory.SecurityError, ErrorRetry.Correct, "see the error. A result that was refused may have been billed",
            Look + " # then change the prompt or the image",
            "Moderation refused the prompt, the image or the result."),
        new(Service, "ServiceFailed", ErrorCategory.ResourceUnavailable, ErrorRetry.LookFirst, SeeError,
            Look + " # where it says NotCharged, run the command again later",
            "A fault at the service or at the provider behind it."),
        new(Service, "ServiceTimeout", ErrorCategory.OperationTimeout, ErrorRetry.LookFirst, SeeError,
            Look,
            "Something took too long at the service."),
        new(Service, "ServiceError", ErrorCategory.InvalidResult, ErrorRetry.LookFirst, SeeError,
            Look,
            "A reply that none of the rules knows."),
        new(Service, "EndpointUnreachable", ErrorCategory.ConnectionError, ErrorRetry.Later, "see the error; NotCharged for a request that never left",
            "Get-KlingConnection # the address; check it and the network",
            "No connection. Three in a row end the batch."),
        new(Service, "OutcomeUnknown", ErrorCategory.InvalidResult, ErrorRetry.LookFirst, "Unknown. It may be charged",
            Look + " # what it became; where that tells nothing, the message names two ways out",
            "It could not be found out whether the service accepted the task: the reply was lost, and looking did not tell. New-KlingVideo with the same request and -TaskId sends the same id again; Remove-KlingTask gives it up."),
        new(After, "WaitTimeout", ErrorCategory.OperationTimeout, ErrorRetry.Free, "Accepted, or Unknown where it was not known before; the task goes on and will be billed",
            "Wait-KlingTask -TaskId {id}",
            "The waiting ended, not the task."),
        new(After, "DownloadFailed", ErrorCategory.ReadError, ErrorRetry.Free, "Accepted or Billed. Saving again costs nothing",
            "Save-KlingVideo -TaskId {id} -OutDirectory clips",
            "A finished video could not be saved. What arrived of a broken download is kept and continued."),
        new(After, "FileExists", ErrorCategory.ResourceExists, ErrorRetry.Free, "Accepted or Billed, where it is a video. Saving again costs nothing",
            "Save-KlingVideo -TaskId {id} -OutDirectory clips -Force # replaces the file; or give another folder or -FileName",
            "A file of that name is there, and -Force was not given. It was not touched."),
        new(After, "FileNotWritten", ErrorCategory.WriteError, ErrorRetry.Free, "see Get-KlingTask; writing costs nothing",
            "New-Item -ItemType Directory clips # a folder that can be written; then save or export again",
            "A sidecar or a gallery could not be written. The videos are not concerned."),
        new(Else, "UnexpectedFailure", ErrorCategory.NotSpecified, ErrorRetry.LookFirst, "see Get-KlingTask",
            "Get-KlingTask -Last 20 # what became of the tasks; report the fault with its message, without your key",
            "A fault of this module."),
    ];

    private static readonly Dictionary<string, ErrorEntry> s_byId = All.ToDictionary(entry => entry.Id, StringComparer.Ordinal);

    /// <summary>The entry of an id.</summary>
    internal static ErrorEntry Get(string id) => s_byId[id];
}

/// <summary>One error of the catalog, as code, about_Kling_Errors and the tests know it.</summary>
/// <param name="Section">The heading that about_Kling_Errors puts it under.</param>
/// <param name="Id">The stable id.</param>
/// <param name="Category">PowerShell's category.</param>
/// <param name="Retry">What doing the same again means.</param>
/// <param name="Billing">What is known about the money: a billing state, or where it is to be read.</param>
/// <param name="Recommendation">What to do, ready to paste; <c>{id}</c> stands for the task's id.</param>
/// <param name="Meaning">What happened, in whole sentences.</param>
internal sealed record ErrorEntry(
    string Section, string Id, ErrorCategory Category, ErrorRetry Retry, string Billing, string Recommendation, string Meaning)
{
    // What concerns no task (a test, the account, an upload, a video alone) costs nothing and can simply be done again.
    private const string WithoutTask = "Get-KlingTask -Last 20 # nothing was bought for this; run the command again later";

    /// <summary>The recommendation for the task an error is about; null where it is about none.</summary>
    internal string RecommendationFor(Guid? task) => task is Guid id
        ? Recommendation.Replace("{id}", id.ToString("D"))
        : Recommendation.Contains("{id}") ? WithoutTask : Recommendation;
}

/// <summary>What doing the same again means, for the items an error is about.</summary>
internal enum ErrorRetry
{
    /// <summary>The same input fails again: correct it first.</summary>
    Correct,

    /// <summary>The same command may succeed later. With -Resume it buys nothing twice.</summary>
    Later,

    /// <summary>Doing the same again could be a second purchase: look at the task by its id first.</summary>
    LookFirst,

    /// <summary>Doing the same again costs nothing: it only waits, saves or reads.</summary>
    Free,
}

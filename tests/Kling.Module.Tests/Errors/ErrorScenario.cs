namespace Kling.Module.Tests.Errors;

/// <summary>A script that produces one error of the catalog.</summary>
/// <param name="Id">The error's id.</param>
/// <param name="Script">The command that fails; it stands alone, so that -ErrorAction can be added at its end.</param>
internal sealed record ErrorScenario(string Id, string Script)
{
    /// <summary>The sandbox's faults, as Start-KlingSandbox takes them.</summary>
    internal string Fault { get; init; } = "";

    /// <summary>Seconds a video takes in the sandbox.</summary>
    internal int GenerationSeconds { get; init; }

    /// <summary>What is done before the command, and must succeed.</summary>
    internal string Before { get; init; } = "";

    /// <summary>A scripted service's reply to a new task, instead of the sandbox.</summary>
    internal string? Submit { get; init; }

    /// <summary>A scripted service's reply to any other request.</summary>
    internal string? Poll { get; init; }

    /// <summary>Whether the error ends the command instead of going beside its output.</summary>
    internal bool Terminates { get; init; }

    private const string Video = "New-KlingVideo -Image lighthouse.jpg";
    private const string Accepted = "200\n\n{\"data\":[{\"taskType\":\"videoInference\",\"taskUUID\":\"{id}\"}]}";

    /// <summary>One for each id of the catalog.</summary>
    internal static IReadOnlyList<ErrorScenario> All { get; } =
    [
        new("InvalidRequest", Video + " -Duration 6") { Terminates = true },
        new("ImageMissing", "New-KlingVideo -Prompt pan"),
        new("ImageNotFound", "New-KlingVideo -Image nowhere.jpg"),
        new("ImageUnusable", "New-KlingVideo -Image empty.jpg") { Before = "$null = New-Item empty.jpg" },
        new("ModelNotFound", "Get-KlingModel -Model nonsense"),
        new("ModelUnreadable", "Import-KlingModel lighthouse.jpg"),
        new("NotConnected", Video) { Before = "Disconnect-Kling", Terminates = true },
        new("InvalidEndpoint", "Connect-Kling -Endpoint http://api.example.com/v1 -ApiKey $key") { Terminates = true },
        new("InvalidKey", "Connect-Kling -ApiKey ([Net.NetworkCredential]::new('', \"a`nb\").SecurePassword)") { Terminates = true },
        new("SecretUnavailable", "Connect-Kling -SecretName runware")
        {
            Before = "Get-Module Microsoft.PowerShell.SecretManagement | Remove-Module; $env:PSModulePath = ''", Terminates = true,
        },
        new("WebhookUnreadable", "ConvertFrom-KlingWebhook -Body 'no json'"),
        new("DirectoryUnusable", Video + " -OutDirectory lighthouse.jpg/clips") { Terminates = true },
        new("CostCeiling", Video + " -MaxCost 0.1"),
        new("DayCostCeiling", Video + " -MaxCostPerDay 0.1"),
        new("CostNotConfirmed", Video + " -Duration 10, 10, 10, 10, 10, 10, 10 -NumberResults 4") { Terminates = true },
        new("JournalUnusable", Video)
        {
            Before = "$env:KLING_HOME = [IO.Path]::Combine((Get-Location).ProviderPath, 'home'); $null = Connect-Kling -Sandbox; Remove-Item home -Recurse -ErrorAction SilentlyContinue; $null = New-Item home", Terminates = true,
        },
        new("TaskIdInUse", Video + " -Prompt pan -TaskId 8b5f0c3e-2f1d-4c58-9f0a-0d3c1f6f7a11")
        {
            Before = "$null = " + Video + " -TaskId 8b5f0c3e-2f1d-4c58-9f0a-0d3c1f6f7a11",
        },
        new("TaskUnknown", "Remove-KlingTask -TaskId 8b5f0c3e-2f1d-4c58-9f0a-0d3c1f6f7a11 -Force"),
        new("TaskNotFound", Video) { Submit = Refusal(400, "resourceNotFound") },
        new("ModelRefused", Video) { Submit = Refusal(400, "unknownModel") },
        new("KeyRefused", Video) { Fault = "Unauthorized401:Submit", Terminates = true },
        new("NoCredit", Video) { Fault = "NoCredit402", Terminates = true },
        new("RateLimited", Video) { Submit = "429\nRetry-After: 7200\n\n{}" },
        new("RequestRefused", Video) { Submit = Refusal(400, "invalidPositivePrompt") },
        new("ContentRefused", Video + " -Wait") { Fault = "Moderation" },
        new("ServiceFailed", Video + " -Wait") { Fault = "FailureNested" },
        new("ServiceTimeout", Video + " -Wait") { Submit = Accepted, Poll = Refusal(200, "timeoutProvider") },
        new("ServiceError", Video + " -Wait") { Submit = Accepted, Poll = Refusal(200, "somethingNew") },
        new("EndpointUnreachable", "Connect-Kling -Endpoint http://127.0.0.1:9/v1 -ApiKey $key -Test") { Terminates = true },
        new("OutcomeUnknown", Video) { Fault = "Conflict400" },
        new("WaitTimeout", Video + " -Wait -Timeout 0") { GenerationSeconds = 600 },
        new("DownloadFailed", Video + " -OutDirectory clips") { Fault = "WrongContentDownload:Download:-1" },
        new("FileExists", "Save-KlingVideo -TaskId 8b5f0c3e-2f1d-4c58-9f0a-0d3c1f6f7a11 -FileName taken")
        {
            Before = "$null = New-Item taken.mp4; $null = " + Video + " -Wait -TaskId 8b5f0c3e-2f1d-4c58-9f0a-0d3c1f6f7a11",
        },
        new("FileNotWritten", "Export-KlingGallery -Task (" + Video + " -Wait) -Path lighthouse.jpg/gallery.html"),
        // No cmdlet makes such a task; a script that does shows what becomes of a fault nobody thought of.
        new("UnexpectedFailure", "Save-KlingVideo -Task ([Kling.Models.KlingTask] @{ TaskId = [guid]::NewGuid(); Status = 'Succeeded'; Videos = [Kling.Models.KlingVideo[]]::new(1) })"),
    ];

    private static string Refusal(int status, string code) =>
        $"{status}\n\n{{\"errors\":[{{\"code\":\"{code}\",\"message\":\"The service's own words.\",\"taskUUID\":\"{{id}}\"}}]}}";
}

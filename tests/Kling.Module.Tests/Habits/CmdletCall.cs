using Kling.Hosting;

namespace Kling.Module.Tests.Habits;

/// <summary>One cmdlet called alone, in each way it can be called.</summary>
/// <param name="Cmdlet">The cmdlet.</param>
/// <param name="Named">With its parameters named.</param>
/// <param name="Check">A script that is true of the output, in <c>$result</c>.</param>
internal sealed record CmdletCall(string Cmdlet, string Named, string Check)
{
    private const string Id = ExampleBench.TaskId;
    private const string Task = "(Get-KlingTask -TaskId " + Id + " -Local)";
    private const string IsTask = "$result.TaskId -eq '" + Id + "'";
    private const string IsFile = "$result.Extension -eq '.mp4' -and $result.Exists";

    /// <summary>By position; null for a cmdlet that has none.</summary>
    internal string? Positional { get; init; }

    /// <summary>From the pipeline by value; null for a cmdlet that takes none.</summary>
    internal string? ByValue { get; init; }

    /// <summary>From the pipeline by property name; null for a cmdlet that takes none.</summary>
    internal string? ByName { get; init; }

    /// <summary>All of them.</summary>
    internal static IReadOnlyList<CmdletCall> All { get; } =
    [
        new("Connect-Kling", "Connect-Kling -ApiKey $key -Endpoint (Get-KlingSandbox).Endpoint", "$result.KeySource -eq 'Parameter'")
        {
            Positional = "Connect-Kling $key -Endpoint (Get-KlingSandbox).Endpoint",
        },
        new("ConvertFrom-KlingWebhook", "ConvertFrom-KlingWebhook -Body (Get-Content -Raw body.json)", IsTask)
        {
            Positional = "ConvertFrom-KlingWebhook (Get-Content -Raw body.json)",
            ByValue = "Get-Content -Raw body.json | ConvertFrom-KlingWebhook",
            ByName = "[pscustomobject] @{ Body = Get-Content -Raw body.json } | ConvertFrom-KlingWebhook",
        },
        new("Disconnect-Kling", "Disconnect-Kling; Get-KlingConnection", "-not $result.IsConnected"),
        new("Export-KlingGallery", $"Export-KlingGallery -Task {Task} -Path page.html", "$result.Name -eq 'page.html'")
        {
            Positional = $"Export-KlingGallery page.html -Task {Task}",
            ByValue = $"{Task} | Export-KlingGallery -Path page.html",
            ByName = $"[pscustomobject] @{{ TaskId = '{Id}' }} | Export-KlingGallery -Path page.html",
        },
        new("Get-KlingAccount", "Get-KlingAccount", "$result.Balance -gt 0"),
        new("Get-KlingConnection", "Get-KlingConnection", "$result.IsConnected"),
        new("Get-KlingModel", "Get-KlingModel -Model klingai:5@1", "$result.Id -eq 'klingai:5@1'") { Positional = "Get-KlingModel klingai:*" },
        new("Get-KlingSandbox", "Get-KlingSandbox", "$result.IsRunning"),
        new("Get-KlingTask", $"Get-KlingTask -TaskId {Id}", IsTask)
        {
            Positional = $"Get-KlingTask {Id}",
            ByValue = $"[guid] '{Id}' | Get-KlingTask",
            ByName = $"[pscustomobject] @{{ TaskId = '{Id}' }} | Get-KlingTask",
        },
        new("Import-KlingModel", "Import-KlingModel -Path klingai-2-1-pro.schema.json -Force", "$result.Id -eq 'klingai:5@2'")
        {
            Positional = "Import-KlingModel klingai-2-1-pro.schema.json -Force",
            ByValue = "'klingai-2-1-pro.schema.json' | Import-KlingModel -Force",
            ByName = "Get-Item klingai-2-1-pro.schema.json | Select-Object FullName | Import-KlingModel -Force",
        },
        new("Measure-KlingCost", "Measure-KlingCost -Image lighthouse.jpg -Duration 10", "$result.EstimatedCost -eq 0.37")
        {
            Positional = "Measure-KlingCost lighthouse.jpg pan -Duration 10",
            ByValue = "'lighthouse.jpg' | Measure-KlingCost -Duration 10",
            ByName = "[pscustomobject] @{ Image = 'lighthouse.jpg'; Duration = '10' } | Measure-KlingCost",
        },
        new("New-KlingVideo", "New-KlingVideo -Image lighthouse.jpg -Prompt pan -Wait", "$result.Prompt -eq 'pan' -and $result.Status -eq 'Succeeded'")
        {
            Positional = "New-KlingVideo lighthouse.jpg pan -Wait",
            ByValue = "'lighthouse.jpg' | New-KlingVideo -Prompt pan -Wait",
            ByName = "[pscustomobject] @{ Image = 'lighthouse.jpg'; Prompt = 'pan' } | New-KlingVideo -Wait",
        },
        new("Remove-KlingModel", "$null = Import-KlingModel klingai-2-1-pro.schema.json -Force; Remove-KlingModel -Model klingai:5@2; @(Get-KlingModel).Count", "$result -eq 2")
        {
            Positional = "$null = Import-KlingModel klingai-2-1-pro.schema.json -Force; Remove-KlingModel klingai:5@2; @(Get-KlingModel).Count",
            ByName = "Import-KlingModel klingai-2-1-pro.schema.json -Force | Remove-KlingModel; @(Get-KlingModel).Count",
        },
        new("Remove-KlingTask", $"Remove-KlingTask -TaskId {Id} -Confirm:$false; @(Get-KlingTask -Local).Count", "$result -eq 1")
        {
            Positional = $"Remove-KlingTask {Id} -Confirm:$false; @(Get-KlingTask -Local).Count",
            ByValue = $"[guid] '{Id}' | Remove-KlingTask -Confirm:$false; @(Get-KlingTask -Local).Count",
            ByName = $"{Task} | Remove-KlingTask -Confirm:$false; @(Get-KlingTask -Local).Count",
        },
        new("Save-KlingVideo", $"Save-KlingVideo -TaskId {Id} -OutDirectory clips", IsFile)
        {
            Positional = $"Save-KlingVideo {Id} clips",
            ByValue = $"{Task} | Save-KlingVideo -OutDirectory clips",
            ByName = $"[pscustomobject] @{{ TaskId = '{Id}' }} | Save-KlingVideo -OutDirectory clips",
        },
        new("Send-KlingImage", "Send-KlingImage -Image lighthouse.jpg", "$result.MediaUUID -ne [guid]::Empty")
        {
            Positional = "Send-KlingImage lighthouse.jpg",
            ByValue = "'lighthouse.jpg' | Send-KlingImage",
            ByName = "[pscustomobject] @{ Image = 'lighthouse.jpg' } | Send-KlingImage",
        },
        new("Start-KlingSandbox", "Stop-KlingSandbox; Start-KlingSandbox -GenerationSeconds 0", "$result.IsRunning"),
        new("Stop-KlingSandbox", "Stop-KlingSandbox; Get-KlingSandbox", "-not $result.IsRunning"),
        new("Test-KlingRequest", "Test-KlingRequest -Image lighthouse.jpg -Prompt pan", "$result.IsValid -and $result.Json -match 'pan'")
        {
            Positional = "Test-KlingRequest lighthouse.jpg pan",
            ByValue = "'lighthouse.jpg' | Test-KlingRequest -Prompt pan",
            ByName = "[pscustomobject] @{ Image = 'lighthouse.jpg'; Prompt = 'pan' } | Test-KlingRequest",
        },
        new("Wait-KlingTask", $"Wait-KlingTask -TaskId {Id}", IsTask)
        {
            Positional = $"Wait-KlingTask {Id}",
            ByValue = $"{Task} | Wait-KlingTask",
            ByName = $"[pscustomobject] @{{ TaskId = '{Id}' }} | Wait-KlingTask",
        },
    ];
}

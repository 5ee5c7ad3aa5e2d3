using Kling.Hosting;

namespace Kling.Module.Tests.Habits;

/// <summary>How a parameter is seen to have been bound: a value for it, and the rest of a call whose output then shows it.</summary>
/// <param name="Value">The value, as PowerShell.</param>
/// <param name="Call">The cmdlet with what else it needs; the parameter comes behind it.</param>
/// <param name="Shows">A script that is true of the output, in <c>$result</c>.</param>
internal sealed record AliasSample(string Value, string Call, string Shows)
{
    private const string Id = ExampleBench.TaskId;
    private const string Uuid = "0b4a5d31-7ac0-4b6a-8b5e-2f1d6c9e7a10";
    private static readonly string s_file = "(Get-Item lighthouse.jpg).FullName";

    /// <summary>By cmdlet and parameter: what every alias of it is tested with.</summary>
    internal static IReadOnlyDictionary<(string Cmdlet, string Parameter), AliasSample> All { get; } = new Dictionary<(string, string), AliasSample>
    {
        [("Test-KlingRequest", "Image")] = new($"'{Uuid}'", "Test-KlingRequest", $"$result.Json -match '{Uuid}'"),
        [("Test-KlingRequest", "LiteralPath")] = new(s_file, "Test-KlingRequest", "$result.Json -match 'file: lighthouse.jpg'"),
        [("Test-KlingRequest", "LastImage")] = new($"'{Uuid}'", "Test-KlingRequest lighthouse.jpg pan -Model '2.6 Pro'", $"$result.IsValid -and $result.Json -match '{Uuid}'"),
        [("Test-KlingRequest", "Prompt")] = new("'pan'", "Test-KlingRequest lighthouse.jpg", "$result.Json -match '\"pan\"'"),
        [("Test-KlingRequest", "NumberResults")] = new("3", "Test-KlingRequest lighthouse.jpg", "$result.Json -match '\"numberResults\": 3'"),
        [("Test-KlingRequest", "Ttl")] = new("90", "Test-KlingRequest lighthouse.jpg", "$result.Json -match '\"ttl\": 90'"),
        [("Measure-KlingCost", "Image")] = new($"'{Uuid}'", "Measure-KlingCost", $"$result.Item -eq '{Uuid}'"),
        [("Measure-KlingCost", "LiteralPath")] = new(s_file, "Measure-KlingCost", "$result.Item -like '*lighthouse.jpg'"),
        [("Measure-KlingCost", "LastImage")] = new($"'{Uuid}'", "Measure-KlingCost lighthouse.jpg pan -Model '2.6 Pro'", "$result.EstimatedCost -eq 0.35"),
        [("Measure-KlingCost", "Prompt")] = new("'pan', 'zoom'", "Measure-KlingCost", "$result.Count -eq 3"),
        [("Measure-KlingCost", "NumberResults")] = new("3", "Measure-KlingCost", "$result.VideoCount -eq 3"),
        [("Measure-KlingCost", "Ttl")] = new("90", "Measure-KlingCost", "$result.VideoCount -eq 1"),
        [("New-KlingVideo", "Image")] = new("'https://images.test/a.png'", "New-KlingVideo", "$result.Image -eq 'https://images.test/a.png'"),
        [("New-KlingVideo", "LiteralPath")] = new(s_file, "New-KlingVideo", "$result.Image -like '*lighthouse.jpg'"),
        [("New-KlingVideo", "LastImage")] = new("'https://images.test/z.png'", "New-KlingVideo lighthouse.jpg pan -Model '2.6 Pro'", "$result.LastImage -eq 'https://images.test/z.png'"),
        [("New-KlingVideo", "Prompt")] = new("'pan'", "New-KlingVideo lighthouse.jpg", "$result.Prompt -eq 'pan'"),
        [("New-KlingVideo", "NumberResults")] = new("3", "New-KlingVideo lighthouse.jpg", "$result.NumberResults -eq 3"),
        [("New-KlingVideo", "Ttl")] = new("90", "New-KlingVideo lighthouse.jpg", "$result.Ttl -eq 90"),
        [("Send-KlingImage", "Image")] = new("'lighthouse.jpg'", "Send-KlingImage", "$result.Source -like '*lighthouse.jpg'"),
        [("Send-KlingImage", "LiteralPath")] = new(s_file, "Send-KlingImage", "$result.Source -like '*lighthouse.jpg'"),
        [("ConvertFrom-KlingWebhook", "Body")] = new("(Get-Content -Raw body.json)", "ConvertFrom-KlingWebhook", $"$result.TaskId -eq '{Id}'"),
        [("ConvertFrom-KlingWebhook", "Local")] = new("", "ConvertFrom-KlingWebhook (Get-Content -Raw body.json)", "$null -eq $result.Model"),
        [("Export-KlingGallery", "TaskId")] = new($"'{Id}'", "Export-KlingGallery -Path page.html", "$result.Name -eq 'page.html'"),
        [("Get-KlingTask", "TaskId")] = new($"'{Id}'", "Get-KlingTask", $"$result.TaskId -eq '{Id}'"),
        [("Wait-KlingTask", "TaskId")] = new($"'{Id}'", "Wait-KlingTask", $"$result.TaskId -eq '{Id}'"),
        [("Save-KlingVideo", "TaskId")] = new($"'{Id}'", "Save-KlingVideo -OutDirectory clips", $"$result.Task.TaskId -eq '{Id}'"),
        [("Import-KlingModel", "Path")] = new("(Get-Item klingai-2-1-pro.schema.json).FullName", "Import-KlingModel -Force", "$result.Id -eq 'klingai:5@2'"),
        [("Remove-KlingModel", "Model")] = new("(Import-KlingModel klingai-2-1-pro.schema.json -Force).Id", "Remove-KlingModel", "@(Get-KlingModel).Count -eq 2"),
        [("Remove-KlingTask", "TaskId")] = new($"'{Id}'", "Remove-KlingTask -Confirm:$false", "@(Get-KlingTask -Local).Count -eq 1"),
    };
}

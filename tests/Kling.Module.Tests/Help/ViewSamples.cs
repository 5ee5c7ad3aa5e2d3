namespace Kling.Module.Tests.Help;

/// <summary>Scripts that make one object of each emitted type, filled with what is long: texts, ids, addresses and money.</summary>
internal static class ViewSamples
{
    private const string Errors = """
        [Kling.Models.KlingTaskError] @{ Code = 'invalidModelConfigurationForThisRequest'; Message = 'The duration must be one of 5 and 10, and 7.25 was given for it in this request.'
            Parameter = 'duration'; Category = 'Validation'; TaskId = '4923cad8-a610-4604-9846-08e843a33e8d' }
        """;

    private const string Videos = """
        [Kling.Models.KlingVideo] @{ VideoId = '8b5f0c3e-2f1d-4c58-9f0a-0d3c1f6f7a11'; Seed = 9223372036854775807; Nsfw = $false; VideoCost = 0.1848; FileBytes = 1468006
            VideoUrl = 'https://videos.test/' + ('segment/' * 20) + 'a.mp4?signature=' + ('0' * 90); File = '/home/someone/' + ('deep/' * 30) + 'lighthouse-of-the-northern-coast-4923cad8-2.mp4' }
        """;

    private const string Tasks = $$"""
        [Kling.Models.KlingTask] @{ TaskId = '4923cad8-a610-4604-9846-08e843a33e8d'; Status = 'PartiallySucceeded'; BillingState = 'Accepted'; Model = 'klingai:5@1'
            Image = '/home/someone/' + ('deep/' * 30) + 'lighthouse-of-the-northern-coast.jpg'; Prompt = 'slow dolly in over the cliffs ' * 12; Duration = 7.5; Width = 1280; Height = 720
            CfgScale = 0.25; NumberResults = 4; OutputFormat = 'WEBM'; OutputQuality = 85; CheckContent = $true; SafetyMode = 'full'; Ttl = 86400; ImageSha256 = 'ab' * 32
            NegativePrompt = 'blurred edges '; Sound = $true; Resolution = '1080p'; Setting = '{"providerSettings.klingai.keepOriginalSound":true}'; LastImage = 'pier.jpg'; LastImageSha256 = 'cd' * 32
            EstimatedCost = 0.185; Cost = 0.1848; SubmittedAt = [datetimeoffset] '2024-03-05T06:07:08Z'; CompletedAt = [datetimeoffset] '2024-03-05T06:09:09.5Z'
            Endpoint = 'https://api.runware.ai/v1'; Videos = [Kling.Models.KlingVideo[]] @({{Videos}}); Errors = [Kling.Models.KlingTaskError[]] @({{Errors}}) }
        """;

    /// <summary>By full type name, a script that emits one such object.</summary>
    internal static IReadOnlyDictionary<string, string> Scripts { get; } = new Dictionary<string, string>
    {
        ["Kling.Models.KlingTask"] = Tasks,
        ["Kling.Models.KlingVideo"] = Videos,
        ["Kling.Models.KlingTaskError"] = Errors,
        ["Kling.Models.KlingCost"] = """
            [Kling.Models.KlingCost] @{ Item = '4923cad8-a610-4604-9846-08e843a33e8d'; ModelId = 'klingai:5@1'; Seconds = 7.5; VideoCount = 4; EstimatedCost = 0.185; BilledCost = 0.1848; Note = 'List price 0.0370 USD per second. ' * 6 }
            """,
        ["Kling.Models.KlingSpending"] = """
            [Kling.Models.KlingSpending] @{ Day = '2026-11-27'; ModelId = 'klingai:kling-video@2.6-pro'; TaskCount = 12345; VideoCount = 23456; FailedCount = 345; EstimatedCost = 12345.185; UnpricedCount = 12; BilledCost = 12345.1848
                Endpoint = 'https://gateway.of.a.company.with.a.long.name.test/runware/v1' }
            """,
        ["Kling.Models.KlingBatchSummary"] = """
            [Kling.Models.KlingBatchSummary] @{ Done = 298; Failed = 2; Open = 12; NotSent = 1234; Billed = 12345.1848; Estimated = 12345.185; Elapsed = [timespan]::FromMinutes(41.5); FailedRows = @('a.png') * 300 }
            """,
        ["Kling.Models.KlingModel"] = "Get-KlingModel",
        ["Kling.Models.KlingModelParameter"] = "(Get-KlingModel).Parameters",
        ["Kling.Models.KlingConnection"] = """
            [Kling.Models.KlingConnection] @{ IsConnected = $true; Mode = 'Live'; Source = 'Connect-Kling'; KeySource = 'Environment'; Endpoint = 'https://gateway.of.a.company.with.a.long.name.test/runware/v1' }
            """,
        ["Kling.Models.KlingRequestReport"] = """
            Test-KlingRequest -Image 'https://images.test/a-rather-long-path/lighthouse-of-the-northern-coast.jpg?signature=0123456789' -Prompt ('slow dolly in ' * 30) -Duration 7.5 -NumberResults 9 -CfgScale 0.25
            """,
        ["Kling.Models.KlingSandboxInfo"] = """
            [Kling.Models.KlingSandboxInfo] @{ IsRunning = $true; Endpoint = 'http://127.0.0.1:65535/v1'; TaskCount = 1234; TotalBilled = 1234.1848 }
            """,
        ["Kling.Models.KlingAccount"] = """
            [Kling.Models.KlingAccount] @{ OrganizationName = 'A company with a long name ' * 5; Balance = 2450.75; FreeBalance = 10.5; Currency = 'USD'; CreditsToday = 35.8; RequestsToday = 1850
                CreditsLast7Days = 80.25; RequestsLast7Days = 2000; CreditsLast30Days = 1234.5678; RequestsLast30Days = 3000; CreditsTotal = 412.5; RequestsTotal = 9000000000 }
            """,
        ["Kling.Models.KlingImage"] = """
            [Kling.Models.KlingImage] @{ MediaUUID = '8b5f0c3e-2f1d-4c58-9f0a-0d3c1f6f7a11'; MediaUrl = 'https://images.test/' + ('segment/' * 20) + 'a.png'; Sha256 = 'ab' * 32; Bytes = 20000000; PixelWidth = 12048; PixelHeight = 12048
                Source = '/home/someone/' + ('deep/' * 30) + 'lighthouse-of-the-northern-coast.jpg'; IsReused = $true; UploadedAt = [datetimeoffset] '2024-03-05T06:07:08Z'; Endpoint = 'https://gateway.of.a.company.with.a.long.name.test/runware/v1' }
            """,
        ["Kling.Sandbox.SandboxCharge"] = """
            [Kling.Sandbox.SandboxCharge] @{ TaskId = '4923cad8-a610-4604-9846-08e843a33e8d'; VideoId = '8b5f0c3e-2f1d-4c58-9f0a-0d3c1f6f7a11'; Amount = 0.1848; At = [datetimeoffset] '2024-03-05T06:07:08Z' }
            """,
        ["Kling.Sandbox.SandboxLogEntry"] = """
            [Kling.Sandbox.SandboxLogEntry] @{ At = [datetimeoffset] '2024-03-05T06:07:08Z'; Method = 'POST'; Path = '/v1'; Status = 429; Fault = 'TooMany429RetryAfterHeader'; Summary = 'refused, come back later; ' * 6
                TaskIds = [guid[]] '4923cad8-a610-4604-9846-08e843a33e8d' }
            """,
    };
}

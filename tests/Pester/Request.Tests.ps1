BeforeDiscovery {
    # The examples of the model's page, as the engine's own tests hold them.
    $fixture = [IO.Path]::Combine($PSScriptRoot, '..', 'Kling.Core.Tests', 'Fixtures', 'model-page-examples.json')
    $examples = [IO.File]::ReadAllText($fixture) | ConvertFrom-Json
    $cases = foreach ($example in $examples) { @{ request = $example.request; name = $example.name } }
}

BeforeAll { . $PSScriptRoot/Common.ps1 }

Describe 'Test-KlingRequest' {
    It "makes exactly the JSON of the page's example <name> from parameters" -TestCases $cases {
        $arguments = @{ Image = $request.inputs.frameImages[0].image; IncludeCost = $false; TaskId = $request.taskUUID }
        foreach ($pair in @{ Prompt = 'positivePrompt'; Duration = 'duration'; CfgScale = 'CFGScale'; Width = 'width'; Height = 'height'
                NumberResults = 'numberResults'; OutputFormat = 'outputFormat'; OutputQuality = 'outputQuality'; Ttl = 'ttl' }.GetEnumerator()) {
            $value = $request.psobject.Properties[$pair.Value]
            if ($null -ne $value) { $arguments[$pair.Key] = $value.Value }
        }

        $arguments.Remove('TaskId')
        $report = Test-KlingRequest @arguments
        $report.IsValid | Should -BeTrue
        $made = @($report.Json | ConvertFrom-Json)[0]
        $made.taskUUID = $request.taskUUID

        # Names, order, values and nesting at once, letter by letter.
        (ConvertTo-Json -InputObject $made -Depth 9 -Compress) | Should -BeExactly (ConvertTo-Json -InputObject $request -Depth 9 -Compress)
    }

    It 'makes no call and needs no key' {
        $report = Test-KlingRequest 'https://example.com/a.png' -Duration 10
        $report.IsValid | Should -BeTrue
        $report.EstimatedCost | Should -Be 0.37
    }

    It 'lists every violation' {
        $report = Test-KlingRequest 'https://example.com/a.png' -Duration 7 -CfgScale 2 -Width 5
        $report.IsValid | Should -BeFalse
        @($report.Violations).Count | Should -Be 3
    }

    It 'shows neither queries nor inline data' {
        $report = Test-KlingRequest 'https://example.com/a.png?sig=secret12345' -WebhookUrl 'https://example.com/hook?token=secret67890'
        $report.Json | Should -Not -Match 'secret'
        "$($report.ImageName)" | Should -Not -Match 'secret'
    }
}

Describe 'Get-KlingModel' {
    It 'lists what the model allows and costs' {
        $model = Get-KlingModel
        $model.Id | Should -Be 'klingai:5@1'
        $model.PricePerSecond | Should -Be 0.037
        @($model.Sizes).Count | Should -Be 3
        ($model.Durations -join ',') | Should -Be '5,10'
        ($model.Parameters | Where-Object { $_.Name -eq 'CfgScale' }).WireName | Should -Be 'CFGScale'
        ($model.Parameters | Where-Object { $_.Name -eq 'SafetyMode' }).WireName | Should -Be 'safety.mode'
    }

    It 'says which models there are when the name is unknown' {
        Get-KlingModel 'nope' -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'ModelNotFound,*'
        "$($problems[0])" | Should -Match 'klingai:5@1'
    }
}

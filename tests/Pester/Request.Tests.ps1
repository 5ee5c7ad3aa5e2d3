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

Describe 'Test-KlingRequest on a file of rows' {
    BeforeAll {
        $script:image = New-TestImage (Join-Path $TestDrive 'shot.png')
        $script:cut = Join-Path $TestDrive 'cut.png'
        [IO.File]::WriteAllBytes($cut, [IO.File]::ReadAllBytes($image)[0..400])
    }

    It 'reports a row whatever is wrong with it: <what>' -TestCases @(
        @{ what = 'a cell that is no number'; cells = @{ CfgScale = 'half' }; said = "CfgScale: 'half' was given*" }
        @{ what = 'a cell that is no boolean'; cells = @{ CheckContent = 'tru' }; said = "CheckContent: 'tru' was given*" }
        @{ what = 'a cell that is an object'; cells = @{ Prompt = [pscustomobject]@{ A = 1 } }; said = 'Prompt: *' }
        @{ what = 'a value out of its limits'; cells = @{ Duration = 7 }; said = "Duration: '7' was given*" }
        @{ what = 'one bad variant'; cells = @{ CfgScale = 0.5, 7 }; said = "CfgScale: '7' was given*"; reports = 2 }
        @{ what = 'a missing file'; cells = @{ Image = 'nowhere.png' }; said = "Image: 'nowhere.png' was given*" }
        @{ what = 'a cut file'; cells = @{ Image = 'cut.png' }; said = "Image: *cut.png*" }
        @{ what = 'no image'; cells = @{ Image = '' }; said = 'Image: nothing was given*' }
        @{ what = 'an image that is a number'; cells = @{ Image = 5 }; said = 'Image: an object of type Int32 was given*' }
        @{ what = 'an image that is an object'; cells = @{ Image = [pscustomobject]@{ A = 1 } }; said = 'Image: an object of type PSCustomObject was given*' }
    ) {
        $row = @{ Image = $image; Prompt = 'pan' }
        foreach ($name in $cells.Keys) { $row[$name] = $cells[$name] }
        Push-Location $TestDrive
        try { $all = @([pscustomobject]@{ Image = $image }, [pscustomobject] $row, [pscustomobject]@{ Image = $image } | Test-KlingRequest -ErrorAction Stop) } finally { Pop-Location }
        $bad = @($all | Where-Object IsValid -EQ $false)
        $bad.Count | Should -Be 1
        $bad[0].Row | Should -Be 2
        $bad[0].Violations[0] | Should -BeLike $said
        @($all | Where-Object IsValid).Row | Should -Be $(if (Test-Path Variable:reports) { 1, 2, 3 } else { 1, 3 })
    }

    It 'says everything that is wrong with a row at once, and neither a price nor JSON that leave something out' {
        $report = [pscustomobject]@{ Image = 'nowhere.png'; CfgScale = 'half'; Duration = 7; NumberResults = '3.5' } | Test-KlingRequest
        @($report.Violations | ForEach-Object { ($_ -split ':')[0] }) | Sort-Object | Should -Be 'CfgScale', 'Duration', 'Image', 'NumberResults'
        $report.ImageName | Should -Be 'nowhere.png'
        $report = [pscustomobject]@{ Image = $image; CfgScale = 'half' } | Test-KlingRequest
        $report.PixelWidth | Should -Be 640
        $report.Json | Should -BeNullOrEmpty
        $report.EstimatedCost | Should -BeNullOrEmpty
    }

    It 'counts files and text as rows, and gives each image of a row a report' {
        (@(Get-Item $image), 'nowhere.png', $image | Test-KlingRequest).Row | Should -Be 1, 2, 3
        $both = @(Test-KlingRequest $image, 'nowhere.png')
        $both.Row | Should -Be 1, 1
        @($both | Where-Object IsValid -EQ $false).ImageName | Should -Be 'nowhere.png'
    }

    It 'leaves a value on the command line an error, in every call' {
        foreach ($call in 1, 2) { { Test-KlingRequest $image -CfgScale half } | Should -Throw "*CfgScale: 'half'*" }
        { $image | Test-KlingRequest -Width 'wide' } | Should -Throw "*Width: 'wide'*"
    }

    It 'makes no other cmdlet of the pipeline lenient' {
        Use-Sandbox
        try {
            $rows = [pscustomobject]@{ Image = $image; CfgScale = 'half' }, [pscustomobject]@{ Image = $image; CfgScale = 'third' }
            $bought = @($rows | Test-KlingRequest | ForEach-Object { $rows[$_.Row - 1] } | New-KlingVideo -ErrorAction SilentlyContinue -ErrorVariable problems -WarningAction SilentlyContinue)
            $bought.Count | Should -Be 0
            $problems.Count | Should -Be 2
            $bought = @($rows | New-KlingVideo -ErrorAction SilentlyContinue -WarningAction SilentlyContinue | Test-KlingRequest)
            $bought.Count | Should -Be 0
            { $rows | Test-KlingRequest | ForEach-Object { New-KlingVideo $image -CfgScale half } } | Should -Throw '*CfgScale*'
            (Get-KlingSandbox).TaskCount | Should -Be 0
        }
        finally { Stop-KlingSandbox }
    }
}

Describe 'Get-KlingModel' {
    It 'lists what the model allows and costs' {
        $model = Get-KlingModel '2.1 Standard'
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

BeforeDiscovery {
    # The examples that the service publishes for 2.6 Pro.
    $fixture = [IO.Path]::Combine($PSScriptRoot, '..', 'Kling.Core.Tests', 'Fixtures', 'klingai-video-2-6-pro.examples.json')
    $all = ([IO.File]::ReadAllText($fixture) | ConvertFrom-Json).examples
    $cases = foreach ($example in $all) { @{ id = $example.id; request = $example.request } }
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    $a = '8b5f0c3e-2f1d-4c58-9f0a-0d3c1f6f7a01'
    $b = '8b5f0c3e-2f1d-4c58-9f0a-0d3c1f6f7a02'

    # A published request as parameters.
    function ConvertTo-Parameter($request) {
        Set-StrictMode -Off
        $given = @{ Model = '2.6 Pro'; IncludeCost = $false }
        foreach ($pair in @{ Prompt = 'positivePrompt'; NegativePrompt = 'negativePrompt'; Duration = 'duration'; Width = 'width'; Height = 'height' }.GetEnumerator()) {
            if ($null -ne $request.($pair.Value)) { $given[$pair.Key] = $request.($pair.Value) }
        }

        $other = @{}
        foreach ($field in $request.providerSettings.klingai.psobject.Properties) {
            if ($field.Name -eq 'sound') { $given.Sound = $field.Value } else { $other["providerSettings.klingai.$($field.Name)"] = $field.Value }
        }

        $frames = @($request.inputs.frameImages | Where-Object { $_ })
        if ($frames.Count -gt 0) { $given.Image = $frames[0].image }
        if ($frames.Count -gt 1) { $given.LastImage = $frames[1].image }
        foreach ($name in 'referenceImages', 'referenceVideos') {
            if ($request.inputs.$name) { $other["inputs.$name"] = @($request.inputs.$name) }
        }

        if ($other.Count -gt 0) { $given.Setting = $other }
        $given
    }

    function Get-Made($report) {
        $report.Violations | Should -BeNullOrEmpty
        $made = @($report.Json | ConvertFrom-Json)[0]
        $made.psobject.Properties.Remove('taskUUID')
        ConvertTo-Json -InputObject $made -Depth 9 -Compress
    }
}

Describe 'A request to Kling VIDEO 2.6 Pro' {
    It 'is the published example <id>, letter for letter, from parameters' -TestCases $cases {
        $parameters = ConvertTo-Parameter $request
        Get-Made (Test-KlingRequest @parameters) | Should -BeExactly (ConvertTo-Json -InputObject $request -Depth 9 -Compress)
    }

    It 'is the published example <id>, letter for letter, from the published request itself' -TestCases $cases {
        Get-Made ($request | Test-KlingRequest -IncludeCost $false) | Should -BeExactly (ConvertTo-Json -InputObject $request -Depth 9 -Compress)
    }

    It 'is accepted by the sandbox as the published example <id>' -TestCases $cases {
        Use-Sandbox
        $parameters = ConvertTo-Parameter $request
        $parameters.Remove('IncludeCost')
        $task = New-KlingVideo @parameters -Wait -Confirm:$false
        $task.Status | Should -Be 'Succeeded'
        $task.Model | Should -Be 'klingai:kling-video@2.6-pro'
    }

    It 'bills what the example was billed where the rates say it' {
        Use-Sandbox
        New-KlingVideo -Model '2.6 Pro' -Prompt 'a calm sea' -AspectRatio 16:9 -Duration 10 -Sound $true -Wait -Confirm:$false | ForEach-Object Cost | Should -Be 1.4
        New-KlingVideo $a -Model '2.6 Pro' -LastImage $b -Prompt 'a calm sea' -Duration 10 -Wait -Confirm:$false | ForEach-Object Cost | Should -Be 0.7
    }

    It 'is refused before anything is sent: <why>' -TestCases @(
        @{ why = 'a size beside a frame'; more = @{ Image = '8b5f0c3e-2f1d-4c58-9f0a-0d3c1f6f7a01'; AspectRatio = '16:9' }; says = '*not allowed together with Image for klingai:kling-video@2.6-pro*' }
        @{ why = 'sound with two frames'; more = @{ Image = '8b5f0c3e-2f1d-4c58-9f0a-0d3c1f6f7a01'; LastImage = '8b5f0c3e-2f1d-4c58-9f0a-0d3c1f6f7a02'; Sound = $true }; says = '*Sound*not allowed together with LastImage*' }
        @{ why = 'six seconds'; more = @{ Image = '8b5f0c3e-2f1d-4c58-9f0a-0d3c1f6f7a01'; Duration = 6 }; says = "*Duration: '6' was given; allowed: 5 or 10.*" }
        @{ why = 'text without a size'; more = @{}; says = '*needs Width and Height without Image*AspectRatio gives both*' }
        @{ why = 'a field it does not have'; more = @{ Image = '8b5f0c3e-2f1d-4c58-9f0a-0d3c1f6f7a01'; Setting = @{ camera = 'up' } }; says = "*Setting: 'camera' was given*" }
    ) {
        Use-Sandbox
        { New-KlingVideo -Model '2.6 Pro' -Prompt 'a calm sea' @more -ErrorAction Stop } | Should -Throw $says
        (Get-KlingSandbox).RequestCount | Should -Be 0
    }

    It 'needs a prompt' {
        { New-KlingVideo $a -Model '2.6 Pro' -ErrorAction Stop } | Should -Throw '*Prompt: nothing was given*'
    }

    It 'takes no size from Auto, since the video has the shape of its image' {
        $report = Test-KlingRequest $a -Model '2.6 Pro' -Prompt 'a calm sea' -AspectRatio Auto
        $report.IsValid | Should -BeTrue
        $report.Json | Should -Not -Match 'width'
    }

    It 'ends once, not for each file, where what was given by name fits no image' {
        $files = 'one.png', 'two.png', 'three.png' | ForEach-Object { New-TestImage (Join-Path $TestDrive $_) } | Get-Item
        { $files | New-KlingVideo -Model '2.6 Pro' -Prompt 'a calm sea' -AspectRatio 16:9 } | Should -Throw '*not allowed together with Image*'
    }
}

Describe 'Fields without a parameter' {
    It 'that are given twice and differ are an error' {
        $report = [pscustomobject]@{ Prompt = 'she sings'; inputs = @{ referenceVideos = @('https://a.example/b.mp4') } } |
            Test-KlingRequest -Model '2.6 Pro' -Setting @{ 'inputs.referenceVideos' = @('https://a.example/c.mp4') }
        $report.IsValid | Should -BeFalse
        "$($report.Violations)" | Should -Match 'inputs.referenceVideos was given twice'
    }
}

Describe 'The default model' {
    It 'refuses what only other models have: <name>' -TestCases @(
        @{ name = 'LastImage'; value = '8b5f0c3e-2f1d-4c58-9f0a-0d3c1f6f7a02' }
        @{ name = 'Sound'; value = $true }
        @{ name = 'NegativePrompt'; value = 'text' }
        @{ name = 'Resolution'; value = '720p' }
        @{ name = 'Setting'; value = @{ camera = 'up' } }
    ) {
        $given = @{ $name = $value }
        { New-KlingVideo $a @given -ErrorAction Stop } | Should -Throw "*${name}: *klingai:5@1*"
    }
}

Describe 'A last frame' {
    It 'is uploaded once, kept by journal and sidecar, and found again by -Resume' {
        Use-Sandbox
        $files = 'one.png', 'two.png' | ForEach-Object { New-TestImage (Join-Path $TestDrive $_) }
        $out = Join-Path $TestDrive clips
        $all = $files[0], $files[0] | New-KlingVideo -Model '2.6 Pro' -LastImage $files[1] -Prompt 'a calm sea', 'a rough sea' -OutDirectory $out -Confirm:$false -Verbose 4>&1
        $said, $first = $all.Where({ $_ -is [Management.Automation.VerboseRecord] }, 'Split')
        $first.Count | Should -Be 4
        @($said -match 'its last image was uploaded').Count | Should -Be 1
        @($said -match 'keeps its last image').Count | Should -Be 3
        $first[0].LastImage | Should -Be $files[1]
        $first[0].LastImageSha256 | Should -Match '^[0-9a-f]{64}$'
        (Get-KlingTask -TaskId $first[0].TaskId -Local).LastImage | Should -Be $files[1]
        $again = $files[0] | New-KlingVideo -Model '2.6 Pro' -LastImage $files[1] -Prompt 'a calm sea' -Resume -Wait -Confirm:$false
        $again.TaskId | Should -BeIn $first.TaskId
        (New-KlingVideo $files[0] -Model '2.6 Pro' -LastImage $files[0] -Prompt 'a calm sea' -Resume -Wait -Confirm:$false).TaskId | Should -Not -BeIn $first.TaskId
    }

    It 'that cannot be used is an error of its row, and names it' {
        $row = [pscustomobject]@{ Image = $a; LastImage = 'nowhere.png'; Prompt = 'a calm sea'; Model = '2.6 Pro' }
        $report = $row | Test-KlingRequest
        $report.IsValid | Should -BeFalse
        "$($report.Violations)" | Should -Match "LastImage: 'nowhere.png' was given"
    }
}

Describe 'Import-KlingModel' {
    BeforeAll { $schema = [IO.Path]::Combine($PSScriptRoot, '..', '..', 'examples', 'klingai-2-1-pro.schema.json') }

    It 'makes a model known until Remove-KlingModel takes it away' {
        $model = Import-KlingModel $schema
        $model.IsImported | Should -BeTrue
        (Get-KlingModel '2.1 Pro').Modes | Should -Be 'first-frame', 'first-last-frames'
        $report = Test-KlingRequest $a -LastImage $b -Model '2.1 Pro' -AspectRatio 9:16
        $report.IsValid | Should -BeTrue
        $report.EstimatedCost | Should -BeNullOrEmpty
        { New-KlingVideo $a -Model '2.1 Pro' -MaxCost 5 -ErrorAction Stop } | Should -Throw '*unknown*'
        Remove-KlingModel '2.1 Pro'
        Get-KlingModel | ForEach-Object Id | Should -Be 'klingai:5@1', 'klingai:kling-video@2.6-pro'
        (Test-KlingRequest $a -Model klingai:5@2).IsValid | Should -BeFalse
    }

    It 'replaces an earlier schema with -Force only' {
        $null = Import-KlingModel $schema -Force
        Import-KlingModel $schema -ErrorVariable failed -ErrorAction SilentlyContinue
        "$failed" | Should -Match 'imported before'
        (Import-KlingModel $schema -Force).Id | Should -Be 'klingai:5@2'
        Remove-KlingModel klingai:5@2
    }

    It 'does not take the models of the module away' {
        Remove-KlingModel klingai:5@1 -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed[0].FullyQualifiedErrorId | Should -Match '^ModelNotFound'
        (Get-KlingModel klingai:5@1).Id | Should -Be 'klingai:5@1'
    }
}

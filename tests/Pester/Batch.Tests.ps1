BeforeAll {
    . $PSScriptRoot/Common.ps1
    Use-Sandbox
    $script:image = New-TestImage (Join-Path $TestDrive 'shot.png')
    function Get-Submitted { (Get-KlingSandbox).TaskCount }
}

AfterAll { Stop-KlingSandbox }

Describe 'Variants' {
    It 'make the grid of prompts, durations and guidance scales per image' {
        $reports = @(Test-KlingRequest $image -Prompt 'pan', 'zoom' -Duration 5, 10 -CfgScale 0.3, 0.5, 0.7)
        $reports.Count | Should -Be 12
        @($reports.Json | Sort-Object -Unique).Count | Should -Be 12
    }

    It 'are priced as a whole' {
        $costs = @(Measure-KlingCost -Prompt 'pan', 'zoom' -Duration 5, 10)
        $costs.Count | Should -Be 5
        $costs[-1].EstimatedCost | Should -Be 1.11
    }

    It 'keep a prompt with a comma one prompt' {
        @(Test-KlingRequest $image -Prompt 'slow, left').Count | Should -Be 1
    }

    It 'refuse a blank among several values' {
        { Test-KlingRequest $image -Prompt 'pan', '' -ErrorAction Stop } | Should -Throw '*Prompt*blank*'
    }

    It 'refuse one task id for all of them' {
        $before = Get-Submitted
        $tasks = @(New-KlingVideo $image -Prompt 'pan', 'zoom' -TaskId ([guid]::NewGuid()) -ErrorAction SilentlyContinue -ErrorVariable problems -WarningAction SilentlyContinue)
        $tasks.Count | Should -Be 0
        $problems.Count | Should -Be 1
        Get-Submitted | Should -Be $before
    }
}

Describe 'AspectRatio' {
    It '<ratio> becomes <width> x <height>' -TestCases @(
        @{ ratio = '16:9'; width = 1280; height = 720 }, @{ ratio = '1:1'; width = 720; height = 720 }
        @{ ratio = '9:16'; width = 720; height = 1280 }
    ) {
        $wire = (Test-KlingRequest $image -AspectRatio $ratio).Json | ConvertFrom-Json
        @($wire)[0].width | Should -Be $width
        @($wire)[0].height | Should -Be $height
    }

    It 'Auto takes the size nearest to the image' {
        $wire = (Test-KlingRequest $image -AspectRatio Auto).Json | ConvertFrom-Json
        (@($wire)[0].width / @($wire)[0].height) | Should -BeGreaterThan 0
    }

    It 'Auto for an image only the service can see is an error' {
        $report = Test-KlingRequest 'https://example.com/a.png' -AspectRatio Auto
        $report.IsValid | Should -BeFalse
        "$($report.Violations)" | Should -BeLike '*AspectRatio*Auto*16:9*'
    }
}

Describe '-Resume' {
    BeforeAll {
        $script:rows = 1..20 | ForEach-Object { [pscustomobject]@{ Image = $image; Prompt = "shot number $_"; Scene = $_ } }
        $script:bought = @($rows | New-KlingVideo -Wait)
    }

    It 'sends nothing for a finished batch and returns its tasks' {
        $before = Get-Submitted
        $again = @($rows | New-KlingVideo -Resume -Wait)
        Get-Submitted | Should -Be $before
        $again.Count | Should -Be 20
        (@($again.TaskId | Sort-Object) -join ',') | Should -Be (@($bought.TaskId | Sort-Object) -join ',')
        @($again | Where-Object { $_.Scene -eq 7 }).Count | Should -Be 1
    }

    It 'sends one for one changed prompt' {
        $before = Get-Submitted
        $changed = @($rows | ForEach-Object { [pscustomobject]@{ Image = $_.Image; Prompt = $_.Prompt.Replace('number 5', 'number five') } })
        $null = $changed | New-KlingVideo -Resume -Wait
        Get-Submitted | Should -Be ($before + 1)
    }

    It 'matches the n-th identical item with the n-th recorded one' {
        $twin = New-TestImage (Join-Path $TestDrive 'twin.png')
        $first = @($twin, $twin | New-KlingVideo -Wait)
        $before = Get-Submitted
        $again = @($twin, $twin, $twin | New-KlingVideo -Resume -Wait)
        Get-Submitted | Should -Be ($before + 1)
        @($again.TaskId | Sort-Object -Unique).Count | Should -Be 3
        foreach ($task in $first) { @($again.TaskId) | Should -Contain $task.TaskId }
    }

    It 'buys an identical request again without -Resume' {
        $before = Get-Submitted
        $null = $rows[0] | New-KlingVideo
        Get-Submitted | Should -Be ($before + 1)
    }

    It '-WhatIf sends nothing and counts only what would be bought' {
        $before = Get-Submitted
        $null = $rows | New-KlingVideo -Resume -WhatIf
        Get-Submitted | Should -Be $before
    }

    It 'buys a failed item anew' {
        $other = New-TestImage (Join-Path $TestDrive 'failing.png')
        Use-Sandbox -Fault 'FailureNested'
        $null = New-KlingVideo $other -Wait -ErrorAction SilentlyContinue
        $before = Get-Submitted
        $task = New-KlingVideo $other -Wait -Resume
        "$($task.Status)" | Should -Be 'Succeeded'
        Get-Submitted | Should -Be ($before + 1)
        Use-Sandbox
    }
}

Describe 'The result of one run is the input of the next' {
    It 'tasks exported to CSV price and send again' {
        $csv = Join-Path $TestDrive 'tasks.csv'
        New-KlingVideo $image -Prompt 'pan' -Duration 10 -CfgScale 0.61 -Wait | Export-Csv $csv
        $report = Import-Csv $csv | Test-KlingRequest
        $report.IsValid | Should -BeTrue
        $report.Json | Should -Match '"duration": 10'
        $report.Json | Should -Match '"CFGScale": 0.61'
        $report.EstimatedCost | Should -Be 0.37
    }
}

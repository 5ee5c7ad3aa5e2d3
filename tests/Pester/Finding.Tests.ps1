BeforeAll {
    . $PSScriptRoot/Common.ps1
    Use-Sandbox
    $script:image = New-TestImage (Join-Path $TestDrive 'shot.png')
    $script:clips = Join-Path $TestDrive 'clips'
    $script:task = New-KlingVideo $image -Prompt 'slow dolly in' -Duration 10 -OutDirectory $clips
    $script:short = "$($task.TaskId)".Substring(0, 8)
    $script:sidecar = [IO.Path]::ChangeExtension($task.File, 'kling.json')

    function Get-Completion {
        param([string] $Text)
        @((TabExpansion2 -inputScript $Text -cursorColumn $Text.Length).CompletionMatches)
    }
}

AfterAll { Stop-KlingSandbox }

Describe 'A task is named' {
    It 'by the start of its id: <what>' -TestCases @(
        @{ what = 'eight digits'; name = { $short } }
        @{ what = 'in capitals'; name = { $short.ToUpperInvariant() } }
        @{ what = 'with a hyphen'; name = { "$($task.TaskId)".Substring(0, 13) } }
        @{ what = 'without hyphens'; name = { $task.TaskId.ToString('N').Substring(0, 20) } }
        @{ what = 'the whole'; name = { $task.TaskId } }
        @{ what = 'its video'; name = { Get-Item -LiteralPath $task.File } }
        @{ what = 'its sidecar'; name = { Get-Item -LiteralPath $sidecar } }
        @{ what = 'the path of its video'; name = { $task.File } }
    ) {
        (Get-KlingTask -TaskId (& $name)).TaskId | Should -Be $task.TaskId
        (& $name | Get-KlingTask -Local).TaskId | Should -Be $task.TaskId
        (& $name | Wait-KlingTask).TaskId | Should -Be $task.TaskId
        (& $name | Save-KlingVideo -OutDirectory $clips).FullName | Should -Be $task.File
        (& $name | Export-KlingGallery (Join-Path $TestDrive 'page.html') -Force).Name | Should -Be 'page.html'
        [IO.File]::ReadAllText((Join-Path $TestDrive 'page.html')) | Should -BeLike '*slow dolly in*'
    }

    It 'by a video without a sidecar, which the journal knows' {
        $bare = New-KlingVideo $image -OutDirectory (Join-Path $TestDrive 'bare') -NoSidecar
        (Get-Item $bare.File | Get-KlingTask).TaskId | Should -Be $bare.TaskId
        $copy = Join-Path $TestDrive 'foreign.mp4'
        [IO.File]::Copy($bare.File, $copy, $true)
        $null = Get-Item $copy | Get-KlingTask -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'TaskUnknown,*'
        "$($problems[0])" | Should -BeLike '*no sidecar (foreign.kling.json)*'
    }

    It 'and an ambiguous start lists what it may mean' {
        $one = New-KlingVideo $image -TaskId 'abcdef12-0000-4000-8000-000000000001'
        $two = New-KlingVideo $image -TaskId 'abcdef12-0000-4000-8000-000000000002'
        $found = Get-KlingTask -TaskId abcdef12, $short -ErrorAction SilentlyContinue -ErrorVariable problems
        $found.TaskId | Should -Be $task.TaskId
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'InvalidRequest,*'
        "$($problems[0])" | Should -BeLike "*2 tasks*$($one.TaskId) (*shot.png)*$($two.TaskId)*"
        (Get-KlingTask -TaskId 'abcdef12-0000-4000-8000-000000000002').TaskId | Should -Be $two.TaskId
        Remove-KlingTask -TaskId $one.TaskId -Force
        (Get-KlingTask -TaskId abcdef12).TaskId | Should -Be $two.TaskId
    }

    It 'and an unknown start is an error, not a wait: <command>' -TestCases @(
        @{ command = 'Get-KlingTask' }, @{ command = 'Wait-KlingTask' }, @{ command = 'Save-KlingVideo' }, @{ command = 'Remove-KlingTask' }
    ) {
        # Digits alone are a number to PowerShell.
        $null = & $command -TaskId 01234567 -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems.Count | Should -Be 1
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'TaskUnknown,*'
        $problems[0].TargetObject | Should -Be '01234567'
    }

    It 'and what can name no task is refused: <name>' -TestCases @(@{ name = '1234567' }, @{ name = 'lighthouse' }, @{ name = 'a.png' }, @{ name = '12345678-zz' }, @{ name = [guid]::Empty }) {
        { Get-KlingTask -TaskId $name } | Should -Throw "*TaskId: '$name' was given; allowed:*8 digits*"
    }

    It 'by its start where it is removed' {
        $gone = New-KlingVideo $image -Wait
        Remove-KlingTask -TaskId "$($gone.TaskId)".Substring(0, 8) -Force
        $null = Get-KlingTask -TaskId "$($gone.TaskId)".Substring(0, 8) -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'TaskUnknown,*'
    }
}

Describe 'A sidecar' {
    BeforeAll { $script:same = (Test-KlingRequest $image -Prompt 'slow dolly in' -Duration 10).Json }

    It 'is the next request from any folder: <what>' -TestCases @(
        @{ what = 'the file'; rows = { Get-Item -LiteralPath $sidecar } }
        @{ what = 'its text'; rows = { [IO.File]::ReadAllText($sidecar) | ConvertFrom-Json } }
    ) {
        $elsewhere = New-Item -ItemType Directory -Force ([IO.Path]::Combine($TestDrive, 'far', 'away'))
        Push-Location $elsewhere
        try { $report = & $rows | Test-KlingRequest -WarningVariable warnings }
        finally { Pop-Location }
        $report.Json | Should -Be $same
        $report.ImageName | Should -Be $image
        @($warnings).Count | Should -Be 0
    }

    It 'means the image that was used, not another of that name' {
        $elsewhere = New-Item -ItemType Directory -Force ([IO.Path]::Combine($TestDrive, 'other', 'clips'))
        $null = New-TestImage ([IO.Path]::Combine($TestDrive, 'other', 'shot.png'))
        Push-Location $elsewhere
        try { ([IO.File]::ReadAllText($sidecar) | ConvertFrom-Json | Test-KlingRequest).ImageName | Should -Be $image }
        finally { Pop-Location }
    }

    It 'that nobody knows says how to pipe it' {
        $row = [IO.File]::ReadAllText($sidecar) | ConvertFrom-Json
        $row.TaskId = [guid]::NewGuid()
        Push-Location (New-Item -ItemType Directory -Force ([IO.Path]::Combine($TestDrive, 'no', 'where')))
        try { $null = $row | New-KlingVideo -ErrorAction SilentlyContinue -ErrorVariable problems }
        finally { Pop-Location }
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'ImageNotFound,*'
        $problems[0].ErrorDetails.RecommendedAction | Should -BeLike 'Get-Item *kling.json | New-KlingVideo *'
    }

    It 'leaves nothing to the record behind it' {
        $reports = @((Get-Item -LiteralPath $sidecar), (Get-Item -LiteralPath $image) | Test-KlingRequest)
        $reports[0].Json | Should -Be $same
        $reports[1].Json | Should -Be (Test-KlingRequest $image).Json
    }

    It 'gives way to what is given by name' {
        $report = Get-Item -LiteralPath $sidecar | Test-KlingRequest -Prompt 'pan left' -WarningVariable warnings -WarningAction SilentlyContinue
        $report.Json | Should -Be (Test-KlingRequest $image -Prompt 'pan left' -Duration 10).Json
        "$warnings" | Should -BeLike '*Prompt is used for every row*'
    }

    It 'with a value that cannot be read is an error of its record, and nothing is bought' {
        $bad = Join-Path $clips 'bad.kling.json'
        [IO.File]::WriteAllText($bad, [IO.File]::ReadAllText($sidecar).Replace('"Duration": 10', '"Duration": "long"'))
        $before = (Get-KlingSandbox).TaskCount
        $bought = @((Get-Item -LiteralPath $bad), (Get-Item -LiteralPath $sidecar) | New-KlingVideo -ErrorAction SilentlyContinue -ErrorVariable problems)
        $bought.Count | Should -Be 1
        "$($problems[0])" | Should -BeLike "*Duration: 'long'*"
        (Get-KlingSandbox).TaskCount | Should -Be ($before + 1)
    }
}

Describe 'An uploaded image' {
    It 'keeps the name of its file' {
        $sent = New-TestImage (Join-Path $TestDrive 'harbour.png')
        $file = Send-KlingImage $sent | New-KlingVideo | Save-KlingVideo -OutDirectory $clips
        $file.Name | Should -Match '^harbour-[0-9a-f]{8}\.mp4$'
    }
}

Describe 'Completion' {
    It 'offers images with their size, and folders, and no other file' {
        $folder = Join-Path $TestDrive 'pictures'
        $null = New-Item -ItemType Directory -Force (Join-Path $folder 'more')
        $null = New-TestImage (Join-Path $folder 'one.png')
        [IO.File]::WriteAllText((Join-Path $folder 'broken.jpg'), 'no image')
        [IO.File]::WriteAllText((Join-Path $folder 'notes.txt'), 'x')
        Push-Location $folder
        try {
            $found = Get-Completion 'New-KlingVideo -Image ./'
            ($found | ForEach-Object { $_.ListItemText } | Sort-Object) -join ' ' | Should -Be 'broken.jpg more one.png'
            ($found | Where-Object ListItemText -eq 'one.png').ToolTip | Should -BeLike 'one.png: 640x360, PNG, * KB'
            ($found | Where-Object ListItemText -eq 'broken.jpg').ToolTip | Should -BeLike '*is not an image*'
            @(Get-Completion 'Send-KlingImage ./o')[0].ListItemText | Should -Be 'one.png'
        }
        finally { Pop-Location }
    }

    It 'tells tasks apart by image and age' {
        $found = Get-Completion "Get-KlingTask -TaskId $short"
        $found[0].CompletionText | Should -BeLike "*$($task.TaskId)*"
        $found[0].ListItemText | Should -Match "^$short shot\.png, (just now|\d+ min ago)$"
    }

    It 'says what each value means: <text>' -TestCases @(
        @{ text = 'Get-KlingTask -Status '; count = 6 }
        @{ text = 'New-KlingVideo -Upload '; count = 3 }
        @{ text = 'New-KlingVideo -SafetyMode '; count = 3 }
        @{ text = 'New-KlingVideo -AspectRatio '; count = 4 }
        @{ text = 'Start-KlingSandbox -Fault '; count = 31 }
    ) {
        $found = Get-Completion $text
        $found.Count | Should -Be $count
        foreach ($one in $found) { $one.ToolTip | Should -BeLike "$($one.ListItemText): *" }
    }
}

Describe 'A price' {
    It 'of a task names its image, and the total counts what has no price' {
        $costs = @($task, [Kling.Models.KlingTask] @{ TaskId = [guid]::NewGuid(); Model = 'klingai:9@9'; Image = '/a/unknown.png' } | Measure-KlingCost)
        $costs[0].Item | Should -Be $image
        $costs[0].TaskId | Should -Be $task.TaskId
        $costs[2].EstimatedCost | Should -Be 0.37
        $costs[2].UnpricedCount | Should -Be 1
        $table = $costs | Out-String -Width 80
        $table | Should -Match '(?m)^shot.png +10 +1 +0\.3700 '
        $table | Should -Match '(?m)^unknown.png .* unknown *$'
        $table | Should -Match '(?m)^Total +2 +0\.3700 \+ 1 unknown '
        ([Kling.Models.KlingTask] @{ Model = 'klingai:9@9' }, [Kling.Models.KlingTask] @{ Model = 'klingai:9@9' } | Measure-KlingCost)[2].EstimatedCost | Should -BeNullOrEmpty
    }
}

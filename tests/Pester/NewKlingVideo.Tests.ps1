BeforeAll {
    . $PSScriptRoot/Common.ps1
    Use-Sandbox
    $script:image = New-TestImage (Join-Path $TestDrive 'shot.png')
}

AfterAll { Stop-KlingSandbox }

Describe 'New-KlingVideo' {
    It 'sends one task per image and returns at once without -Wait' {
        $task = New-KlingVideo $image -Prompt 'slow dolly in'
        $task | Should -BeOfType ([Kling.Models.KlingTask])
        "$($task.Status)" | Should -Be 'Processing'
        "$($task.BillingState)" | Should -Be 'Accepted'
        $task.Image | Should -Be $image
        $task.Prompt | Should -Be 'slow dolly in'
        $task.EstimatedCost | Should -Be 0.185
        $task.ImageSha256 | Should -MatchExactly '^[0-9a-f]{64}$'
        $task.Duration | Should -BeNullOrEmpty
        $task.SubmittedAt | Should -Not -BeNullOrEmpty
    }

    It 'waits, and reports what was billed' {
        $task = New-KlingVideo $image -Wait
        "$($task.Status)" | Should -Be 'Succeeded'
        "$($task.BillingState)" | Should -Be 'Billed'
        $task.Cost | Should -Be 0.1848
        @($task.Videos).Count | Should -Be 1
        $task.Videos[0].Seed | Should -BeOfType ([long])
        $task.Elapsed | Should -BeOfType ([timespan])
    }

    It 'collects every result of a task' {
        $task = New-KlingVideo $image -NumberResults 4 -Wait
        @($task.Videos).Count | Should -Be 4
        @($task.Videos.VideoId | Sort-Object -Unique).Count | Should -Be 4
        $task.Cost | Should -Be 0.7392
        $task.EstimatedCost | Should -Be 0.74
    }

    It 'saves checked <format> files with -OutDirectory, which implies -Wait' -TestCases @(
        @{ format = 'MP4' }, @{ format = 'WEBM' }, @{ format = 'MOV' }
    ) {
        $folder = Join-Path $TestDrive "clips-$format"
        $task = New-KlingVideo $image -OutputFormat $format -OutDirectory $folder
        "$($task.Status)" | Should -Be 'Succeeded'
        $task.File | Should -Exist
        [IO.Path]::GetExtension($task.File) | Should -Be ".$($format.ToLowerInvariant())"
        [IO.Path]::GetDirectoryName($task.File) | Should -Be $folder
        (Get-VideoKind $task.File) | Should -Be $format
        @([IO.Directory]::GetFiles($folder, '*.part*')).Count | Should -Be 0
    }

    It 'never overwrites a file without -Force' {
        $folder = Join-Path $TestDrive 'once'
        $task = New-KlingVideo $image -OutDirectory $folder
        [IO.File]::WriteAllText($task.File, 'mine')
        $null = Save-KlingVideo -TaskId $task.TaskId -OutDirectory $folder -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems.Count | Should -Be 1
        [IO.File]::ReadAllText($task.File) | Should -Be 'mine'
        $file = Save-KlingVideo -TaskId $task.TaskId -OutDirectory $folder -Force
        $file | Should -BeOfType ([IO.FileInfo])
        (Get-VideoKind $file.FullName) | Should -Be 'MP4'
    }

    It '-WhatIf sends nothing, needs no key, and names image and price' {
        $before = (Get-KlingSandbox).TaskCount
        $folder = Join-Path $TestDrive 'whatif'
        $tasks = @($image, $image | New-KlingVideo -Duration 10 -OutDirectory $folder -WhatIf)
        $tasks.Count | Should -Be 0
        (Get-KlingSandbox).TaskCount | Should -Be $before
        $folder | Should -Not -Exist
    }

    It 'keeps the other items of a pipeline going when one is bad' {
        $bad = Join-Path $TestDrive 'no-such.png'
        $tasks = @($image, $bad, $image | New-KlingVideo -ErrorAction SilentlyContinue -ErrorVariable problems -InformationVariable told 6>$null)
        $tasks.Count | Should -Be 2
        $problems.Count | Should -Be 1
        "$told" | Should -BeLike '2 sent, 1 failed, 0.37 USD at list price in *s; failed rows: *'
    }

    It 'refuses items beyond -MaxCost and says how much is left' {
        $before = (Get-KlingSandbox).TaskCount
        $tasks = @($image, $image, $image | New-KlingVideo -MaxCost 0.4 -ThrottleLimit 1 -ErrorAction SilentlyContinue -ErrorVariable problems -WarningAction SilentlyContinue)
        $tasks.Count | Should -Be 2
        $problems.Count | Should -Be 1
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'CostCeiling,*'
        "$($problems[0])" | Should -BeLike '*0.0300 USD left of 0.4000 USD*'
        (Get-KlingSandbox).TaskCount | Should -Be ($before + 2)
    }

    It 'reads -MaxCost and -Timeout strictly' {
        { New-KlingVideo $image -MaxCost '0,5' -ErrorAction Stop } | Should -Throw '*MaxCost*0,5*'
        { New-KlingVideo $image -Wait -Timeout '1,5' -ErrorAction Stop } | Should -Throw '*Timeout*1,5*'
        { New-KlingVideo $image -Wait -Timeout -2 -ErrorAction Stop } | Should -Throw '*Timeout*-2*'
    }

    It 'an id the journal knows with another request is refused' {
        $task = New-KlingVideo $image -Prompt 'one'
        $before = (Get-KlingSandbox).TaskCount
        $null = New-KlingVideo $image -Prompt 'two' -TaskId $task.TaskId -ErrorAction SilentlyContinue -ErrorVariable other
        $other[0].FullyQualifiedErrorId | Should -BeLike 'TaskIdInUse,*'
        $null = New-KlingVideo $image -Prompt 'one' -TaskId $task.TaskId -ErrorAction SilentlyContinue -ErrorVariable same
        $same[0].FullyQualifiedErrorId | Should -BeLike 'TaskIdInUse,*'
        (Get-KlingSandbox).TaskCount | Should -Be $before
    }

    It 'an id that <who> sent is found at the service, not paid again' -TestCases @(
        @{ who = 'another machine' }, @{ who = 'this one, before its record was removed,' }
    ) {
        Stop-KlingSandbox
        $null = Start-KlingSandbox -GenerationSeconds 0 -RepeatedId Charge
        $null = Connect-Kling -Sandbox
        $id = [guid]::NewGuid()
        $null = New-KlingVideo $image -TaskId $id -Wait
        $kept = $env:KLING_HOME
        if ($who -eq 'another machine') {
            $env:KLING_HOME = Join-Path $TestDrive 'another-machine'
            $null = Connect-Kling -Sandbox
        }
        else { Remove-KlingTask $id -Force }

        $task = New-KlingVideo $image -TaskId $id -Wait
        $env:KLING_HOME = $kept
        "$($task.Status) $($task.BillingState)" | Should -Be 'Succeeded Billed'
        $task.TaskId | Should -Be $id
        @((Get-KlingSandbox).Charges).Count | Should -Be 1
        Use-Sandbox
    }

    It '-Timeout 0 looks once and leaves the task open, with the command to re-attach' {
        Use-Sandbox -GenerationSeconds 600
        $tasks = @(New-KlingVideo $image -Wait -Timeout 0 -ErrorAction SilentlyContinue -ErrorVariable problems)
        $tasks.Count | Should -Be 1
        "$($tasks[0].Status)" | Should -Be 'Processing'
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'WaitTimeout,*'
        "$($problems[0].CategoryInfo.Category)" | Should -Be 'OperationTimeout'
        $problems[0].ErrorDetails.RecommendedAction | Should -Be "Wait-KlingTask -TaskId $($tasks[0].TaskId)"
        Use-Sandbox
    }
}

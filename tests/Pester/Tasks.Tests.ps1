BeforeAll {
    . $PSScriptRoot/Common.ps1
    Use-Sandbox
    $script:image = New-TestImage (Join-Path $TestDrive 'shot.png')
}

AfterAll { Stop-KlingSandbox }

Describe 'Get-KlingTask, Wait-KlingTask and Save-KlingVideo' {
    It 'takes tasks from the pipeline through to files' {
        $folder = Join-Path $TestDrive 'through'
        $files = @($image, $image | New-KlingVideo -Prompt 'pan' | Wait-KlingTask | Save-KlingVideo -OutDirectory $folder)
        $files.Count | Should -Be 2
        foreach ($file in $files) {
            (Get-VideoKind $file.FullName) | Should -Be 'MP4'
            $file.Task.File | Should -Be $file.FullName
        }
    }

    It 'takes tasks by id' {
        $task = New-KlingVideo $image
        $ended = Wait-KlingTask -TaskId $task.TaskId
        "$($ended.Status)" | Should -Be 'Succeeded'
        "$((Get-KlingTask -TaskId $task.TaskId).Status)" | Should -Be 'Succeeded'
        $ended.Image | Should -Be $image
    }

    It 'takes ids from rows of a CSV' {
        $task = New-KlingVideo $image
        $ended = @([pscustomobject]@{ TaskId = "$($task.TaskId)" } | Wait-KlingTask)
        $ended.Count | Should -Be 1
        $ended[0].TaskId | Should -Be $task.TaskId
    }

    It 'takes ids from the pipeline: <what>' -TestCases @(
        @{ what = 'text'; make = { param($task) "$($task.TaskId)" } }, @{ what = 'a Guid'; make = { param($task) $task.TaskId } }
        @{ what = 'lines of a file'; make = { param($task) Set-Content (Join-Path $TestDrive 'ids.txt') "$($task.TaskId)"; Get-Content (Join-Path $TestDrive 'ids.txt') } }
    ) {
        $task = New-KlingVideo $image
        $id = & $make $task
        ($id | Wait-KlingTask).TaskId | Should -Be $task.TaskId
        ($id | Save-KlingVideo -OutDirectory (Join-Path $TestDrive 'by-id')).Task.TaskId | Should -Be $task.TaskId
        { 'no id' | Wait-KlingTask -ErrorAction Stop } | Should -Throw '*TaskId*no id*UUID*'
    }

    It 'refuses a task of another service at once: <command>' -TestCases @(@{ command = 'Wait-KlingTask' }, @{ command = 'Save-KlingVideo' }) {
        $task = New-KlingVideo $image -Wait
        Use-Sandbox
        $null = $task | & $command -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'InvalidRequest,*'
        "$($problems[0])" | Should -BeLike "*$($task.TaskId)*lives at*"
    }

    It 'waits for a task as the journal knows it by now' {
        $task = New-KlingVideo $image
        $null = $task | Save-KlingVideo -OutDirectory (Join-Path $TestDrive 'meanwhile')
        $requests = @((Get-KlingSandbox).Requests).Count
        ($task | Wait-KlingTask).File | Should -BeLike '*meanwhile*'
        @((Get-KlingSandbox).Requests).Count | Should -Be $requests
    }

    It 'shows an ended task with the file that another command saved since' {
        $ended = New-KlingVideo $image -Prompt 'pan' -Wait
        $null = Save-KlingVideo -TaskId $ended.TaskId -OutDirectory (Join-Path $TestDrive 'since')
        $ended.File | Should -BeNullOrEmpty
        ($ended | Wait-KlingTask).File | Should -BeLike '*since*'
    }

    It 'looks at many ids from the pipeline with few requests, in their order' {
        $ids = @((1..60 | ForEach-Object { $image } | New-KlingVideo -Prompt 'many' -Force).TaskId)
        $requests = @((Get-KlingSandbox).Requests).Count
        $looked = @($ids | Get-KlingTask)
        @($looked.TaskId) | Should -Be $ids
        @($looked.Status | Where-Object { "$_" -ne 'Succeeded' }).Count | Should -Be 0
        @((Get-KlingSandbox).Requests).Count - $requests | Should -BeLessThan 30
    }

    It 'takes no more ids from a producer that does not end than it looks at' {
        $id = [guid]::NewGuid()
        $made = @{ Ids = 0 }
        $looked = @(& { while ($true) { $made.Ids++; $id } } | Get-KlingTask | Select-Object -First 3)
        $looked.Count | Should -Be 3
        $made.Ids | Should -BeLessOrEqual 500
    }

    It 'lists the tasks of this machine, newest last' {
        $first = New-KlingVideo $image -Prompt 'first'
        $second = New-KlingVideo $image -Prompt 'second'
        $listed = @(Get-KlingTask -Last 2)
        $listed.Count | Should -Be 2
        $listed[0].TaskId | Should -Be $first.TaskId
        $listed[1].TaskId | Should -Be $second.TaskId
        $listed[1].Prompt | Should -Be 'second'
    }

    It 'filters by status and time, and stays offline with -Local' {
        $task = New-KlingVideo $image -Wait
        @(Get-KlingTask -Status Succeeded -Local | Where-Object { $_.TaskId -eq $task.TaskId }).Count | Should -Be 1
        @(Get-KlingTask -Since ([DateTimeOffset]::UtcNow.AddMinutes(5))).Count | Should -Be 0
        $requests = @((Get-KlingSandbox).Requests).Count
        $null = Get-KlingTask -Local
        @((Get-KlingSandbox).Requests).Count | Should -Be $requests
    }

    It 'saves the videos of a finished task again after a new start of the session' {
        $task = New-KlingVideo $image -Wait
        $null = Connect-Kling -Sandbox
        $file = Get-KlingTask -TaskId $task.TaskId | Save-KlingVideo -OutDirectory (Join-Path $TestDrive 'again')
        $file.FullName | Should -Exist
        (Get-KlingTask -TaskId $task.TaskId -Local).File | Should -Be $file.FullName
    }

    It 'a deadline leaves the task open and names the command that re-attaches' {
        Use-Sandbox -GenerationSeconds 600
        $task = New-KlingVideo $image
        $null = Wait-KlingTask -TaskId $task.TaskId -Timeout 0 -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'WaitTimeout,*'
        $problems[0].ErrorDetails.RecommendedAction | Should -Be "Wait-KlingTask -TaskId $($task.TaskId)"
        "$((Get-KlingTask -TaskId $task.TaskId -Local).Status)" | Should -Be 'Processing'
        Use-Sandbox
    }

    It 'forgets a task, and asks before' {
        $task = New-KlingVideo $image
        Remove-KlingTask -TaskId $task.TaskId -WhatIf
        @(Get-KlingTask -Local | Where-Object { $_.TaskId -eq $task.TaskId }).Count | Should -Be 1
        $task | Remove-KlingTask -Confirm:$false
        @(Get-KlingTask -Local | Where-Object { $_.TaskId -eq $task.TaskId }).Count | Should -Be 0
        Remove-KlingTask -TaskId $task.TaskId -Force -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'TaskUnknown,*'
    }
}

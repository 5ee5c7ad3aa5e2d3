BeforeAll {
    . $PSScriptRoot/Common.ps1
    Use-Sandbox
    $script:image = New-TestImage (Join-Path $TestDrive 'shot.png')
    $script:escape = [char] 27
    $script:task = New-KlingVideo $image -Prompt "slow $escape[31mdolly in" -NumberResults 2 -OutDirectory (Join-Path $TestDrive 'clips')
    Use-Sandbox -Fault 'FailureTopLevel'
    $script:failed = New-KlingVideo $image -Prompt 'pan left' -Wait -ErrorAction SilentlyContinue

    function Copy-Object { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($args[0])) }
}

AfterAll { Stop-KlingSandbox }

Describe 'A task from another process' {
    It 'is a task with all of its values' {
        foreach ($one in $task, $failed) {
            $copy = Copy-Object $one
            $copy | Should -BeOfType ([Kling.Models.KlingTask])
            foreach ($name in [Kling.Models.KlingTask].GetProperties().Name | Where-Object { $_ -notin 'Videos', 'Errors' }) { $copy.$name | Should -Be $one.$name -Because $name }
            $copy.Videos.Count | Should -Be $one.Videos.Count
            $copy.Errors.Count | Should -Be $one.Errors.Count
        }
        (Copy-Object $task).Videos[1].Seed | Should -Be $task.Videos[1].Seed
        (Copy-Object $task).Videos[1].VideoCost | Should -Be $task.Videos[1].VideoCost
        (Copy-Object $failed).Errors[0].Category | Should -Be $failed.Errors[0].Category
        (Copy-Object $failed).SubmittedAt | Should -BeOfType ([DateTimeOffset])
    }

    It 'keeps what was added to it' {
        $row = $task | Add-Member Scene 'opening' -PassThru
        (Copy-Object $row).Scene | Should -Be 'opening'
    }

    It 'is taken by every cmdlet that takes tasks, also where it was copied before the module was there' {
        $early = New-Object psobject -Property @{ Other = 1 }
        $early.PSObject.TypeNames.Insert(0, 'Deserialized.Kling.Models.KlingTask')
        foreach ($property in (Copy-Object $failed).PSObject.Properties) { $early | Add-Member $property.Name $property.Value -Force }
        foreach ($copy in (Copy-Object $failed), $early) {
            ($copy | Get-KlingTask -Local).TaskId | Should -Be $failed.TaskId
            ($copy | Wait-KlingTask -ErrorAction SilentlyContinue).TaskId | Should -Be $failed.TaskId
            @($copy | Save-KlingVideo -OutDirectory $TestDrive -ErrorAction SilentlyContinue).Count | Should -Be 0
            ($copy | Measure-KlingCost).TaskId | Should -Be $failed.TaskId
            ($copy | Export-KlingGallery (Join-Path $TestDrive 'copy.html') -Force).Name | Should -Be 'copy.html'
        }
        (Copy-Object $task | Measure-KlingCost).BilledCost | Should -Be $task.Cost
        Copy-Object $failed | Remove-KlingTask -Force
        @(Get-KlingTask -Local | Where-Object TaskId -eq $failed.TaskId).Count | Should -Be 0
    }

    It 'with values of another kind is still a task, and a state that nobody knows says nothing' {
        $odd = [pscustomobject] @{ TaskId = "$($task.TaskId)"; Status = 'Dancing'; BillingState = 3; Cost = '0.5'; SubmittedAt = '2026-11-28T09:00:00Z'; Videos = 'a', 'b'; Width = 'wide' }
        $odd.PSObject.TypeNames.Insert(0, 'Deserialized.Kling.Models.KlingTask')
        $read = [Kling.Models.KlingTask] $odd
        $read.Status | Should -Be 'Unknown'
        $read.BillingState | Should -Be 'Unknown'
        $read.Cost | Should -Be 0.5
        $read.SubmittedAt.Hour | Should -Be 9
        $read.Videos.Count | Should -Be 0
        $read.Width | Should -BeNullOrEmpty
    }

    It 'is no more than its own properties: <what>' -TestCases @(@{ what = 'a task'; one = { $task } }, @{ what = 'a price'; one = { $task | Measure-KlingCost } }, @{ what = 'the sandbox'; one = { Get-KlingSandbox } }) {
        [Management.Automation.PSSerializer]::Serialize((& $one)) | Should -Not -Match 'KlingText|Details'
    }
}

Describe 'States' {
    It 'are names in JSON, CSV and comparisons' {
        $json = $task | ConvertTo-Json -Depth 4 | ConvertFrom-Json
        $json.Status | Should -Be 'Succeeded'
        $json.BillingState | Should -Be 'Billed'
        ($failed | ConvertTo-Json -Depth 4 | ConvertFrom-Json).Errors[0].Category | Should -Be 'Timeout'
        (Test-KlingRequest $image | ConvertTo-Json | ConvertFrom-Json).ImageKind | Should -Be 'File'
        [Kling.Sandbox.SandboxLogEntry].GetProperty('Fault').PropertyType | Should -Be ([string])
        ($task | ConvertTo-Csv | ConvertFrom-Csv).Status | Should -Be 'Succeeded'
        @($task, $failed | Where-Object Status -eq Succeeded).Count | Should -Be 1
        @($task, $failed | Where-Object Status -eq ([Kling.Models.KlingTaskStatus]::Failed)).Count | Should -Be 1
        ($task, $failed | Group-Object Status | ForEach-Object Name | Sort-Object) -join ' ' | Should -Be 'Failed Succeeded'
        switch ($task.Status) { 'Succeeded' { $seen = $true } }
        $seen | Should -BeTrue
    }

    It 'of -Status are checked' { { Get-KlingTask -Status Dancing } | Should -Throw '*Dancing*' }
}

Describe 'What the screen shows' {
    It 'has no text from outside as it came: <what>' -TestCases @(
        @{ what = 'alone'; objects = { $task } }
        @{ what = 'behind a video'; objects = { $task.Videos[0], $task } }
        @{ what = 'behind a file'; objects = { (Get-Item $image), $task } }
        @{ what = 'as a copy behind a file'; objects = { (Get-Item $image), (Copy-Object $task) } }
        @{ what = 'a price behind a file'; objects = { (Get-Item $image), [Kling.Models.KlingCost] @{ Item = "x$escape[31my" } } }
        @{ what = 'as a list'; objects = { $task | Format-List } }
    ) {
        $shown = & $objects | Out-String -Width 400
        $shown | Should -Not -Match $escape
        $shown | Should -Match '\\u001b\[31m'
    }

    It 'is the same where the language is constrained: <command>' -TestCases @(
        @{ command = 'Get-KlingTask -Local -Last 1' }
        @{ command = 'Get-KlingTask -Local -Last 1 | Format-List' }
        @{ command = 'Get-KlingModel' }
        @{ command = '(Get-KlingModel).Parameters' }
        @{ command = 'Measure-KlingCost -Duration 10' }
        @{ command = 'Get-KlingConnection' }
    ) {
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript("Import-Module '$manifest'; `$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'").Invoke()
            $shell.Commands.Clear()
            $shown = $shell.AddScript("$command | Out-String -Width 120").Invoke() -join ''
            $shell.Streams.Error.Count | Should -Be 0
        }
        finally { $shell.Dispose() }
        ($shown -replace '\b\d+s\b', '0s').Trim() | Should -Be ((Invoke-Expression "$command | Out-String -Width 120") -replace '\b\d+s\b', '0s').Trim()
    }

    It 'has no key where PowerShell lists an object by itself' {
        $key = (Get-KlingSandbox).ApiKey
        $shown = (Get-Item $image), (Get-KlingSandbox), (Copy-Object (Get-KlingSandbox)) | Out-String -Width 400
        $shown | Should -BeLike '*TotalBilled*TotalBilled*'
        $shown | Should -Not -BeLike "*$key*"
    }

    It 'tells tasks apart in a window of <width>' -TestCases @(@{ width = 80 }, @{ width = 120 }) {
        $shown = $task, $failed | Out-String -Width $width
        $shown | Should -Match '(?m)^[0-9a-f]{8} Succeeded +0\.3696 .* shot\.png +slow '
        $shown | Should -Match '(?m)^[0-9a-f]{8} Failed +none .* pan left +timeoutProvid'
    }

    It 'breaks no header: <name>' -TestCases @(
        @{ name = 'tasks'; objects = { $task } }, @{ name = 'videos'; objects = { $task.Videos } }, @{ name = 'prices'; objects = { $task, $task | Measure-KlingCost } }
        @{ name = 'reports'; objects = { Test-KlingRequest $image -Duration 7 } }, @{ name = 'spending'; objects = { $null = New-KlingVideo $image -Wait; Measure-KlingCost -Since 1.00:00 } }
        @{ name = 'the sandbox'; objects = { Get-KlingSandbox } }, @{ name = 'the account'; objects = { Get-KlingAccount } }, @{ name = 'images'; objects = { Send-KlingImage $image } }
    ) {
        $shown = & $objects
        foreach ($width in 80..140) {
            $lines = ($shown | Format-Table | Out-String -Width $width).Trim() -split '\r?\n'
            $lines[1].Replace('-', '').Trim() | Should -BeNullOrEmpty -Because "in a window of $width the second line is below all labels"
        }
    }

    It 'links a saved file where the terminal shows links' {
        $text = $task.KlingText
        $text.LinkedFile | Should -Be "$escape]8;;$([uri]::new("file://$($task.File)").AbsoluteUri)$escape\$($task.File)$escape]8;;$escape\"
        $text.WideLinkedResult | Should -BeLike "$escape]8;;file://*$escape\shot-* +1$escape]8;;$escape\"
        $text.LinkedResult | Should -Be $text.Result -Because 'a link that is cut would go on behind its text'
        $failed.KlingText.LinkedResult | Should -Not -Match $escape
    }
}

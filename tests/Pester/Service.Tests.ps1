BeforeAll {
    . $PSScriptRoot/Common.ps1
    Use-Sandbox
    $script:image = New-TestImage (Join-Path $TestDrive 'shot.png')

    function Get-RequestCount {
        # How many requests of one task type the sandbox has answered.
        param([string] $TaskType)
        @((Get-KlingSandbox).Requests | Where-Object { @($_.TaskTypes) -contains $TaskType }).Count
    }

    function New-WebhookBody {
        # What the service posts for one result.
        param($TaskId, [string] $VideoId = [guid]::NewGuid(), [switch] $Wrapped)
        $body = '{"taskType":"videoInference","taskUUID":"' + $TaskId + '","videoUUID":"' + $VideoId + '","videoURL":"https://vm.example.com/' + $VideoId + '.mp4","seed":451885574,"cost":0.1848}'
        if ($Wrapped) { '{"data":[' + $body + ']}' } else { $body }
    }

    function Get-Completion {
        param([string] $Text)
        @((TabExpansion2 -inputScript $Text -cursorColumn $Text.Length).CompletionMatches)
    }
}

AfterAll {
    Remove-FakeSecretManagement
    Stop-KlingSandbox
}

Describe 'Send-KlingImage' {
    It 'sends the same bytes once, and its image pipes into New-KlingVideo' {
        $before = Get-RequestCount mediaStorage
        $sent = Send-KlingImage $image
        $again = Get-Item $image | Send-KlingImage
        (Get-RequestCount mediaStorage) - $before | Should -Be 1
        $again.MediaUUID | Should -Be $sent.MediaUUID
        $sent.IsReused | Should -BeFalse
        $again.IsReused | Should -BeTrue
        $sent.PixelWidth | Should -BeGreaterThan 299
        $sent.Sha256.Length | Should -Be 64
        $report = $sent | Test-KlingRequest -Prompt 'pan' -WarningVariable warnings
        $report.ImageKind | Should -Be 'Uuid'
        $report.Json.Contains("$($sent.MediaUUID)") | Should -BeTrue
        $warnings.Count | Should -Be 0
        $task = $sent | New-KlingVideo -Prompt 'pan' -Wait
        "$($task.Status)" | Should -Be 'Succeeded'
        $task.Image | Should -Be "$($sent.MediaUUID)"
    }

    It 'is the same purchase as its file, for -Resume' {
        $file = New-TestImage (Join-Path $TestDrive 'same.png')
        $bought = New-KlingVideo $file -Prompt 'pan' -Wait
        $again = Send-KlingImage $file | New-KlingVideo -Prompt 'pan' -Resume -Wait
        $again.TaskId | Should -Be $bought.TaskId
        (Send-KlingImage $file | New-KlingVideo -Prompt 'zoom').ImageSha256 | Should -Be $bought.ImageSha256
    }

    It 'knows the bytes again under another name and in another session' {
        $copy = Join-Path $TestDrive 'copy[1].png'
        $first = Send-KlingImage $image
        [IO.File]::Copy($image, $copy)
        $null = Connect-Kling -Sandbox
        $second = Send-KlingImage -LiteralPath $copy
        $second.IsReused | Should -BeTrue
        $second.MediaUUID | Should -Be $first.MediaUUID
        $second.Source | Should -Be $copy
    }

    It 'sends again with -Force' {
        $null = Send-KlingImage $image
        $before = Get-RequestCount mediaStorage
        (Send-KlingImage $image -Force).IsReused | Should -BeFalse
        (Get-RequestCount mediaStorage) - $before | Should -Be 1
    }

    It 'takes wildcards, piped files, addresses and base64' {
        $folder = Join-Path $TestDrive 'many'
        $null = [IO.Directory]::CreateDirectory($folder)
        foreach ($name in 'a.png', 'b[1].png', 'c.png') { $null = New-TestImage (Join-Path $folder $name) }
        @(Send-KlingImage (Join-Path $folder '*.png')).Count | Should -Be 3
        @(Get-ChildItem (Join-Path $folder '*.png') | Send-KlingImage -ThrottleLimit 2).Count | Should -Be 3
        $address = Send-KlingImage 'https://example.com/a.png?token=verysecret'
        $address.Source.Contains('verysecret') | Should -BeFalse
        (Send-KlingImage ([Convert]::ToBase64String([IO.File]::ReadAllBytes($image)))).IsReused | Should -BeTrue
    }

    It 'asks nothing of the service with -WhatIf' {
        $fresh = New-TestImage (Join-Path $TestDrive 'fresh.png')
        $before = @((Get-KlingSandbox).Requests).Count
        Send-KlingImage $fresh -WhatIf | Should -BeNullOrEmpty
        @((Get-KlingSandbox).Requests).Count | Should -Be $before
    }

    It 'says what cannot be sent, and goes on with the rest' {
        $text = Join-Path $TestDrive 'text.png'
        [IO.File]::WriteAllText($text, 'no image at all')
        $sent = @($text, "$([guid]::NewGuid())", (Join-Path $TestDrive 'none.png'), $image | Send-KlingImage -ErrorAction SilentlyContinue -ErrorVariable problems)
        $sent.Count | Should -Be 1
        $problems.Count | Should -Be 3
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'ImageUnusable,*'
        $problems[1].FullyQualifiedErrorId | Should -BeLike 'InvalidRequest,*'
        $problems[2].FullyQualifiedErrorId | Should -BeLike 'ImageNotFound,*'
        [pscustomobject]@{ Img = $image } | Send-KlingImage -ErrorAction SilentlyContinue -ErrorVariable missing
        $missing[0].FullyQualifiedErrorId | Should -BeLike 'ImageMissing,*'
    }
}

Describe 'Get-KlingAccount' {
    It 'tells balance and usage, and nothing of people or keys' {
        $before = Get-KlingAccount
        $null = New-KlingVideo $image -Prompt 'pan' -Wait
        $after = Get-KlingAccount
        $before.Balance - $after.Balance | Should -Be 0.1848
        $after.CreditsToday - $before.CreditsToday | Should -Be 0.1848
        $after.RequestsTotal | Should -BeGreaterThan $before.RequestsTotal
        $after.Endpoint | Should -Be (Get-KlingSandbox).Endpoint
        @($after.psobject.Properties | Where-Object { $_.Name -match 'mail|key|team' -or "$($_.Value)" -like '*@*' }).Count | Should -Be 0
    }

    It 'says that a key was refused' {
        $endpoint = (Get-KlingSandbox).Endpoint
        $null = Connect-Kling -Endpoint $endpoint -ApiKey 'wrong-key-0123456789' -WarningAction SilentlyContinue
        $problem = $null
        try { Get-KlingAccount } catch { $problem = $_ }
        $problem.FullyQualifiedErrorId | Should -BeLike 'KeyRefused,*'
        $null = Connect-Kling -Sandbox
    }
}

Describe 'ConvertFrom-KlingWebhook' {
    It 'looks at the task that a <shape> body names, and records the answer' -TestCases @(@{ shape = 'flat'; wrapped = $false }, @{ shape = 'wrapped'; wrapped = $true }) {
        $task = New-KlingVideo $image -Prompt 'pan'
        $ended = New-WebhookBody $task.TaskId 'forged' -Wrapped:$wrapped | ConvertFrom-KlingWebhook
        "$($ended.Status)" | Should -Be 'Succeeded'
        $ended.Prompt | Should -Be 'pan'
        $ended.Videos.Count | Should -Be 1
        $ended.Videos[0].VideoUrl | Should -BeLike 'http://127.0.0.1:*'
        $stored = Get-KlingTask -TaskId $task.TaskId -Local
        "$($stored.Status)" | Should -Be 'Succeeded'
        $stored.Videos.VideoId | Should -Be $ended.Videos.VideoId
    }

    It 'believes no claim: piped, in one text, and again' {
        Use-Sandbox -GenerationSeconds 600
        $task = New-KlingVideo $image -NumberResults 3
        $bodies = @(1..3 | ForEach-Object { New-WebhookBody $task.TaskId })
        $found = @($bodies[0], "$($bodies[1])`r`n`n$($bodies[2])`n", '', $bodies[0] | ConvertFrom-KlingWebhook)
        $found.Count | Should -Be 4
        foreach ($one in $found) { "$($one.Status) $($one.Videos.Count)" | Should -Be 'Processing 0' }
        (Get-KlingTask -TaskId $task.TaskId -Local).Videos.Count | Should -Be 0
        Use-Sandbox
    }

    It 'adds claims up with -Local, records nothing, and needs no connection' {
        Use-Sandbox -GenerationSeconds 600
        $task = New-KlingVideo $image -Prompt 'pan'
        $calls = (Get-KlingSandbox).RequestCount
        $claimed = @((New-WebhookBody $task.TaskId), (New-WebhookBody $task.TaskId) | ConvertFrom-KlingWebhook -Local)
        "$($claimed[0].Status)" | Should -Be 'Succeeded'
        $claimed[1].Videos.Count | Should -Be 2
        $claimed[0].Prompt | Should -BeNullOrEmpty
        "$((Get-KlingTask -TaskId $task.TaskId -Local).Status)" | Should -Be 'Processing'
        (Get-KlingSandbox).RequestCount | Should -Be $calls
        Disconnect-Kling
        (ConvertFrom-KlingWebhook (New-WebhookBody $task.TaskId) -NoJournal).TaskId | Should -Be $task.TaskId
        { ConvertFrom-KlingWebhook (New-WebhookBody $task.TaskId) } | Should -Throw '*not connected*'
        Use-Sandbox
    }

    It 'returns a task this machine does not know, and does not record what was claimed' {
        $id = [guid]::NewGuid()
        $task = ConvertFrom-KlingWebhook (New-WebhookBody $id)
        $task.TaskId | Should -Be $id
        $task.Videos.Count | Should -Be 0
        @(Get-KlingTask -Local | Where-Object { $_.TaskId -eq $id -and $_.Videos.Count -gt 0 }).Count | Should -Be 0
    }

    It 'refuses <what>, and the other bodies run' -TestCases @(
        @{ what = 'text'; text = 'hello' }
        @{ what = 'an object that was made text'; text = '@{taskUUID=1}' }
        @{ what = 'no task'; text = '{"event":"ping"}' }
        @{ what = 'too many tasks'; text = '[' + ((1..51 | ForEach-Object { '{"taskUUID":"' + [guid]::NewGuid() + '","status":"processing"}' }) -join ',') + ']' }
        @{ what = 'too much'; text = '{"taskUUID":"' + ('a' * 1048576) + '"}' }
        @{ what = 'too deep'; text = ('[' * 40) + (']' * 40) }
    ) {
        $id = [guid]::NewGuid()
        $found = @($text, (New-WebhookBody $id) | ConvertFrom-KlingWebhook -ErrorAction SilentlyContinue -ErrorVariable problems)
        $found.Count | Should -Be 1
        $problems.Count | Should -Be 1
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'WebhookUnreadable,*'
        $problems[0].TargetObject | Should -Be 'body 1'
    }
}

Describe 'Connect-Kling -Test' {
    It 'connects where address and key are good' {
        (Connect-Kling -Sandbox -Test).IsConnected | Should -BeTrue
        (Get-RequestCount ping) | Should -BeGreaterThan 0
        (Connect-Kling -Endpoint (Get-KlingSandbox).Endpoint -ApiKey (Get-SandboxKey) -Test -WarningAction SilentlyContinue).KeySource | Should -Be 'Parameter'
        $null = Connect-Kling -Sandbox
    }

    It 'stays with the old connection where they are not' {
        $null = Connect-Kling -Sandbox
        $sandbox = (Get-KlingSandbox).Endpoint
        $dead = "http://127.0.0.1:$(Get-UnusedPort)/v1"
        foreach ($case in @{ Endpoint = $sandbox; Key = 'wrong-key-0123456789'; Id = 'KeyRefused,*' }, @{ Endpoint = $dead; Key = 'any-key-0123456789'; Id = 'EndpointUnreachable,*' }) {
            $problem = $null
            try { $null = Connect-Kling -Endpoint $case.Endpoint -ApiKey $case.Key -Test -WarningAction SilentlyContinue } catch { $problem = $_ }
            $problem.FullyQualifiedErrorId | Should -BeLike $case.Id
            "$problem".Contains($case.Key.Substring(0, 8)) | Should -BeFalse
            (Get-KlingConnection).Endpoint | Should -Be $sandbox
            (Get-KlingConnection).KeySource | Should -Be 'Sandbox'
        }
        (Get-KlingAccount).OrganizationName | Should -Be 'Sandbox'
    }
}

Describe 'Completion' {
    It 'offers the newest tasks for <command>, with prompt, age and cost' -TestCases @(
        @{ command = 'Get-KlingTask -TaskId ' }, @{ command = 'Wait-KlingTask -TaskId ' }, @{ command = 'Save-KlingVideo -TaskId ' }, @{ command = 'Remove-KlingTask -TaskId ' }
    ) {
        $older = New-KlingVideo $image -Prompt 'older' -Wait
        $newer = New-KlingVideo $image -Prompt "slow`n dolly" -Wait
        $requests = @((Get-KlingSandbox).Requests).Count
        $found = @(Get-Completion $command)
        $found[0].CompletionText | Should -Be "$($newer.TaskId)"
        $found[1].CompletionText | Should -Be "$($older.TaskId)"
        $found[0].ToolTip | Should -BeLike 'Succeeded; slow dolly; *; just now; 0.1848 USD billed'
        $found[0].ListItemText | Should -Match '^[0-9a-f]{8} shot\.png, just now$'
        @((Get-KlingSandbox).Requests).Count | Should -Be $requests
        $one = @(Get-Completion ($command + "$($older.TaskId)".Substring(0, 13)))
        $one.Count | Should -Be 1
        $one[0].CompletionText | Should -Be "$($older.TaskId)"
    }

    It 'offers no task and no error where nothing is connected' {
        Disconnect-Kling
        @(Get-Completion 'Get-KlingTask -TaskId ' | Where-Object { $_.CompletionText -match '^[0-9a-f]{8}-' }).Count | Should -Be 0
        $null = Connect-Kling -Sandbox
    }

    It 'quotes what PowerShell would read otherwise: <text>' -TestCases @(
        @{ text = 'New-KlingVideo -Model '; expected = "'klingai:5@1'" }
        @{ text = "New-KlingVideo -Model 'kl"; expected = "'klingai:5@1'" }
        @{ text = 'New-KlingVideo -AspectRatio 16'; expected = "'16:9'" }
        @{ text = 'New-KlingVideo -OutputFormat w'; expected = 'WEBM' }
        @{ text = 'New-KlingVideo -Duration '; expected = '5' }
        @{ text = 'New-KlingVideo -Width 12'; expected = '1280' }
        @{ text = 'New-KlingVideo -Height 12'; expected = '1280' }
        @{ text = 'New-KlingVideo -SafetyMode fu'; expected = 'full' }
        @{ text = 'New-KlingVideo -FileName '; expected = "'{Source}'" }
        @{ text = "Save-KlingVideo -FileName '{Source}-{da"; expected = "'{Source}-{Date}'" }
        @{ text = "Save-KlingVideo -FileName 'clip-'"; expected = "'clip-{Seed}'" }
        @{ text = 'Get-KlingModel '; expected = "'klingai:5@1'" }
        @{ text = 'Get-KlingTask -Status Pro'; expected = 'Processing' }
        @{ text = 'Start-KlingSandbox -Fault LostAckA'; expected = 'LostAckAfterAccept' }
        @{ text = 'Start-KlingSandbox -RepeatedId C'; expected = 'Charge' }
    ) {
        @((Get-Completion $text) | ForEach-Object { $_.CompletionText }) -contains $expected | Should -BeTrue
    }

    It 'offers vaults and secrets where the module is there' {
        Import-FakeSecretManagement
        @((Get-Completion 'Connect-Kling -Vault ') | ForEach-Object { $_.CompletionText }) -join ',' | Should -Be "'Team vault',Own"
        (Get-Completion 'Connect-Kling -SecretName ru')[0].CompletionText | Should -Be 'runware'
        (Get-Completion 'Connect-Kling -Vault Own -SecretName ru')[0].CompletionText | Should -Be 'runwareOwn'
        (Get-Completion 'Connect-Kling -SecretName it')[0].CompletionText | Should -Be "'it''s'"
        Remove-FakeSecretManagement
    }
}

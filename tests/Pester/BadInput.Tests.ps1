BeforeAll {
    . $PSScriptRoot/Common.ps1
    Use-Sandbox
    $script:image = New-TestImage (Join-Path $TestDrive 'shot.png')

    function Get-Refusal {
        # The error that ended a command.
        param([scriptblock] $Run)
        try { $null = & $Run } catch { return $_ }
        throw 'The command did not end with an error.'
    }
}

AfterAll { Stop-KlingSandbox }

Describe 'Limits of the model' {
    It '<parameter> <given> is refused before anything is sent' -TestCases @(
        @{ parameter = 'Duration'; given = 6; allowed = '5 or 10' }
        @{ parameter = 'Duration'; given = 4; allowed = '5 or 10' }
        @{ parameter = 'CfgScale'; given = 1.01; allowed = '0 to 1' }
        @{ parameter = 'CfgScale'; given = -0.01; allowed = '0 to 1' }
        @{ parameter = 'CfgScale'; given = 0.555; allowed = '0.01' }
        @{ parameter = 'NumberResults'; given = 0; allowed = '1 to 4' }
        @{ parameter = 'NumberResults'; given = 5; allowed = '1 to 4' }
        @{ parameter = 'OutputQuality'; given = 19; allowed = '20 to 99' }
        @{ parameter = 'OutputQuality'; given = 100; allowed = '20 to 99' }
        @{ parameter = 'Ttl'; given = 59; allowed = '60' }
        @{ parameter = 'OutputFormat'; given = 'AVI'; allowed = 'MP4' }
        @{ parameter = 'SafetyMode'; given = 'strict'; allowed = 'none' }
        @{ parameter = 'AspectRatio'; given = '4:3'; allowed = '16:9' }
        @{ parameter = 'Model'; given = 'klingai:9@9'; allowed = 'klingai:5@1' }
        @{ parameter = 'WebhookUrl'; given = 'example.com/x'; allowed = 'http' }
        @{ parameter = 'UploadEndpoint'; given = 'file:///x'; allowed = 'http' }
    ) {
        $before = (Get-KlingSandbox).TaskCount
        $arguments = @{ $parameter = $given }
        $problem = Get-Refusal { New-KlingVideo $image @arguments }
        $problem.FullyQualifiedErrorId | Should -BeLike 'InvalidRequest,*'
        "$($problem.CategoryInfo.Category)" | Should -Be 'InvalidArgument'
        "$problem" | Should -BeLike "*$($parameter)*$given*$allowed*"
        $problem.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        (Get-KlingSandbox).TaskCount | Should -Be $before
    }

    It 'width without height, and a size the model does not have' {
        "$(Get-Refusal { New-KlingVideo $image -Width 1280 })" | Should -BeLike '*Height*Width*'
        "$(Get-Refusal { New-KlingVideo $image -Width 1920 -Height 1080 })" | Should -BeLike '*1920x1080*1280x720*'
    }

    It 'reports every violation of an item in one error' {
        $problem = Get-Refusal { New-KlingVideo $image -Duration 7 -CfgScale 2 -NumberResults 9 }
        foreach ($name in 'Duration', 'CfgScale', 'NumberResults') { "$problem" | Should -Match $name }
    }

    It 'a prompt beyond 2,500 characters is a warning, not a refusal' {
        $report = Test-KlingRequest $image -Prompt ('x' * 2501) -WarningAction SilentlyContinue
        $report.IsValid | Should -BeTrue
        @($report.Warnings).Count | Should -Be 1
    }

    It 'refuses one upload address for several videos, unless forced' {
        $before = (Get-KlingSandbox).TaskCount
        $null = New-KlingVideo $image -NumberResults 2 -UploadEndpoint 'https://example.com/put?sig=secret12345' -ErrorAction SilentlyContinue -ErrorVariable problems
        "$($problems[0])" | Should -BeLike '*UploadEndpoint*NumberResults*'
        "$($problems[0])" | Should -Not -BeLike '*secret12345*'
        (Get-KlingSandbox).TaskCount | Should -Be $before
    }
}

Describe 'Images that cannot be used' {
    It '<what>' -TestCases @(
        @{ what = 'a missing file'; id = 'ImageNotFound' }
        @{ what = 'an empty file'; id = 'ImageUnusable' }
        @{ what = 'a text file named .jpg'; id = 'ImageUnusable' }
        @{ what = 'a folder'; id = 'ImageNotFound' }
        @{ what = 'a file that another program keeps for itself'; id = 'ImageUnusable' }
    ) {
        $path = Join-Path $TestDrive 'bad.jpg'
        if ([IO.Directory]::Exists($path)) { [IO.Directory]::Delete($path) }
        if ([IO.File]::Exists($path)) { [IO.File]::Delete($path) }
        if ($what -eq 'an empty file') { [IO.File]::WriteAllBytes($path, @()) }
        if ($what -eq 'a text file named .jpg') { [IO.File]::WriteAllText($path, 'this is not a picture') }
        if ($what -eq 'a folder') { $null = [IO.Directory]::CreateDirectory($path) }
        $held = if ($what -like 'a file that another*') { $null = New-TestImage $path; [IO.File]::Open($path, 'Open', 'ReadWrite', 'None') }
        $before = (Get-KlingSandbox).TaskCount
        $tasks = @($path, $image | New-KlingVideo -ErrorAction SilentlyContinue -ErrorVariable problems -WarningAction SilentlyContinue)
        if ($held) { $held.Dispose() }
        $problems.Count | Should -Be 1
        $problems[0].FullyQualifiedErrorId | Should -BeLike "$id,*"
        "$($problems[0])" | Should -BeLike '*bad.jpg*'
        $problems[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        $tasks.Count | Should -Be 1
        (Get-KlingSandbox).TaskCount | Should -Be ($before + 1)
    }

    It 'no image at all' {
        $null = New-KlingVideo -Prompt 'pan' -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'ImageMissing,*'
    }
}

Describe 'Ids and keys' {
    AfterEach { Connect-Kling -Sandbox | Out-Null }

    It 'a task id that is not a v4 UUID' {
        "$(Get-Refusal { New-KlingVideo $image -TaskId '11111111-1111-1111-1111-111111111111' })" | Should -BeLike '*TaskId*11111111-1111-1111-1111-111111111111*version 4*'
    }

    It 'one task id for two items' {
        $other = New-TestImage (Join-Path $TestDrive 'other.png')
        $tasks = @($image, $other | New-KlingVideo -TaskId ([guid]::NewGuid()) -ErrorAction SilentlyContinue -ErrorVariable problems -WarningAction SilentlyContinue)
        $tasks.Count | Should -Be 1
        "$($problems[0])" | Should -BeLike '*TaskId*'
    }

    It 'text that is no UUID for <command>' -TestCases @(@{ command = 'Get-KlingTask' }, @{ command = 'Wait-KlingTask' }, @{ command = 'Save-KlingVideo' }) {
        { & $command -TaskId 'not-an-id' -ErrorAction Stop } | Should -Throw '*TaskId*not-an-id*UUID*'
    }

    It 'a refused key ends the batch at once' {
        $endpoint = (Get-KlingSandbox).Endpoint
        $null = Connect-Kling -Endpoint $endpoint -ApiKey 'a-wrong-key-0123456789' -WarningAction SilentlyContinue
        $before = (Get-KlingSandbox).TaskCount
        $problem = $null
        try { $null = 1..5 | ForEach-Object { $image } | New-KlingVideo -ThrottleLimit 1 } catch { $problem = $_ }
        $problem.FullyQualifiedErrorId | Should -BeLike 'KeyRefused,*'
        "$($problem.CategoryInfo.Category)" | Should -Be 'AuthenticationError'
        "$problem" | Should -Not -BeLike '*wrong-key*'
        $problem.ErrorDetails.RecommendedAction | Should -BeLike 'Connect-Kling*'
        (Get-KlingSandbox).TaskCount | Should -Be $before
        @((Get-KlingSandbox).Requests | Where-Object { $_.Status -eq 401 }).Count | Should -Be 1
    }

    It 'a dead endpoint ends the batch after three items in a row' {
        $port = Get-UnusedPort
        $null = Connect-Kling -Endpoint "http://127.0.0.1:$port/v1" -ApiKey 'a-test-key-0123456789' -WarningAction SilentlyContinue
        $problem = $null
        $errors = @()
        try { $null = 1..6 | ForEach-Object { $image } | New-KlingVideo -ThrottleLimit 1 -ErrorVariable errors -ErrorAction SilentlyContinue } catch { $problem = $_ }
        $problem.FullyQualifiedErrorId | Should -BeLike 'EndpointUnreachable,*'
        "$($problem.CategoryInfo.Category)" | Should -Be 'ConnectionError'
        "$($problem.Exception.BillingState)" | Should -Be 'NotCharged'

        # Two errors of their own, the third ended the batch, and the other three were never begun.
        $unreachable = @($errors | Where-Object { $_ -is [Management.Automation.ErrorRecord] -and $_.FullyQualifiedErrorId -like 'EndpointUnreachable,*' -and $_.Exception -ne $problem.Exception })
        $unreachable.Count | Should -Be 2
        foreach ($one in $unreachable) { "$($one.Exception.BillingState)" | Should -Be 'NotCharged' }
        $tried = @(Get-KlingTask -Local)
        $tried.Count | Should -Be 3
        foreach ($task in $tried) { "$($task.Status) $($task.BillingState)" | Should -Be 'Failed NotCharged' }
    }

    It 'an address that is not https or loopback' {
        { Connect-Kling -Endpoint 'http://api.example.com/v1' -ApiKey 'a-test-key-0123456789' -WarningAction SilentlyContinue } | Should -Throw '*Endpoint*http://api.example.com/v1*https*'
    }
}

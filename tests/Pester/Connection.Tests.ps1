BeforeAll {
    . $PSScriptRoot/Common.ps1
    $script:image = New-TestImage (Join-Path $TestDrive 'shot.png')
    Disconnect-Kling
}

Describe 'Live and sandbox are apart' {
    AfterEach {
        Stop-KlingSandbox
        Clear-TestEnvironment
        Disconnect-Kling
    }

    It 'after Stop-KlingSandbox with a key in the environment a call fails instead of going live' {
        $null = Start-KlingSandbox
        $null = Connect-Kling -Sandbox
        $task = New-KlingVideo $image
        Stop-KlingSandbox
        $env:RUNWARE_API_KEY = 'a-test-key-0123456789'
        { New-KlingVideo $image } | Should -Throw '*not connected*'
        { Get-KlingTask -TaskId $task.TaskId } | Should -Throw '*not connected*'
        (Get-KlingConnection).IsConnected | Should -BeFalse
    }

    It 'Connect-Kling -Sandbox without a sandbox starts one and says so' {
        Stop-KlingSandbox
        $told = Connect-Kling -Sandbox -Verbose 4>&1
        $sandbox = Get-KlingSandbox
        $sandbox.IsRunning | Should -BeTrue
        $told[0] | Should -BeOfType [System.Management.Automation.VerboseRecord]
        $told[0].Message | Should -BeLike "*started at $($sandbox.Endpoint)*"
        $told[1].Endpoint | Should -Be $sandbox.Endpoint
        @(Connect-Kling -Sandbox -Verbose 4>&1).Count | Should -Be 1
    }

    It 'a plain-text key is taken with a warning that does not show it' {
        $null = Start-KlingSandbox
        $endpoint = (Get-KlingSandbox).Endpoint
        $connection = Connect-Kling -Endpoint $endpoint -ApiKey (Get-SandboxKey)
        $connection.KeySource | Should -Be 'Parameter'
    }

    It 'a sandbox is in the environment of what the process starts, until it goes live' {
        $sandbox = (Start-KlingSandbox).Endpoint
        $env:KLING_SANDBOX | Should -BeNullOrEmpty
        (Connect-Kling -Sandbox).Source | Should -Be 'Connect-Kling'
        $env:KLING_SANDBOX | Should -Be $sandbox
        Disconnect-Kling
        Stop-KlingSandbox
        $env:KLING_SANDBOX | Should -Be $sandbox
        $null = Connect-Kling -ApiKey 'a-test-key-0123456789' 3>$null
        (Get-KlingConnection).Mode | Should -Be 'Live'
        $env:KLING_SANDBOX | Should -BeNullOrEmpty
        $null = Connect-Kling -Endpoint 'http://127.0.0.1:9/v1' -ApiKey 'a-test-key-0123456789' 3>$null
        $env:KLING_SANDBOX | Should -Be 'http://127.0.0.1:9/v1'
    }

    It 'a session that was disconnected says that the next call would fail' {
        $env:RUNWARE_API_KEY = 'a-test-key-0123456789'
        $connection = Get-KlingConnection
        "$($connection.IsConnected) $($connection.Source) $($connection.Mode)$($connection.KeySource)$($connection.Endpoint)" | Should -Be 'False None '
    }

    It 'Disconnect-Kling forgets, and nothing connects by itself any more' {
        $null = Start-KlingSandbox
        $null = Connect-Kling -Sandbox
        Disconnect-Kling
        (Get-KlingConnection).IsConnected | Should -BeFalse
        $env:RUNWARE_API_KEY = 'a-test-key-0123456789'
        { New-KlingVideo $image } | Should -Throw '*not connected*'
    }
}

Describe 'Standing defaults' {
    BeforeAll { Use-Sandbox }

    BeforeEach {
        $kept = @{}
        foreach ($name in @($PSDefaultParameterValues.Keys)) { $kept[$name] = $PSDefaultParameterValues[$name] }
    }

    AfterEach {
        $PSDefaultParameterValues.Clear()
        foreach ($name in $kept.Keys) { $PSDefaultParameterValues[$name] = $kept[$name] }
    }

    AfterAll { Stop-KlingSandbox }

    It 'of -MaxCost take the place of the question' {
        # 11.10 USD, and a host that cannot ask.
        $prompts = 1..60 | ForEach-Object { "shot $_" }
        $PSDefaultParameterValues['New-KlingVideo:MaxCost'] = 12
        @(New-KlingVideo $image -Prompt $prompts -ThrottleLimit 16).Count | Should -Be 60
    }

    It 'of -MaxCost are a ceiling that a typed one goes before' {
        $PSDefaultParameterValues['New-KlingVideo:MaxCost'] = 0.2
        @(New-KlingVideo $image -Prompt 'pan', 'zoom' -ErrorAction SilentlyContinue -ErrorVariable problems -WarningAction SilentlyContinue).Count | Should -Be 1
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'CostCeiling,*'
        @(New-KlingVideo $image -Prompt 'pan', 'zoom' -MaxCost 1).Count | Should -Be 2
    }

    It 'of -OutDirectory wait and save, and of -Model go before a row''s column' {
        $PSDefaultParameterValues['*-KlingVideo:OutDirectory'] = Join-Path $TestDrive 'clips'
        $PSDefaultParameterValues['Test-KlingRequest:Model'] = 'klingai:5@1'
        (New-KlingVideo $image).File | Should -Exist
        ([pscustomobject]@{ Image = $image; Model = 'other:1@1' } | Test-KlingRequest).Json | Should -Match '"klingai:5@1"'
    }
}

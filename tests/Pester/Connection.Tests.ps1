BeforeAll {
    . $PSScriptRoot/Common.ps1
    $script:image = New-TestImage (Join-Path $TestDrive 'shot.png')
    Reset-TestSession
}

Describe 'Live and sandbox are apart' {
    AfterEach {
        Stop-KlingSandbox
        Clear-TestEnvironment
        Reset-TestSession
    }

    It 'starting the sandbox alone changes nothing' {
        $null = Start-KlingSandbox
        (Get-KlingConnection).IsConnected | Should -BeFalse
        { New-KlingVideo $image } | Should -Throw '*key*'
        (Get-KlingSandbox).TaskCount | Should -Be 0
    }

    It 'no key is an error that ends the batch and says what to do' {
        $problem = $null
        try { $image, $image | New-KlingVideo } catch { $problem = $_ }
        $problem.FullyQualifiedErrorId | Should -BeLike 'NotConnected,*'
        $problem.ErrorDetails.RecommendedAction | Should -BeLike 'Connect-Kling*'
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

    It 'connects from the environment on first use, and never shows the key' {
        $null = Start-KlingSandbox -GenerationSeconds 0
        $env:RUNWARE_API_KEY = Get-SandboxKey
        $env:RUNWARE_BASE_URL = (Get-KlingSandbox).Endpoint
        $task = New-KlingVideo $image
        "$($task.Status)" | Should -Be 'Processing'
        $connection = Get-KlingConnection
        $connection.KeySource | Should -Be 'Environment'
        $connection.Mode | Should -Be 'Sandbox'
        foreach ($property in $connection.psobject.Properties) { "$($property.Value)" | Should -Not -BeLike "*$(Get-SandboxKey)*" }
    }

    It 'Connect-Kling -Sandbox without a sandbox says how to start one' {
        $problem = $null
        try { Connect-Kling -Sandbox } catch { $problem = $_ }
        $problem.FullyQualifiedErrorId | Should -BeLike 'SandboxNotRunning,*'
        $problem.ErrorDetails.RecommendedAction | Should -Be 'Start-KlingSandbox'
    }

    It 'a plain-text key is taken with a warning that does not show it' {
        $null = Start-KlingSandbox
        $endpoint = (Get-KlingSandbox).Endpoint
        $connection = Connect-Kling -Endpoint $endpoint -ApiKey (Get-SandboxKey)
        $connection.KeySource | Should -Be 'Parameter'
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

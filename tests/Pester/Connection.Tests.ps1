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

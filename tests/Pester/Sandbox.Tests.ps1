BeforeAll {
    . $PSScriptRoot/Common.ps1
    $script:image = New-TestImage (Join-Path $TestDrive 'shot.png')
}

Describe 'The sandbox' {
    BeforeEach { Use-Sandbox }
    AfterEach { Stop-KlingSandbox }

    It 'keeps a ledger of what it billed' {
        $task = New-KlingVideo $image -Wait
        $sandbox = Get-KlingSandbox
        $sandbox.IsRunning | Should -BeTrue
        $sandbox.TaskCount | Should -Be 1
        $sandbox.TotalBilled | Should -Be 0.1848
        @($sandbox.Charges).Count | Should -Be 1
        $sandbox.Charges[0].TaskId | Should -Be $task.TaskId
    }

    It 'logs requests without the key' {
        $null = New-KlingVideo $image
        foreach ($entry in (Get-KlingSandbox).Requests) {
            foreach ($property in $entry.psobject.Properties) { "$($property.Value)" | Should -Not -BeLike "*$(Get-SandboxKey)*" }
        }
    }

    It 'says so when it already runs' {
        $null = Start-KlingSandbox -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings.Count | Should -Be 1
    }

    It 'is gone after Stop-KlingSandbox' {
        Stop-KlingSandbox
        (Get-KlingSandbox).IsRunning | Should -BeFalse
        (Get-KlingConnection).IsConnected | Should -BeFalse
    }

    It 'rehearses a lost acknowledgement: the task is found, and billed once' {
        Stop-KlingSandbox
        Use-Sandbox -Fault 'LostAckAfterAccept:Submit:1'
        $task = New-KlingVideo $image -Wait
        "$($task.Status)" | Should -Be 'Succeeded'
        (Get-KlingSandbox).TotalBilled | Should -Be 0.1848
    }

    It 'runs out of credit where -Balance ends' {
        Stop-KlingSandbox
        $null = Start-KlingSandbox -GenerationSeconds 0 -Balance 0.2
        $null = Connect-Kling -Sandbox
        $null = New-KlingVideo $image -Prompt 'it covers this one'
        { New-KlingVideo $image -Prompt 'and not this one' -ErrorAction Stop } | Should -Throw '*insufficientCredits*'
        (Get-KlingSandbox).TaskCount | Should -Be 1
    }

    It 'tells of a webhook that it did not send, and of the port to name' {
        $null = New-KlingVideo $image -WebhookUrl 'http://127.0.0.1:9/hook' -Wait
        $outgoing = @((Get-KlingSandbox).Requests | Where-Object Path -eq '(outgoing)')
        $outgoing.Count | Should -Be 1
        $outgoing[0].Summary | Should -BeLike 'not sent: port 9 is no DeliveryPort *'
    }

    It 'refuses a -DeliveryPort that is no port: <_>' -ForEach '0', '65536', '1.5', 'http', '' {
        { Start-KlingSandbox -DeliveryPort $_ -ErrorAction Stop } | Should -Throw '*DeliveryPort*'
    }

    It 'refuses a -Balance that is no amount' {
        { Start-KlingSandbox -Balance '-1' } | Should -Throw '*Balance*zero or more*'
    }
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    Use-Sandbox

    function Connect-WithSecret {
        # The error of connecting with a secret.
        param([hashtable] $Secret, [switch] $Test)
        try { $null = Connect-Kling @Secret -Endpoint (Get-KlingSandbox).Endpoint -Test:$Test } catch { return $_ }
        throw 'It connected.'
    }
}

AfterAll {
    Remove-FakeSecretManagement
    Stop-KlingSandbox
}

Describe 'Connect-Kling -SecretName' {
    BeforeEach { Import-FakeSecretManagement }

    AfterEach {
        Remove-FakeSecretManagement
        Clear-TestEnvironment
        $null = Connect-Kling -Sandbox
    }

    It 'takes the key from <name>' -TestCases @(@{ name = 'runware' }, @{ name = 'as-text' }, @{ name = 'as-credential' }) {
        $env:RUNWARE_API_KEY = 'wrong-key-0123456789'
        $connection = Connect-Kling -SecretName $name -Vault 'Team vault' -Endpoint (Get-KlingSandbox).Endpoint -Test
        $connection.KeySource | Should -Be 'Vault'
        foreach ($property in $connection.psobject.Properties) { "$($property.Value)" | Should -Not -BeLike "*$(Get-SandboxKey)*" }
    }

    It 'says in the vault''s words why <name> in <vault> gives no key, recommends what fits, and stays with the old connection' -TestCases @(
        @{ name = 'missing'; vault = 'Team vault'; text = "SecretName: 'missing' in vault 'Team vault' could not be read: The secret missing was not found."; advice = "Get-SecretInfo -Vault 'Team vault' #*" }
        @{ name = 'missing'; vault = $null; text = "SecretName: 'missing' in any vault could not be read: The secret missing was not found."; advice = 'Get-SecretInfo #*' }
        @{ name = 'nothing'; vault = 'Team vault'; text = "*'nothing' in vault 'Team vault' was not found: nothing came."; advice = "Get-SecretInfo -Vault 'Team vault' #*" }
        @{ name = 'runware'; vault = 'Elsewhere'; text = '*could not be read: Vault not found in registry: Elsewhere.'; advice = 'Get-SecretVault #*' }
        @{ name = 'locked'; vault = 'Team vault'; text = '*could not be read: Unable to get secret locked from vault Team vault. A valid password is required to access the vault.'; advice = "Unlock-SecretVault -Name 'Team vault' -Password (Read-Host -AsSecureString)" }
        @{ name = 'locked'; vault = $null; text = '*A valid password is required*'; advice = 'Get-SecretVault #*Unlock-SecretVault*' }
        @{ name = 'failing'; vault = 'Team vault'; text = '*could not be read: Unable to get secret failing from vault Team vault. The disk is gone.'; advice = "Test-SecretVault -Name 'Team vault'" }
        @{ name = 'failing'; vault = $null; text = '*The disk is gone.'; advice = 'Get-SecretVault #*Test-SecretVault*' }
        @{ name = 'throwing'; vault = 'Team vault'; text = '*could not be read: The vault broke.'; advice = "Test-SecretVault -Name 'Team vault'" }
        @{ name = 'as-table'; vault = 'Team vault'; text = '*holds a Hashtable; allowed: a SecureString*'; advice = "Set-Secret -Name 'as-table' -Vault 'Team vault' -SecureStringSecret *" }
        @{ name = 'as-bytes'; vault = 'Team vault'; text = '*holds a Byte`[`]; allowed: a SecureString*'; advice = "Set-Secret -Name 'as-bytes' *" }
        @{ name = 'as-bytes'; vault = $null; text = '*holds a Byte`[`]; allowed: a SecureString*'; advice = "Set-Secret -Name 'as-bytes' -SecureStringSecret *" }
        @{ name = 'empty'; vault = 'Team vault'; text = "*'empty' in vault 'Team vault' is empty."; advice = "Set-Secret -Name 'empty' *" }
        @{ name = 'empty-text'; vault = 'Team vault'; text = '*is empty.'; advice = "Set-Secret -Name 'empty-text' *" }
    ) {
        $secret = @{ SecretName = $name }
        if ($vault) { $secret.Vault = $vault }
        $problem = Connect-WithSecret $secret
        $problem.FullyQualifiedErrorId | Should -BeLike 'SecretUnavailable,*'
        "$problem" | Should -BeLike $text
        "$problem" | Should -Not -BeLike '*preference variable*'
        $problem.ErrorDetails.RecommendedAction | Should -BeLike $advice
        "$problem".Contains('sandbox-key') | Should -BeFalse
        (Get-KlingConnection).KeySource | Should -Be 'Sandbox'
    }

    It 'names the secret whose text is no key, and shows nothing of it' {
        $problem = Connect-WithSecret @{ SecretName = 'two-lines'; Vault = 'Team vault' }
        $problem.FullyQualifiedErrorId | Should -BeLike 'InvalidKey,*'
        "$problem" | Should -BeLike "SecretName: 'two-lines' in vault 'Team vault' is no key: *"
        "$problem" | Should -Not -BeLike '*first-line*'
        $problem.ErrorDetails.RecommendedAction | Should -BeLike "Set-Secret -Name 'two-lines' -Vault 'Team vault' *"
    }

    It 'names the secret whose key the service refuses' {
        $problem = Connect-WithSecret @{ SecretName = 'refused' } -Test
        $problem.FullyQualifiedErrorId | Should -BeLike 'KeyRefused,*'
        "$problem" | Should -BeLike "*The key is that of SecretName: 'refused' in any vault."
        "$problem" | Should -Not -BeLike '*wrong-key*'
        (Get-KlingConnection).KeySource | Should -Be 'Sandbox'
    }

    It 'recommends the module where it is missing' {
        Remove-FakeSecretManagement
        $path = $env:PSModulePath
        try {
            $env:PSModulePath = ''
            $problem = Connect-WithSecret @{ SecretName = 'runware' }
        }
        finally { $env:PSModulePath = $path }
        $problem.FullyQualifiedErrorId | Should -BeLike 'SecretUnavailable,*'
        $problem.ErrorDetails.RecommendedAction | Should -BeLike 'Install-PSResource*SecretManagement*'
    }
}

# What the cmdlet tests share; dot-source it in BeforeAll. It works under Pester 5 and 6.
Set-StrictMode -Version 3.0

# The packaged module: where KLING_MODULE says, else where build.ps1 puts it.
$manifest = $env:KLING_MODULE
if (-not $manifest) { $manifest = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..', 'out', 'Kling', 'Kling.psd1')) }
Import-Module $manifest

# The history of a test must not mix with the user's own.
$env:KLING_HOME = [IO.Path]::Combine("$TestDrive", 'kling-home')

# What a number looks like must not depend on the machine; tests of another culture set it themselves.
[cultureinfo]::CurrentCulture = [cultureinfo]::InvariantCulture

function Use-Sandbox {
    # Starts a fresh sandbox and connects the session to it.
    param($GenerationSeconds = 0, [string[]] $Fault = @())
    Stop-KlingSandbox
    $null = Start-KlingSandbox -GenerationSeconds $GenerationSeconds -Fault $Fault
    $null = Connect-Kling -Sandbox
}

function New-TestImage {
    # Writes a PNG of 640 x 360 pixels whose bytes differ from call to call, and returns its path.
    param([string] $Path)
    $sample = [IO.Path]::Combine($PSScriptRoot, '..', '..', 'examples', 'images')
    $source = @([IO.Directory]::GetFiles($sample, '*.png'))[0]
    $bytes = [Collections.Generic.List[byte]]::new([IO.File]::ReadAllBytes($source))
    $bytes.AddRange([guid]::NewGuid().ToByteArray())
    [IO.File]::WriteAllBytes($Path, $bytes.ToArray())
    $Path
}

function Get-VideoKind {
    # Names a video file's container by its bytes.
    param([string] $Path)
    $bytes = [IO.File]::ReadAllBytes($Path)
    $head = [Text.Encoding]::ASCII.GetString($bytes, 0, [Math]::Min(64, $bytes.Length))
    if ($bytes[0] -eq 0x1A -and $bytes[1] -eq 0x45 -and $bytes[2] -eq 0xDF -and $bytes[3] -eq 0xA3) { return 'WEBM' }
    if ($head.Substring(4, 4) -ne 'ftyp') { return 'unknown' }
    if ($head.Substring(8, 4) -eq 'qt  ') { 'MOV' } else { 'MP4' }
}

function Get-UnusedPort {
    # A loopback port nobody listens on.
    $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
    $listener.Start()
    $port = $listener.LocalEndpoint.Port
    $listener.Stop()
    $port
}

function Get-SandboxKey { (Get-KlingSandbox).ApiKey }

function Clear-TestEnvironment {
    foreach ($name in 'RUNWARE_API_KEY', 'RUNWARE_BASE_URL', 'KLING_SANDBOX') { [Environment]::SetEnvironmentVariable($name, $null) }
}

function Import-FakeSecretManagement {
    # A double of the module of that name, which the tests must not need. Its errors have the ids and causes of the real one.
    $null = New-Module -Name Microsoft.PowerShell.SecretManagement -ScriptBlock {
        class PasswordRequiredException : Exception { PasswordRequiredException([string] $message) : base($message) { } }

        function ConvertTo-Secure([string] $Text) {
            $secure = [Security.SecureString]::new()
            foreach ($letter in $Text.ToCharArray()) { $secure.AppendChar($letter) }
            $secure
        }

        function Write-Problem($Cmdlet, [Exception] $Exception, [string] $Id, [switch] $Terminating) {
            $record = [Management.Automation.ErrorRecord]::new($Exception, $Id, 'InvalidOperation', $null)
            if ($Terminating) { $Cmdlet.ThrowTerminatingError($record) } else { $Cmdlet.WriteError($record) }
        }

        function Get-Secret {
            [CmdletBinding()] param([string] $Name, [string] $Vault)
            if ($Vault -and $Vault -ne 'Team vault') {
                Write-Problem $PSCmdlet ([InvalidOperationException]::new("Vault not found in registry: $Vault")) 'GetSecretVaultNotFound' -Terminating
            }
            $key = (Get-KlingSandbox).ApiKey
            $failed = "Unable to get secret $Name from vault $Vault"
            switch ($Name) {
                'runware' { ConvertTo-Secure $key }
                'as-text' { $key }
                'as-credential' { [pscredential]::new('any', (ConvertTo-Secure $key)) }
                'as-table' { @{ key = $key } }
                'as-bytes' { if ($Vault) { , [Text.Encoding]::UTF8.GetBytes($key) } else { [Text.Encoding]::UTF8.GetBytes($key) } }
                'empty' { [Security.SecureString]::new() }
                'empty-text' { '' }
                'two-lines' { ConvertTo-Secure "first-line-of-a-key`nsecond" }
                'refused' { 'wrong-key-0123456789' }
                'nothing' { }
                'throwing' { throw 'The vault broke.' }
                'locked' { Write-Problem $PSCmdlet ([InvalidOperationException]::new($failed, [PasswordRequiredException]::new('A valid password is required to access the vault.'))) 'GetSecretInvalidOperation' }
                'failing' { Write-Problem $PSCmdlet ([InvalidOperationException]::new($failed, [IO.IOException]::new('The disk is gone.'))) 'GetSecretInvalidOperation' }
                default { Write-Problem $PSCmdlet ([Management.Automation.ItemNotFoundException]::new("The secret $Name was not found.")) 'GetSecretNotFound' }
            }
        }
        function Get-SecretVault { [CmdletBinding()] param() [pscustomobject]@{ Name = 'Team vault' }; [pscustomobject]@{ Name = 'Own' } }
        function Get-SecretInfo { [CmdletBinding()] param([string] $Vault) [pscustomobject]@{ Name = "runware$Vault" }; [pscustomobject]@{ Name = "it's" } }
        Export-ModuleMember -Function Get-Secret, Get-SecretVault, Get-SecretInfo
    } | Import-Module -Scope Global -Force
}

function Remove-FakeSecretManagement { Get-Module Microsoft.PowerShell.SecretManagement | Remove-Module -Force }

#requires -Version 7.4

<#
.SYNOPSIS
    Compares what the module believes about the service with what the service does, and writes a report.
.DESCRIPTION
    It is the first thing to do with a key. Without -Buy it spends nothing: it pings, reads the balance, looks at ids that were never
    submitted, uploads a small image and deletes it, and sends video tasks that nothing can be made of (no image, no prompt, and a
    duration that the model does not have).

    With -Buy it asks first, and then buys one video of 5 seconds, for at most 0.19 USD.

    In a session that uses a sandbox, the sandbox is checked unless -Endpoint names another address. What a sandbox answers is simulated,
    and proves nothing about the service.

    The exit code is 0 when no line of the report says "no", else 1. Afterwards the session is disconnected, or in its sandbox again.
.PARAMETER ApiKey
    The key. When left out: RUNWARE_API_KEY, then a prompt.
.PARAMETER SecretName
    The secret that holds the key; needs the module Microsoft.PowerShell.SecretManagement.
.PARAMETER Vault
    The vault of the secret; all registered ones when left out.
.PARAMETER Endpoint
    The service's address: https, or http on this machine. When left out: RUNWARE_BASE_URL, then the public one.
.PARAMETER Path
    The report's file, which must not exist. When left out: check-live-<time>.md in the current folder.
.PARAMETER SchemaAddress
    Where the model's schema is published; it is asked without the key. When left out: the documentation's address, and only for the
    public service.
.PARAMETER Buy
    Buys one video, and checks what can be seen only then.
.PARAMETER Force
    Does not ask before it buys.
.PARAMETER PollSeconds
    How often the video is asked for.
.PARAMETER TimeoutSeconds
    How long the video is waited for.
.EXAMPLE
    ./scripts/check-live.ps1 -ApiKey (Read-Host -AsSecureString)
.EXAMPLE
    ./scripts/check-live.ps1 -SecretName runware -Buy
#>
[CmdletBinding(DefaultParameterSetName = 'Key')]
param(
    [Parameter(ParameterSetName = 'Key')]
    [securestring] $ApiKey,

    [Parameter(ParameterSetName = 'Secret', Mandatory)]
    [ValidateNotNullOrEmpty()]
    [string] $SecretName,

    [Parameter(ParameterSetName = 'Secret')]
    [ValidateNotNullOrEmpty()]
    [string] $Vault,

    [ValidateNotNullOrEmpty()]
    [string] $Endpoint,

    [ValidateNotNullOrEmpty()]
    [string] $Path = "check-live-$([datetime]::UtcNow.ToString('yyyyMMdd-HHmmss')).md",

    [ValidateNotNullOrEmpty()]
    [string] $SchemaAddress,

    [switch] $Buy,

    [switch] $Force,

    [ValidateRange(0.05, 60)]
    [double] $PollSeconds = 5,

    [ValidateRange(1, 86400)]
    [int] $TimeoutSeconds = 1800
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# The user's standing defaults would make another request of the same command.
$PSDefaultParameterValues = @{}
$root = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..'))
foreach ($part in 'Report', 'Wire', 'Video', 'Free', 'Purchase') {
    . ([IO.Path]::Combine($PSScriptRoot, 'check-live', "$part.ps1"))
}

if (-not (Get-Module Kling)) {
    Import-Module ($env:KLING_MODULE ?? [IO.Path]::Combine($root, 'out', 'Kling', 'Kling.psd1'))
}

function ConvertTo-Secret([string] $Text) {
    [Net.NetworkCredential]::new('', $Text).SecurePassword
}

function Get-CheckKey {
    # The key as a SecureString: the parameter's, a vault's, the environment's or a person's.
    if ($ApiKey) { return $ApiKey }
    if ($SecretName) {
        $given = @{ Name = $SecretName }
        if ($Vault) { $given.Vault = $Vault }
        $secret = Microsoft.PowerShell.SecretManagement\Get-Secret @given
        if ($secret -is [securestring]) { return $secret }
        if ($secret -is [pscredential]) { return $secret.Password }
        return ConvertTo-Secret $secret
    }

    if ($env:RUNWARE_API_KEY) { return ConvertTo-Secret $env:RUNWARE_API_KEY }
    Read-Host 'Runware API key' -AsSecureString
}

# A script that is tried from a session with a sandbox stays in that sandbox, whatever key it is given, unless it is told an address.
$formerSandbox = $env:KLING_SANDBOX
$formerSandboxKey = $env:KLING_SANDBOX_KEY
$usesSandbox = $env:KLING_SANDBOX -and -not $Endpoint
$wasSandbox = (Get-KlingConnection).Mode -eq 'Sandbox' -and (Get-KlingSandbox).IsRunning
if ($usesSandbox -and ($ApiKey -or $SecretName)) {
    Write-Warning 'This session uses a sandbox, so that sandbox is checked, with its own key. For the service itself: -Endpoint https://api.runware.ai/v1'
}

# The environment's key is for the service. A sandbox whose key is not known refuses every call.
$secureKey = if ($usesSandbox -and ($env:KLING_SANDBOX_KEY -or -not ($ApiKey -or $SecretName))) { ConvertTo-Secret ($env:KLING_SANDBOX_KEY ? $env:KLING_SANDBOX_KEY : 'no-key') } else { Get-CheckKey }
$address = if ($Endpoint) { $Endpoint } elseif ($usesSandbox) { $env:KLING_SANDBOX } elseif ($env:RUNWARE_BASE_URL) { $env:RUNWARE_BASE_URL } else { 'https://api.runware.ai/v1' }

$file = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Path)
if (Test-Path -LiteralPath $file) { throw "Path: '$file' exists. Name another file, so that no report is lost." }

# What the parts share. The key is in memory only, and goes to the endpoint only.
$check = @{
    Path = $file
    Root = $root
    SecureKey = $secureKey
    Key = [Net.NetworkCredential]::new('', $secureKey).Password
    SchemaAddress = $SchemaAddress
    AsksFirst = -not $Force
    PollSeconds = $PollSeconds
    TimeoutSeconds = $TimeoutSeconds
    Endpoint = ''
    Client = $null
    Lines = [Collections.Generic.List[object]]::new()
    Limits = [ordered]@{}
    Bought = 'nothing'
    Accepted = $null
    DeletedImage = $null
    IsFinished = $false
    IsReached = $false
    Temp = [IO.Directory]::CreateTempSubdirectory('kling-check-').FullName
    UserHome = $env:KLING_HOME
    OwnHome = ''
}
$check.OwnHome = [IO.Path]::Combine($check.Temp, 'home')
$isConnected = $false
try {
    # This user's journal and imported models play no part, but for the video that is bought.
    $env:KLING_HOME = $check.OwnHome

    # It checks the address and the key's form, and makes no call.
    $check.Endpoint = (Connect-Kling -Endpoint $address -ApiKey $secureKey).Endpoint
    $isConnected = $true
    $check.Client = Open-Client
    Write-Report
    Write-Host "Checking $($check.Endpoint)"
    Test-Free
    if ($Buy) { Test-Purchase }
    $check.IsFinished = $true
}
finally {
    # Ctrl+C comes here too.
    $env:KLING_HOME = $check.UserHome
    if ($check.Client) { $check.Client.Dispose() }
    [IO.Directory]::Delete($check.Temp, $true)
    if ($wasSandbox) { $null = Connect-Kling -Sandbox } elseif ($isConnected) { Disconnect-Kling }
    $env:KLING_SANDBOX = $formerSandbox
    $env:KLING_SANDBOX_KEY = $formerSandboxKey
    if ($isConnected) { Write-Report }
    if ($isConnected -and -not $check.IsFinished) { $Host.UI.WriteLine("It has not run to its end. Bought: $($check.Bought). Report: $($check.Path)") }
}

$no = @($check.Lines | Where-Object Agrees -eq 'no').Count
Write-Host "$(Get-Summary) Report: $($check.Path)"
exit [int] ($no -gt 0)

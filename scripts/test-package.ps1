#requires -Version 7.4

<#
.SYNOPSIS
    Does with a .nupkg what a user does with the gallery: publish, find, install, import by name, update, uninstall.
.DESCRIPTION
    The gallery is a folder. Each step has a fresh pwsh. On Linux and macOS the user's module folder is a temporary one. Windows
    has no such switch: there the module is installed for the current user and uninstalled again, and the script refuses to
    start where the user has one.
.EXAMPLE
    ./scripts/test-package.ps1 -Package ./out/package/Kling.1.2.3.nupkg
#>
[CmdletBinding()]
param(
    # The file to publish.
    [Parameter(Mandatory)]
    [string] $Package,

    # The Pester files that run against the installed module, from tests/Pester. Wildcards are allowed; none is run when empty.
    [string[]] $PesterFile = @('Sandbox.Tests.ps1', 'Price.Tests.ps1'),

    # The name or the manifest of Pester.
    [string] $Pester = 'Pester'
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$Package = (Resolve-Path -LiteralPath $Package).ProviderPath
# Pester is found before the user's folder is another one.
$pesterManifest = (Test-Path -LiteralPath $Pester) ? (Resolve-Path -LiteralPath $Pester).ProviderPath : (Get-Module -ListAvailable $Pester | Select-Object -First 1)?.Path
if ($PesterFile -and -not $pesterManifest) {
    throw "Pester was not found. Install it with: Install-PSResource Pester"
}

$work = (New-Item -ItemType Directory -Path (Join-Path ([IO.Path]::GetTempPath()) "kling-trip-$([guid]::NewGuid())")).FullName

# .NET names no folder of application data that is not there, and PSResourceGet would then write beside the caller's files.
$null = New-Item -ItemType Directory -Path (Join-Path $work '.local' 'share'), (Join-Path $work '.config'), (Join-Path $work 'Library' 'Application Support')
$feed = (New-Item -ItemType Directory -Path (Join-Path $work 'feed')).FullName
$name = "kling-trip-$PID"

# A .NET tool runs in dotnet; its own program is beside its files.
$pwsh = [Environment]::ProcessPath
if ([IO.Path]::GetFileNameWithoutExtension($pwsh) -ne 'pwsh') {
    $pwsh = Join-Path $PSHOME ($IsWindows ? 'pwsh.exe' : 'pwsh')
}

# PowerShell and PSResourceGet find the user's folders by HOME, but not both by XDG_DATA_HOME.
$settings = @{ HOME = $work; XDG_DATA_HOME = $null; KLING_HOME = Join-Path $work 'kling-home'; PSModulePath = $null; KLING_MODULE = $null; KLING_SANDBOX = $null; RUNWARE_API_KEY = $null; NO_COLOR = '1' }

function Invoke-Fresh([string] $Step, [string] $Script) {
    # A fresh pwsh with the settings above; its output, or the end of everything.
    $before = @{}
    foreach ($key in $settings.Keys) {
        $before[$key] = [Environment]::GetEnvironmentVariable($key)
        [Environment]::SetEnvironmentVariable($key, $settings[$key])
    }

    try {
        $output = & $pwsh -NoProfile -NonInteractive -Command "`$ErrorActionPreference = 'Stop'; `$ProgressPreference = 'SilentlyContinue'; Set-StrictMode -Version Latest; $Script" 2>&1 | Out-String -Width 200
        if ($LASTEXITCODE -ne 0) {
            throw "$Step failed:`n$output"
        }
    }
    finally {
        foreach ($key in $before.Keys) {
            [Environment]::SetEnvironmentVariable($key, $before[$key])
        }
    }

    Write-Information ('{0,-10} {1}' -f $Step, $output.Trim()) -InformationAction Continue
}

$registered = $false
try {
    Invoke-Fresh 'before' "if (Get-InstalledPSResource Kling -ErrorAction Ignore) { throw 'Kling is installed here already; uninstall it first.' }; 'no Kling is installed'"
    Invoke-Fresh 'publish' @"
        Register-PSResourceRepository -Name '$name' -Uri '$feed' -Trusted
        Publish-PSResource -NupkgPath '$Package' -Repository '$name'
        `$published = Get-Item '$feed/*.nupkg'
        if ((Get-FileHash `$published).Hash -ne (Get-FileHash '$Package').Hash) { throw 'the feed has another file' }
        "`$(`$published.Name) is the same file in the feed"
"@
    $registered = $true
    Invoke-Fresh 'find' "`$found = Find-PSResource Kling -Repository '$name'; `"`$(`$found.Name) `$(`$found.Version), `$(@(`$found.Tags).Count) tags`""
    Invoke-Fresh 'install' "Install-PSResource Kling -Repository '$name' -Scope CurrentUser; `$module = Get-Module -ListAvailable Kling; `$null = Test-ModuleManifest `$module.Path; `"version `$(`$module.Version), `$(`$module.ExportedCmdlets.Count) cmdlets`""

    # Not even imported: the first command finds its module.
    Invoke-Fresh 'import' "`$null = Start-KlingSandbox -GenerationSeconds 0; `$null = Connect-Kling -Sandbox; `$task = New-KlingVideo -Image '$PSScriptRoot/../examples/images/dawn.png' -Wait; Stop-KlingSandbox; `"by name: `$(`$task.Status), `$(`$task.Cost) USD, by `$((Get-Module Kling).Version)`""
    if ($PesterFile) {
        $files = ($PesterFile | ForEach-Object { (Resolve-Path (Join-Path $PSScriptRoot '..' 'tests' 'Pester' $_)).ProviderPath } | ForEach-Object { "'$_'" }) -join ', '
        Invoke-Fresh 'pester' @"
            `$env:KLING_MODULE = (Get-Module -ListAvailable Kling).Path
            Import-Module '$pesterManifest'
            Set-StrictMode -Off
            `$result = Invoke-Pester -Path $files -PassThru -Output None 6>`$null
            if (`$result.FailedCount -or `$result.FailedBlocksCount -or `$result.FailedContainersCount -or -not `$result.PassedCount) { (@(`$result.Failed) + @(`$result.FailedBlocks)).ForEach({ "`$(`$_.ExpandedPath): `$(`$_.ErrorRecord)" }); throw 'Pester failed' }
            "`$(`$result.PassedCount) passed against `$(`$env:KLING_MODULE.Replace('$work', '…'))"
"@
    }

    # The same files under the next number.
    Invoke-Fresh 'update' @"
        `$old = Get-Module -ListAvailable Kling
        `$next = [version]::new(`$old.Version.Major, `$old.Version.Minor, `$old.Version.Build + 1)
        `$copy = Join-Path '$work' 'next' 'Kling'
        `$null = New-Item -ItemType Directory -Path (Split-Path `$copy)
        Copy-Item `$old.ModuleBase `$copy -Recurse
        Remove-Item (Join-Path `$copy 'PSGetModuleInfo.xml') -ErrorAction Ignore
        `$manifest = Join-Path `$copy 'Kling.psd1'
        (Get-Content -Raw `$manifest).Replace("ModuleVersion        = '`$(`$old.Version)'", "ModuleVersion        = '`$next'") | Set-Content -NoNewline `$manifest
        `$made = & '$PSScriptRoot/package.ps1' -Module `$copy -Destination (Join-Path '$work' 'next' 'package')
        Publish-PSResource -NupkgPath `$made.FullName -Repository '$name'
        Update-PSResource Kling -Repository '$name'
        `$versions = @((Get-Module -ListAvailable Kling).Version | Sort-Object)
        if ("`$versions" -ne "`$(`$old.Version) `$next") { throw "there are `$versions" }
        "`$(`$versions -join ' and ') side by side"
"@
    Invoke-Fresh 'newest' "Import-Module Kling; `$newest = (Get-Module Kling).Version; `$null = Get-KlingModel; if (`$newest -ne (Get-Module -ListAvailable Kling | Sort-Object Version)[-1].Version) { throw `"`$newest was imported`" }; `"`$newest is imported by name`""
    Invoke-Fresh 'older' "`$old = (Get-Module -ListAvailable Kling | Sort-Object Version)[0].Version; Import-Module Kling -RequiredVersion `$old; `$null = Get-KlingModel; `"`$((Get-Module Kling).Version) is still there for who asks for it`""
    Invoke-Fresh 'uninstall' "Uninstall-PSResource Kling -Version '*' -Scope CurrentUser; if (Get-Module -ListAvailable Kling) { throw 'it is still there' }; 'nothing is left'"
}
finally {
    if ($registered) {
        Invoke-Fresh 'after' "Unregister-PSResourceRepository -Name '$name'; 'the feed is forgotten'"
    }

    Remove-Item -LiteralPath $work -Recurse -Force
}

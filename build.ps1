#requires -Version 7.4

<#
.SYNOPSIS
    Builds, tests and packages the module. Every real step is a dotnet command, so that all of it works without PowerShell too.
.DESCRIPTION
    Build    lays out the importable module in out/Kling.
    Test     runs all tests with dotnet, then the cmdlet tests under real Pester 5 or later where it is installed.
    Package  lays out the module in out/package/Kling/<version>, ready to be published or copied to a module folder.
    Clean    removes what the other tasks made.
.EXAMPLE
    ./build.ps1
    Import-Module ./out/Kling
.EXAMPLE
    ./build.ps1 -Task Test
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Package', 'Clean')]
    [string[]] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release',

    # Fails where real Pester is not installed, instead of leaving it out.
    [switch] $RequirePester
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$out = Join-Path $PSScriptRoot 'out'
$module = Join-Path $out 'Kling'
$project = [IO.Path]::Combine($PSScriptRoot, 'src', 'Kling')
$solution = Join-Path $PSScriptRoot 'KlingPS.sln'

function Invoke-DotNet([string[]] $Arguments) {
    & dotnet @Arguments
    if ($LASTEXITCODE -ne 0) {
        throw "dotnet $($Arguments -join ' ') ended with exit code $LASTEXITCODE."
    }
}

function Invoke-RealPester {
    $pester = Get-Module -ListAvailable -Name Pester | Where-Object Version -GE '5.0.0' | Select-Object -First 1
    if (-not $pester) {
        if ($RequirePester) {
            throw 'Pester 5 or later is not installed.'
        }

        Write-Warning 'Pester 5 or later is not installed: the cmdlet tests ran through the shim of dotnet test only.'
        return
    }

    # A process of its own: an imported assembly cannot be unloaded, and would lock the next build.
    $command = @'
$configuration = New-PesterConfiguration
$configuration.Run.Path = $env:KLING_TESTS
$configuration.Run.Exit = $true
$configuration.Output.Verbosity = 'Detailed'
Invoke-Pester -Configuration $configuration
'@
    # As a .NET tool, PowerShell runs inside of dotnet, which is no shell.
    $shell = [Environment]::ProcessPath
    if ([IO.Path]::GetFileNameWithoutExtension($shell) -ne 'pwsh') {
        $shell = (Get-Command pwsh -CommandType Application | Select-Object -First 1).Source
    }

    $before = $env:KLING_MODULE
    try {
        $env:KLING_MODULE = Join-Path $module 'Kling.psd1'
        $env:KLING_TESTS = [IO.Path]::Combine($PSScriptRoot, 'tests', 'Cmdlets')
        & $shell -NoProfile -NonInteractive -Command $command
        if ($LASTEXITCODE -ne 0) {
            throw "Pester ended with exit code $LASTEXITCODE."
        }
    }
    finally {
        $env:KLING_MODULE = $before
        $env:KLING_TESTS = $null
    }
}

foreach ($step in $Task) {
    switch ($step) {
        'Build' {
            Invoke-DotNet 'publish', $project, '-c', $Configuration, '-o', $module
        }
        'Test' {
            Invoke-DotNet 'publish', $project, '-c', $Configuration, '-o', $module
            Invoke-DotNet 'test', $solution, '-c', $Configuration
            Invoke-RealPester
        }
        'Package' {
            $version = & dotnet msbuild $project '-getProperty:Version'
            if ($LASTEXITCODE -ne 0) {
                throw "dotnet msbuild ended with exit code $LASTEXITCODE."
            }

            $package = [IO.Path]::Combine($out, 'package', 'Kling', $version.Trim())
            Invoke-DotNet 'publish', $project, '-c', $Configuration, '-o', $package
        }
        'Clean' {
            Invoke-DotNet 'clean', $solution, '-c', $Configuration
            if (Test-Path $out) {
                Remove-Item $out -Recurse -Force
            }
        }
    }
}

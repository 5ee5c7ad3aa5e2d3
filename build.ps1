#requires -Version 7.4

<#
.SYNOPSIS
    Builds, tests and packages the module. Every real step is a dotnet command, so that all of it works without PowerShell too.
.DESCRIPTION
    Build    lays out the importable module in out/Kling.
    Test     runs all tests.
    Package  lays out the module in out/Kling and makes its .nupkg in out/package. The same sources give the same bytes.
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
    [string] $Configuration = 'Release'
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

foreach ($step in $Task) {
    switch ($step) {
        'Build' {
            Invoke-DotNet 'publish', $project, '-c', $Configuration, '-o', $module
        }
        'Test' {
            Invoke-DotNet 'test', $solution, '-c', $Configuration
        }
        'Package' {
            # Publishing never removes what an earlier build left there.
            if (Test-Path $module) {
                Remove-Item $module -Recurse -Force
            }

            Invoke-DotNet 'publish', $project, '-c', $Configuration, '-o', $module
            & (Join-Path $PSScriptRoot 'scripts' 'package.ps1') -Module $module -Destination (Join-Path $out 'package')
        }
        'Clean' {
            Invoke-DotNet 'clean', $solution, '-c', $Configuration
            if (Test-Path $out) {
                Remove-Item $out -Recurse -Force
            }
        }
    }
}

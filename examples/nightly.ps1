#requires -Modules Kling

<#
.SYNOPSIS
    Works off a CSV file night after night, and spends at most so much in 24 hours.
.DESCRIPTION
    The key of the service is in RUNWARE_API_KEY. Each night goes on where the last one had to stop: what was bought is not bought
    again, and what is open is waited for and saved. The exit code is 0 when every row has its video, else 1.

    With cron, at three o'clock:
        0 3 * * * cd ~/campaign && pwsh -NoProfile -File nightly.ps1 shots.csv >> nightly.log 2>&1
    With the task scheduler of Windows:
        schtasks /Create /SC DAILY /ST 03:00 /TN Kling /TR "pwsh -NoProfile -WorkingDirectory C:\campaign -File nightly.ps1 shots.csv"
.EXAMPLE
    ./examples/nightly.ps1 shots.csv -MaxCostPerDay 10
#>
[CmdletBinding()]
param(
    [string] $Path = (Join-Path $PSScriptRoot 'shots.csv'),
    [decimal] $MaxCostPerDay = 10,
    [string] $OutDirectory = 'clips'
)

$ErrorActionPreference = 'Continue'
$ProgressPreference = 'SilentlyContinue'
$problems = @()
$rows = @(Import-Csv -LiteralPath $Path)
$tasks = @($rows | New-KlingVideo -MaxCostPerDay $MaxCostPerDay -Confirm:$false -Resume -OutDirectory $OutDirectory -ErrorVariable problems)

$done = @($tasks | Where-Object Status -EQ 'Succeeded')
"$(Get-Date -Format s) $($done.Count) of $($rows.Count) rows have their video; $($problems.Count) problem(s)."
exit ($done.Count -lt $rows.Count -or $problems.Count -gt 0)

#requires -Modules Kling

<#
.SYNOPSIS
    Buys a video for each row of a CSV file, and makes a page of them.
.DESCRIPTION
    The columns are named like the parameters of New-KlingVideo; a relative path is seen from where the script is run. Every row
    is checked before anything is bought. Run it again after a failure: what was bought is not bought again.
.EXAMPLE
    ./examples/batch.ps1 shots.csv -MaxCost 5
#>
[CmdletBinding()]
param(
    [string] $Path = (Join-Path $PSScriptRoot 'shots.csv'),
    [decimal] $MaxCost = 2,
    [string] $OutDirectory = 'clips'
)

$ErrorActionPreference = 'Stop'
$rows = @(Import-Csv -LiteralPath $Path)
$bad = @($rows | Test-KlingRequest | Where-Object -Not IsValid)
if ($bad) { throw "Nothing was bought. Row $($bad[0].Row): $($bad[0].Violations)" }

$tasks = @($rows | New-KlingVideo -MaxCost $MaxCost -Resume -OutDirectory $OutDirectory -ErrorAction Continue)
$tasks | Export-KlingGallery -Path (Join-Path $OutDirectory 'index.html') -Title 'Shots' -Force | Out-Null
$tasks

# A tour on the sandbox: no key, no cost. It runs in PowerShell 7.4 or later, and with
# `dotnet run --project tests/Quickstart` also on a machine that has only the .NET SDK.
$ErrorActionPreference = 'Stop'
$root = [IO.Path]::Combine($PSScriptRoot, '..', '..')
$images = [IO.Path]::Combine($root, 'examples', 'images', '*.png')
Import-Module ($env:KLING_MODULE ?? ([IO.Path]::Combine($root, 'out', 'Kling', 'Kling.psd1')))

Write-Host '> Start-KlingSandbox; Connect-Kling -Sandbox'
Start-KlingSandbox -GenerationSeconds 0.2 | Out-Host
Connect-Kling -Sandbox | Out-Host

Write-Host '> Get-ChildItem examples/images/*.png | Measure-KlingCost'
Get-ChildItem $images | Measure-KlingCost | Out-Host

Write-Host "> Get-ChildItem examples/images/*.png | New-KlingVideo -Prompt 'slow dolly in' -OutDirectory out/clips"
$tasks = @(Get-ChildItem $images | New-KlingVideo -Prompt 'slow dolly in' -OutDirectory ([IO.Path]::Combine($root, 'out', 'clips')) -Force)
$tasks | Out-Host

Write-Host '> Get-KlingTask -Last 3 | Export-KlingGallery out/clips/index.html'
$page = $tasks | Export-KlingGallery ([IO.Path]::Combine($root, 'out', 'clips', 'index.html')) -Title 'Quickstart' -Force

Write-Host '> (Get-KlingSandbox).Charges'
$sandbox = Get-KlingSandbox
$sandbox.Charges | Out-Host
Write-Host "The sandbox would have billed $($sandbox.TotalBilled) USD for $($sandbox.TaskCount) tasks."
Stop-KlingSandbox

$wanted = @(Get-ChildItem $images).Count
$made = @($tasks | Where-Object { $_.Status -eq 'Succeeded' -and $_.File -and (Test-Path -LiteralPath $_.File) }).Count
if ($made -ne $wanted) { throw "$made of $wanted videos were made and saved." }
Write-Host "$made videos are in out/clips; out/clips/$($page.Name) shows them in a browser."

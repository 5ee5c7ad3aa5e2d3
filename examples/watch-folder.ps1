#requires -Modules Kling

<#
.SYNOPSIS
    Makes a video of every image that comes into a folder, until Ctrl+C.
.DESCRIPTION
    Images that are already there come first. A task is shown when the next image comes; its video is saved before that. Started
    again, the script buys nothing anew for an image that it knows.
.PARAMETER Count
    Ends after so many images.
.EXAMPLE
    ./examples/watch-folder.ps1 inbox -Prompt 'slow dolly in' -MaxCostPerDay 5
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Folder,
    [Parameter(Mandatory)] [string] $Prompt,
    [decimal] $MaxCostPerDay = 5,
    [string] $OutDirectory = 'clips',
    [int] $Count = [int]::MaxValue
)

function Read-NewImage {
    # Emits the path of each image, once it is whole: a file that is still being written is no image yet.
    param([string] $Folder)
    $known = [Collections.Generic.HashSet[string]]::new()
    $watcher = [IO.FileSystemWatcher]::new($Folder)
    $source = "kling-$([guid]::NewGuid())"
    foreach ($change in 'Created', 'Renamed', 'Changed') { Register-ObjectEvent $watcher $change -SourceIdentifier "$source-$change" }
    $watcher.EnableRaisingEvents = $true
    try {
        while ($true) {
            Get-ChildItem -LiteralPath $Folder -File |
                Where-Object { $_.Extension -in '.png', '.jpg', '.jpeg', '.webp' -and -not $known.Contains($_.FullName) } |
                Where-Object { (Test-KlingRequest -LiteralPath $_.FullName).IsValid } |
                ForEach-Object { $null = $known.Add($_.FullName); $_ }
            $null = Wait-Event -Timeout 10
            Get-Event | Where-Object SourceIdentifier -Like "$source-*" | Remove-Event
        }
    }
    finally {
        Get-EventSubscriber | Where-Object SourceIdentifier -Like "$source-*" | Unregister-Event
        $watcher.Dispose()
    }
}

# Nobody may be there to answer, so the limit of the day takes the place of the question.
Read-NewImage (Resolve-Path -LiteralPath $Folder).ProviderPath | Select-Object -First $Count |
    New-KlingVideo -Prompt $Prompt -MaxCostPerDay $MaxCostPerDay -Resume -Confirm:$false -OutDirectory $OutDirectory

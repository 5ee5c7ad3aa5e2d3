#requires -Modules Kling

<#
.SYNOPSIS
    Makes a clip longer: its last frame becomes the image of another video, and ffmpeg joins both.
.DESCRIPTION
    Needs ffmpeg on the path. The new video is bought like any other.
.EXAMPLE
    ./examples/extend-clip.ps1 clips/dawn-4923cad8.mp4 -Prompt 'the sun climbs higher' -MaxCost 0.2
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Path,
    [Parameter(Mandatory)] [string] $Prompt,
    [decimal] $MaxCost = 0.2
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Command ffmpeg -CommandType Application -ErrorAction Ignore)) {
    throw 'This example needs ffmpeg, which is not on the path. Nothing was bought. Install it: apt install ffmpeg, brew install ffmpeg or winget install ffmpeg.'
}

$clip = Get-Item -LiteralPath $Path
$frame = Join-Path $clip.DirectoryName "$($clip.BaseName)-last.png"
$whole = Join-Path $clip.DirectoryName "$($clip.BaseName)-extended.mp4"

# The frames of the last second; each overwrites the one before.
ffmpeg -loglevel error -y -sseof -1 -i $clip.FullName -update 1 $frame
if ($LASTEXITCODE -ne 0) { throw "ffmpeg could not read the last frame of '$clip'. Nothing was bought." }

$next = New-KlingVideo -LiteralPath $frame -Prompt $Prompt -MaxCost $MaxCost -Resume -OutDirectory $clip.DirectoryName
$parts = New-TemporaryFile
Set-Content -LiteralPath $parts -Value ($clip.FullName, $next.File | ForEach-Object { "file '$($_.Replace("'", "'\''"))'" })
ffmpeg -loglevel error -y -f concat -safe 0 -i $parts.FullName -c copy $whole
if ($LASTEXITCODE -ne 0) { throw "ffmpeg could not join '$clip' and '$($next.File)'; both are there." }

Remove-Item -LiteralPath $parts
Get-Item -LiteralPath $whole

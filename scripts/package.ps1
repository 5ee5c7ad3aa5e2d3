#requires -Version 7.4

<#
.SYNOPSIS
    Makes the .nupkg of a module folder, such that the same files give the same bytes.
.DESCRIPTION
    The notes of the release go into a copy of the manifest, and Compress-PSResource makes the package. Its entries are then written again: in one order, uncompressed, without times, and
    without the name of the system that packed them. What is left depends on the module's files only.
.EXAMPLE
    ./scripts/package.ps1 -Module ./out/Kling -Destination ./out/package
#>
[CmdletBinding()]
[OutputType([IO.FileInfo])]
param(
    # The module's folder, as the build lays it out.
    [string] $Module = (Join-Path $PSScriptRoot '..' 'out' 'Kling'),

    # The folder that the package is written to.
    [string] $Destination = (Join-Path $PSScriptRoot '..' 'out' 'package'),

    # The notes are its newest section.
    [string] $Changelog = (Join-Path $PSScriptRoot '..' 'CHANGELOG.md')
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$source = (Get-Item -LiteralPath (Join-Path $Module '*.psd1' -Resolve)).FullName
$manifest = Test-ModuleManifest -Path $source
$notes = $manifest.PrivateData.PSData['ReleaseNotes'] ?? [regex]::Match((Get-Content -Raw -LiteralPath $Changelog), '(?s)\n## \[[^\n]*\n(.*?)(?=\n## \[|$)').Groups[1].Value.Trim()
if ($notes.Length -notin 1..35000) {
    throw "The notes of $($manifest.Name) $($manifest.Version) have $($notes.Length) characters. The gallery takes 1 to 35,000."
}

$null = New-Item -ItemType Directory -Force -Path $Destination
$work = (New-Item -ItemType Directory -Path (Join-Path ([IO.Path]::GetTempPath()) "kling-package-$([guid]::NewGuid())")).FullName
try {
    # A copy: the folder stays what the build made.
    $copy = Join-Path $work $manifest.Name
    Copy-Item -LiteralPath (Split-Path $source) -Destination $copy -Recurse
    if (-not $manifest.PrivateData.PSData['ReleaseNotes']) {
        $path = Join-Path $copy (Split-Path $source -Leaf)
        $text = [regex]::Replace((Get-Content -Raw -LiteralPath $path), "(?m)^( *)LicenseUri *=.*$", { "$($args[0].Value)`n$($args[0].Groups[1].Value)ReleaseNotes = @'`n$($notes.ReplaceLineEndings("`n"))`n'@" })
        Set-Content -LiteralPath $path -Value $text -NoNewline
        $null = Test-ModuleManifest -Path $path
    }

    $made = Compress-PSResource -Path $copy -DestinationPath $work -PassThru
    $path = Join-Path (Resolve-Path -LiteralPath $Destination).ProviderPath $made.Name
    Remove-Item -LiteralPath $path -ErrorAction Ignore
    $packed = [IO.Compression.ZipFile]::OpenRead($made.FullName)
    $target = [IO.Compression.ZipFile]::Open($path, 'Create')
    try {
        $entries = foreach ($entry in $packed.Entries) {
            $memory = [IO.MemoryStream]::new()
            $stream = $entry.Open()
            $stream.CopyTo($memory)
            $stream.Dispose()
            $name, $bytes = $entry.FullName, $memory.ToArray()

            # Three parts of the container name the system, have a name made by chance, or list the files as the disk did.
            if ($name -eq '[Content_Types].xml') {
                $lines = [Text.Encoding]::UTF8.GetString($bytes) -split '\r?\n'
                $types = [string[]] ($lines -match '<(Default|Override) ')
                [Array]::Sort($types, [StringComparer]::Ordinal)
                $next = 0
                $text = ($lines | ForEach-Object { $_ -match '<(Default|Override) ' ? $types[$next++] : $_ }) -join "`n"
                $bytes = [Text.Encoding]::UTF8.GetBytes($text)
            }
            elseif ($name -eq '_rels/.rels') {
                $text = [Text.Encoding]::UTF8.GetString($bytes) -replace '/core-properties/[0-9a-f]+\.psmdcp" Id="\w+"', "/core-properties/$($manifest.Name).psmdcp`" Id=`"RCoreProperties`""
                $bytes = [Text.Encoding]::UTF8.GetBytes($text)
            }
            elseif ($name -like '*.psmdcp') {
                $name = $name -replace '[^/]+\.psmdcp$', "$($manifest.Name).psmdcp"
                $text = [Text.Encoding]::UTF8.GetString($bytes) -replace '<lastModifiedBy>[^<]*<', '<lastModifiedBy>PSResourceGet<'
                $bytes = [Text.Encoding]::UTF8.GetBytes($text)
            }

            [pscustomobject]@{ Name = $name; Bytes = $bytes }
        }

        # One order on every machine, whatever its culture.
        $names = [string[]] $entries.Name
        [Array]::Sort($names, [StringComparer]::Ordinal)
        foreach ($name in $names) {
            # Uncompressed: compressors differ between processors and versions of .NET.
            $entry = $target.CreateEntry($name, [IO.Compression.CompressionLevel]::NoCompression)
            $entry.LastWriteTime = [DateTimeOffset]::new(1980, 1, 1, 0, 0, 0, [timespan]::Zero)
            $stream = $entry.Open()
            $stream.Write(($entries | Where-Object Name -CEQ $name).Bytes)
            $stream.Dispose()
        }
    }
    finally {
        $target.Dispose()
        $packed.Dispose()
    }

    Get-Item -LiteralPath $path
}
finally {
    Remove-Item -LiteralPath $work -Recurse -Force
}

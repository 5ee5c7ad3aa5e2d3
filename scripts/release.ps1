#requires -Version 7.4

<#
.SYNOPSIS
    Makes and tests a release in out/release, up to the push. With -Step Publish it pushes what is there.
.DESCRIPTION
    Check      the tag, the manifest and the CHANGELOG name one version, and no file differs from the commit.
    Build      the module folder and the package, once.
    Reproduce  the same commit, cloned and built in another folder, gives the same bytes.
    Sign       runs -SignScript on the module's folder and packs it again. Left out unless it is named.
    Lint       PSScriptAnalyzer finds nothing. Where it is not installed, a line says so; in CI that is an error.
    Try        publish, find, install, import, Pester, update and uninstall, against a folder instead of the gallery.
    Bom        the bill of materials: the packages it was built with, and the files it holds with their hashes.
    Sums       the notes of the release, and SHA256SUMS of everything.
    Publish    pushes the package to the gallery, after a look at its sum. Never done unless it is named.
.EXAMPLE
    ./scripts/release.ps1
    All steps but the last: nothing leaves this machine.
.EXAMPLE
    ./scripts/release.ps1 -Step Publish
    Needs the key in GALLERY_KEY.
#>
[CmdletBinding()]
param(
    [ValidateSet('Check', 'Build', 'Reproduce', 'Sign', 'Lint', 'Try', 'Bom', 'Sums', 'Publish')]
    [string[]] $Step = @('Check', 'Build', 'Reproduce', 'Lint', 'Try', 'Bom', 'Sums'),

    # The tag of the release, such as v1.2.3. Without one it is a rehearsal, and the CHANGELOG may say "Unreleased".
    [string] $Tag,

    # The project's public address; that of the manifest or of GitHub when left out.
    [string] $ProjectUri,

    # A script that signs the files of the folder it is given, for the step Sign. Signatures have a time: two clones no longer give one file.
    [string] $SignScript,

    # The folder of the release.
    [string] $Destination = (Join-Path $PSScriptRoot '..' 'out' 'release'),

    # The gallery that Publish pushes to.
    [string] $Repository = 'PSGallery',

    # The name or the manifest of Pester.
    [string] $Pester = 'Pester'
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$root = (Resolve-Path -LiteralPath (Join-Path $PSScriptRoot '..')).ProviderPath
$out = [IO.Path]::GetFullPath($Destination)
$module = Join-Path $root 'out' 'Kling'
$version = (Import-PowerShellDataFile (Join-Path $root 'Kling.psd1')).ModuleVersion
$package = Join-Path $out "Kling.$version.nupkg"
if ($ProjectUri) {
    $env:ProjectUri = $ProjectUri
}

# A tool that fails ends everything.
$PSNativeCommandUseErrorActionPreference = $true

function Write-Line([string] $Text) {
    Write-Information $Text -InformationAction Continue
}

function Get-Sum([string] $Path) {
    (Get-FileHash -LiteralPath $Path -Algorithm SHA256).Hash.ToLowerInvariant()
}

function Test-Release {
    $top = (Select-String -LiteralPath (Join-Path $root 'CHANGELOG.md') -Pattern '^## \[(.+?)\] - (.+)$')[0].Matches[0].Groups
    if ($top[1].Value -ne $version) {
        throw "The manifest has version $version. The CHANGELOG begins with $($top[1].Value)."
    }

    if ($Tag -and $Tag -cne "v$version") {
        throw "The tag $Tag is not v$version, the version of the manifest."
    }

    if ($Tag -and $top[2].Value -notmatch '^\d{4}-\d\d-\d\d$') {
        throw "The CHANGELOG gives $version no date: $($top[2].Value)."
    }

    $changed = git -C $root status --porcelain
    if ($Tag -and $changed) {
        throw "Files differ from the commit:`n$($changed -join "`n")"
    }

    $null = Test-ModuleManifest (Join-Path $root 'Kling.psd1')
    Write-Line "$version of $($top[2].Value), commit $(git -C $root rev-parse --short HEAD), .NET SDK $(dotnet --version), $(if ($Tag) { "tag $Tag" } elseif ($changed) { "a rehearsal; $(@($changed).Count) files differ from the commit" } else { 'a rehearsal' })"
}

function New-Package([string] $From, [string] $To) {
    & (Join-Path $From 'build.ps1') -Task Package | Out-Null
    Copy-Item -LiteralPath (Join-Path $From 'out' 'package' "Kling.$version.nupkg") -Destination $To
}

function Test-Reproduction {
    if (git -C $root status --porcelain -- src Kling.psd1 CHANGELOG.md LICENSE '*.props') {
        throw 'Commit first: a clone has the committed sources.'
    }

    $folder = (New-Item -ItemType Directory -Path (Join-Path ([IO.Path]::GetTempPath()) "kling-clone-$([guid]::NewGuid())")).FullName
    try {
        git clone --quiet --no-hardlinks $root (Join-Path $folder 'clone')
        New-Package (Join-Path $folder 'clone') $folder
        $sums = (Get-Sum $package), (Get-Sum (Join-Path $folder "Kling.$version.nupkg"))
        if ($sums[0] -ne $sums[1]) {
            throw "Two clones give two packages: $sums"
        }

        Write-Line "a clone in another folder gives the same $($sums[0])"
    }
    finally {
        Remove-Item -LiteralPath $folder -Recurse -Force
    }
}

function Test-Script {
    if (-not (Get-Module -ListAvailable PSScriptAnalyzer)) {
        if ($env:CI -eq 'true') {
            throw 'PSScriptAnalyzer is not installed.'
        }

        Write-Line 'not run here: PSScriptAnalyzer is not installed'
        return
    }

    $found = foreach ($path in 'build.ps1', 'scripts', 'examples', 'out/Kling') {
        Invoke-ScriptAnalyzer -Path (Join-Path $root $path) -Recurse -Severity Error, Warning
    }

    if ($found) {
        throw ($found | Format-Table ScriptName, Line, RuleName, Message -Wrap | Out-String)
    }

    Write-Line "$((Get-Module PSScriptAnalyzer).Version) finds nothing"
}

function New-Bom {
    $name = "Kling.$version.cdx.json"
    Push-Location $PSScriptRoot
    try {
        dotnet tool restore | Out-Null
        dotnet tool run dotnet-CycloneDX (Join-Path $root 'src' 'Kling' 'Kling.csproj') --disable-package-restore --no-serial-number --output-format Json --output $out --filename $name --set-name Kling --set-version $version --set-type Library | Out-Null
    }
    finally {
        Pop-Location
    }

    # The tool knows the packages; the files are ours.
    $path = Join-Path $out $name
    $bom = Get-Content -Raw -LiteralPath $path | ConvertFrom-Json -AsHashtable
    $archive = [IO.Compression.ZipFile]::OpenRead($package)
    try {
        $files = foreach ($entry in $archive.Entries) {
            $stream = $entry.Open()
            $sum = [Convert]::ToHexString([Security.Cryptography.SHA256]::HashData($stream)).ToLowerInvariant()
            $stream.Dispose()
            [ordered]@{ type = 'file'; name = $entry.FullName; 'bom-ref' = "file:$($entry.FullName)"; hashes = @(@{ alg = 'SHA-256'; content = $sum }) }
        }
    }
    finally {
        $archive.Dispose()
    }

    $packages = @($bom['components'])
    $bom['components'] = $packages + $files
    $bom | ConvertTo-Json -Depth 20 | Set-Content -LiteralPath $path
    Write-Line "$(@($packages).Count) packages, none of them shipped, and $(@($files).Count) files in $name"
}

function Write-Sum {
    # What the gallery shows is what the release says.
    $archive = [IO.Compression.ZipFile]::OpenRead($package)
    try {
        ([xml] [IO.StreamReader]::new($archive.GetEntry('Kling.nuspec').Open()).ReadToEnd()).package.metadata.releaseNotes | Set-Content -LiteralPath (Join-Path $out 'notes.md')
    }
    finally {
        $archive.Dispose()
    }

    $sums = Get-ChildItem -LiteralPath $out -File | Where-Object Name -NE 'SHA256SUMS' | Sort-Object Name | ForEach-Object { "$(Get-Sum $_.FullName)  $($_.Name)" }
    $sums | Set-Content -LiteralPath (Join-Path $out 'SHA256SUMS')
    $sums | ForEach-Object { Write-Line $_ }
}

function Publish-Release {
    if (-not $env:GALLERY_KEY) {
        throw 'The key of the gallery is to be in GALLERY_KEY.'
    }

    $listed = (Select-String -LiteralPath (Join-Path $out 'SHA256SUMS') -Pattern "^(\w+)  Kling\.$([regex]::Escape($version))\.nupkg`$").Matches[0].Groups[1].Value
    if ($listed -ne (Get-Sum $package)) {
        throw "$package is not the file that was tested: SHA256SUMS lists $listed."
    }

    Publish-PSResource -NupkgPath $package -Repository $Repository -ApiKey $env:GALLERY_KEY
    Write-Line "pushed $listed"
}

foreach ($one in $Step) {
    Write-Line "== $one"
    switch ($one) {
        'Check' { Test-Release }
        'Build' {
            if (Test-Path -LiteralPath $out) {
                Remove-Item -LiteralPath $out -Recurse -Force
            }

            $null = New-Item -ItemType Directory -Path $out
            New-Package $root $out
            Write-Line "$(Get-Sum $package)  $((Get-Item -LiteralPath $package).Name), $((Get-Item -LiteralPath $package).Length) bytes"
        }
        'Reproduce' { Test-Reproduction }
        'Sign' {
            & $SignScript $module
            & (Join-Path $PSScriptRoot 'package.ps1') -Module $module -Destination $out | Out-Null
            Write-Line "$(Get-Sum $package)  signed"
        }
        'Lint' { Test-Script }
        'Try' { & (Join-Path $PSScriptRoot 'test-package.ps1') -Package $package -Pester $Pester }
        'Bom' { New-Bom }
        'Sums' { Write-Sum }
        'Publish' { Publish-Release }
    }
}

if ($Step -notcontains 'Publish') {
    Write-Line 'Nothing was pushed.'
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    Use-Sandbox
    $script:folder = Join-Path $TestDrive 'shots'
    $null = [IO.Directory]::CreateDirectory($folder)
    $script:image = New-TestImage (Join-Path $folder 'shot.png')
    $script:odd = New-TestImage (Join-Path $folder 'odd [1].png')

    function Get-RequestCount {
        # How many requests of one task type the sandbox has answered.
        param([string] $TaskType)
        @((Get-KlingSandbox).Requests | Where-Object { @($_.TaskTypes) -contains $TaskType }).Count
    }

    function New-WidePng {
        # Writes the start of a PNG of this size, whole in its structure; its pixels are nonsense, which only a decoder could tell.
        param([string] $Path, [int] $Width, [int] $Height)
        $bytes = [IO.File]::ReadAllBytes($image)
        $out = [IO.MemoryStream]::new()
        $out.Write($bytes, 0, 16)
        $big = { param($number) $raw = [BitConverter]::GetBytes([int]$number); [Array]::Reverse($raw); $out.Write($raw, 0, 4) }
        & $big $Width
        & $big $Height
        $out.Write($bytes, 24, 5)
        $head = $out.ToArray()
        $crc = [uint32]::MaxValue
        for ($i = 12; $i -lt 29; $i++) {
            $crc = $crc -bxor $head[$i]
            for ($bit = 0; $bit -lt 8; $bit++) { $crc = if ($crc -band 1) { ($crc -shr 1) -bxor [uint32]3988292384 } else { $crc -shr 1 } }
        }
        $crc = $crc -bxor [uint32]::MaxValue
        foreach ($shift in 24, 16, 8, 0) { $out.WriteByte([byte](($crc -shr $shift) -band 255)) }
        $out.Write($bytes, 33, $bytes.Length - 33)
        [IO.File]::WriteAllBytes($Path, $out.ToArray())
        $Path
    }
}

AfterAll { Stop-KlingSandbox }

Describe 'Naming an image' {
    It 'takes <what>' -TestCases @(
        @{ what = 'a path relative to the location'; name = 'shots/shot.png'; kind = 'File' }
        @{ what = 'a path with a dot'; name = './shots/../shots/shot.png'; kind = 'File' }
        @{ what = 'an upper-case address'; name = 'HTTPS://example.com/a.png'; kind = 'Url' }
        @{ what = 'an upper-case media UUID'; name = '0B4A5D31-7AC0-4B6A-8B5E-2F1D6C9E7A10'; kind = 'Uuid' }
    ) {
        Push-Location "$TestDrive"
        try { $report = Test-KlingRequest $name } finally { Pop-Location }
        $report.ImageKind | Should -Be $kind
        if ($kind -eq 'File') { $report.ImageName | Should -Be $image }
    }

    It 'takes paths of a PSDrive, below another location, also with wildcards' {
        $provider = $ExecutionContext.SessionState.Provider.GetOne('FileSystem')
        $drive = [Management.Automation.PSDriveInfo]::new('klingshots', $provider, $folder, '', $null)
        $null = $ExecutionContext.SessionState.Drive.New($drive, 'Global')
        try {
            (Test-KlingRequest 'klingshots:/shot.png').ImageName | Should -Be $image
            @(Test-KlingRequest 'klingshots:/*.png').Count | Should -Be 2
            (Test-KlingRequest -LiteralPath 'klingshots:/odd [1].png').ImageName | Should -Be $odd
        }
        finally { $ExecutionContext.SessionState.Drive.Remove('klingshots', $true, 'Global') }
    }

    It 'takes literal paths as PowerShell does, however many follow each other and wherever the location is' {
        $provider = $ExecutionContext.SessionState.Provider.GetOne('FileSystem')
        $drive = [Management.Automation.PSDriveInfo]::new('klingshots', $provider, $folder, '', $null)
        $null = $ExecutionContext.SessionState.Drive.New($drive, 'Global')
        $names = 'shots/shot.png', './shots/shot.png', '.\shots\shot.png', 'shots/odd [1].png', 'shots/../shots/shot.png', 'shots//shot.png', 'shots/./shot.png', 'shot.png', 'shots/..', 'shots/',
            "$folder/shot.png", "FileSystem::$folder/shot.png", "Microsoft.PowerShell.Core\FileSystem::$folder/odd [1].png", 'klingshots:/shot.png', 'klingshots:shot.png', 'klingshots:/../shot.png',
            '~/kling.png', '/kling.png', '//kling.png', 'shots/~', 'shots/a:b.png', 'shots/ kling.png', 'shots/kling.png ', '..', '.'
        try {
            foreach ($place in "$TestDrive", $folder, 'klingshots:/') {
                Push-Location $place
                try {
                    # Some lead out of the drive, which PowerShell refuses.
                    $taken = @($names | Where-Object { try { $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($_) } catch { $false } })
                    $taken.Count | Should -BeGreaterThan 20
                    $expected = @($taken | ForEach-Object { $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($_) })
                    $found = @($taken | ForEach-Object { [pscustomobject]@{ LiteralPath = $_ } } | ForEach-Object {
                            ($_ | Test-KlingRequest).ImageName
                        })
                    $together = @($taken | ForEach-Object { [pscustomobject]@{ LiteralPath = $_ } } | Test-KlingRequest)
                }
                finally { Pop-Location }
                $found | Should -Be $expected
                @($together.ImageName) | Should -Be $expected
                @($together | Where-Object IsValid).ImageName | Should -Be @($expected | Where-Object { [IO.File]::Exists($_) })
            }
        }
        finally { $ExecutionContext.SessionState.Drive.Remove('klingshots', $true, 'Global') }
    }

    It 'takes the first image column of a row that holds something: <what>' -TestCases @(
        @{ what = 'Image before LiteralPath'; row = @{ Image = 'shots/shot.png'; LiteralPath = 'shots/odd [1].png' }; name = 'shot.png' }
        @{ what = 'LiteralPath where Image is empty'; row = @{ Image = ''; LiteralPath = 'shots/odd [1].png' }; name = 'odd [1].png' }
        @{ what = 'Uri where Image and ImageUrl are empty'; row = @{ Image = ' '; ImageUrl = $null; Uri = 'https://example.com/a.png' }; name = 'https://example.com/a.png' }
        @{ what = 'a number is no image'; row = @{ Image = 5 }; problem = 'Image: an object of type Int32 was given*' }
        @{ what = 'an object is no image'; row = @{ Image = [pscustomobject]@{ A = 1 } }; problem = 'Image: an object of type PSCustomObject was given*' }
        @{ what = 'an object among texts'; row = @{ Image = 'shots/shot.png', [pscustomobject]@{ A = 1 } }; problem = 'Image: an object of type PSCustomObject was given*' }
        @{ what = 'an empty list is none'; row = @{ Image = @() }; problem = 'Image: nothing was given*' }
        @{ what = 'a list of blanks is none'; row = @{ Image = '', ' ' }; problem = 'Image: nothing was given*' }
        @{ what = 'several'; row = @{ Image = 'shots/shot.png', 'https://example.com/a.png' }; name = 'shot.png', 'https://example.com/a.png' }
    ) {
        Push-Location "$TestDrive"
        try { $reports = @([pscustomobject]$row, [pscustomobject]@{ Image = 'shots/shot.png' } | Test-KlingRequest -ErrorVariable problems) } finally { Pop-Location }
        if (Test-Path Variable:problem) {
            $reports[0].Violations | Should -BeLike $problem
            $reports.IsValid | Should -Be $false, $true
        }
        else {
            $problems.Count | Should -Be 0
            $expected = @(foreach ($one in @($name)) { if ($one -like 'https:*') { $one } else { Join-Path $folder $one } })
            @($reports.ImageName) | Should -Be ($expected + $image)
        }
    }

    It 'refuses a row as the value of -Image: <command>' -TestCases @(@{ command = 'New-KlingVideo' }, @{ command = 'Test-KlingRequest' }, @{ command = 'Measure-KlingCost' }, @{ command = 'Send-KlingImage' }) {
        { & $command -Image ([pscustomobject]@{ Image = $image }) -ErrorAction Stop } | Should -Throw '*an object of type PSCustomObject was given*'
        { [pscustomobject]@{ Image = $image } | & $command -Image ([pscustomobject]@{ Image = $image }) -ErrorAction Stop } | Should -Throw '*an object of type PSCustomObject was given*'
    }

    It 'follows the location when it changes between two records' {
        $second = New-Item (Join-Path $TestDrive 'second') -ItemType Directory -Force
        $other = New-TestImage (Join-Path $second 'shot.png')
        try {
            Push-Location $folder
            $names = @(& { [pscustomobject]@{ LiteralPath = './shot.png' }; Push-Location $second; [pscustomobject]@{ LiteralPath = './shot.png' }; Pop-Location } | Test-KlingRequest).ImageName
        }
        finally { Pop-Location }
        $names | Should -Be @($image, $other)
    }

    It 'takes a path below the home folder' {
        $name = "kling-$([guid]::NewGuid()).png"
        $file = New-TestImage (Join-Path $HOME $name)
        try { (Test-KlingRequest "~/$name").ImageName | Should -Be $file } finally { [IO.File]::Delete($file) }
    }

    It 'takes file, Uri and Guid objects' {
        (Test-KlingRequest ([IO.FileInfo] $odd)).ImageName | Should -Be $odd
        ([IO.FileInfo] $odd | Test-KlingRequest).ImageName | Should -Be $odd
        (Test-KlingRequest ([uri] 'https://example.com/a.png')).ImageKind | Should -Be 'Url'
        ([uri] 'https://example.com/a.png' | Test-KlingRequest).ImageKind | Should -Be 'Url'
        ([guid]::NewGuid() | Test-KlingRequest).ImageKind | Should -Be 'Uuid'
        (Test-KlingRequest ([IO.FileInfo] $image), ([uri] 'https://example.com/a.png')).ImageKind -join ' ' | Should -Be 'File Url'
    }

    It 'says with -Verbose what a text was taken for, without its secret part' {
        $told = @(Test-KlingRequest $image, 'https://example.com/a.png?token=verysecret', '0b4a5d31-7ac0-4b6a-8b5e-2f1d6c9e7a10' -Verbose 4>&1 |
            Where-Object { $_ -is [Management.Automation.VerboseRecord] } | ForEach-Object { "$_" })
        "$told" | Should -BeLike '*shot.png is taken for a file: PNG, 640x360 pixels, * bytes*'
        "$told" | Should -BeLike '*is taken for an address, which the service fetches itself*'
        "$told" | Should -BeLike '*is taken for a media UUID*'
        "$told".Contains('verysecret') | Should -BeFalse
        (New-KlingVideo $image -WhatIf -Verbose 4>&1 | ForEach-Object { "$_" }) -join ' ' | Should -BeLike '*is taken for a file*'
    }

    It 'reads files for image parameters only' {
        $secret = Join-Path $folder 'prompt.txt'
        [IO.File]::WriteAllText($secret, 'what the file says')
        $report = Test-KlingRequest $image -Prompt $secret -WebhookUrl 'https://example.com/hook'
        @($report.Json | ConvertFrom-Json)[0].positivePrompt | Should -Be $secret
        $report.Json.Contains('what the file says') | Should -BeFalse
        $row = [pscustomobject]@{ Image = $image; Prompt = $image } | Test-KlingRequest
        @($row.Json | ConvertFrom-Json)[0].positivePrompt | Should -Be $image
    }
}

Describe 'Checking an image' {
    It 'shows format, size and transparency' {
        $report = Test-KlingRequest $image
        $report.ImageFormat | Should -Be 'PNG'
        "$($report.PixelWidth)x$($report.PixelHeight)" | Should -Be '640x360'
        $report.ImageBytes | Should -Be ([IO.FileInfo] $image).Length
        $report.HasAlpha | Should -BeFalse
        $report.CropPercent | Should -BeNullOrEmpty
    }

    It 'names what is wrong with a bad file of a wildcard, and buys none of it' {
        $mixed = Join-Path $TestDrive 'mixed'
        $null = [IO.Directory]::CreateDirectory($mixed)
        $null = New-TestImage (Join-Path $mixed 'a.png')
        [IO.File]::WriteAllBytes((Join-Path $mixed 'b.png'), [IO.File]::ReadAllBytes($image)[0..999])
        [IO.File]::WriteAllText((Join-Path $mixed 'c.png'), '%PDF-1.7 and so on')
        $null = New-TestImage (Join-Path $mixed 'd.png')
        $tasks = @(New-KlingVideo (Join-Path $mixed '*.png') -ErrorAction SilentlyContinue -ErrorVariable problems -WarningAction SilentlyContinue)
        $tasks.Count | Should -Be 0
        $problems.Count | Should -Be 2
        @(Get-ChildItem (Join-Path $mixed '*.png') | New-KlingVideo -ErrorAction SilentlyContinue -WarningAction SilentlyContinue).Count | Should -Be 2
        @($problems | ForEach-Object { $_.FullyQualifiedErrorId }) -join ' ' | Should -Be 'ImageUnusable,Kling.Cmdlets.NewKlingVideoCommand ImageUnusable,Kling.Cmdlets.NewKlingVideoCommand'
        ($problems | ForEach-Object { "$_" }) -join ' ' | Should -BeLike '*b.png* is a PNG image that is cut off: it ends after 1000 bytes*c.png* is a PDF document*'
        @(Send-KlingImage (Join-Path $mixed '*.png') -ErrorAction SilentlyContinue).Count | Should -Be 2
    }

    It 'says how much is cropped, and warns when it is more than a little' {
        $wide = New-WidePng (Join-Path $TestDrive 'wide.png') 1600 900
        $photo = New-WidePng (Join-Path $TestDrive 'photo.png') 1200 900
        $report = Test-KlingRequest $wide -AspectRatio Auto
        $report.CropPercent | Should -Be 0
        $report.Warnings.Count | Should -Be 0
        $report = Test-KlingRequest $photo -AspectRatio Auto
        $report.CropPercent | Should -Be 25
        @($report.Json | ConvertFrom-Json)[0].width | Should -Be 1280
        "$($report.Warnings)" | Should -BeLike '*an image of 1200x900 becomes 1280x720 (16:9), and 25 % of it, at top and bottom, is cropped*'
        "$((Test-KlingRequest $wide -Width 720 -Height 1280).Warnings)" | Should -BeLike '*68.4 % of it*1280x720 (16:9), which AspectRatio Auto takes, would crop 0 %*'
        (Test-KlingRequest $photo -AspectRatio Auto -Verbose 4>&1 | ForEach-Object { "$_" }) -join ' ' | Should -BeLike '*25 % of it*'
        $null = New-KlingVideo $photo -AspectRatio 16:9 -WhatIf -WarningVariable warnings
        $warnings.Count | Should -Be 1
    }

    It 'warns once of each kind, and counts the others' {
        $photos = 1..5 | ForEach-Object { New-WidePng (Join-Path $TestDrive "big$_.png") 4000 3000 }
        $null = $photos | New-KlingVideo -AspectRatio Auto -WhatIf -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings.Count | Should -Be 4
        "$($warnings[0])" | Should -BeLike '*big1.png*4000x3000*300 to 2048 pixels*'
        "$($warnings[1])" | Should -BeLike '*big1.png*25 % of it*'
        "$($warnings[2])" | Should -Be '4 more items with a warning about the size of the image. Test-KlingRequest shows each.'
        "$($warnings[3])" | Should -Be '4 more items with a warning about the crop. Test-KlingRequest shows each.'
        @(($photos | Test-KlingRequest -AspectRatio Auto).Warnings).Count | Should -Be 10
        $null = $photos | Send-KlingImage -WhatIf -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings.Count | Should -Be 2
    }
}

Describe '-Upload' {
    It 'sends one photo once for 50 variations, and once more when the service forgot it, with no failed task' {
        $photo = New-TestImage (Join-Path $TestDrive 'fifty.png')
        $before = Get-RequestCount mediaStorage
        $tasks = @(New-KlingVideo $photo -Prompt (1..50 | ForEach-Object { "variation $_" }) -MaxCost 20 -ThrottleLimit 50 -ErrorVariable problems)
        $tasks.Count | Should -Be 50
        $problems.Count | Should -Be 0
        (Get-RequestCount mediaStorage) - $before | Should -Be 1
        @($tasks | Where-Object { $_.Image -ne $photo }).Count | Should -Be 0

        Use-Sandbox -Fault ForgottenMedia
        $null = Send-KlingImage $photo
        $before = Get-RequestCount mediaStorage
        $again = @(New-KlingVideo $photo -Prompt (1..50 | ForEach-Object { "variation $_" }) -MaxCost 20 -ThrottleLimit 50 -Wait -ErrorVariable problems)
        $again.Count | Should -Be 50
        $problems.Count | Should -Be 0
        @($again | Where-Object { "$($_.Status)" -ne 'Succeeded' }).Count | Should -Be 0
        (Get-RequestCount mediaStorage) - $before | Should -Be 1
        @((Get-KlingSandbox).Charges).Count | Should -Be 50
        "$($again[0].ImageSha256)" | Should -Be "$($tasks[0].ImageSha256)"
    }

    It '<mode>: <uploads> uploads for <rows> rows of one photo' -TestCases @(
        @{ mode = 'Auto'; rows = 5; uploads = 1 }, @{ mode = 'Auto'; rows = 1; uploads = 0 }
        @{ mode = 'Always'; rows = 5; uploads = 1 }, @{ mode = 'Always'; rows = 1; uploads = 1 }
        @{ mode = 'never'; rows = 5; uploads = 0 }
    ) {
        $photo = New-TestImage (Join-Path $TestDrive "$([guid]::NewGuid()).png")
        $before = Get-RequestCount mediaStorage
        $tasks = @(1..$rows | ForEach-Object { [pscustomobject]@{ Image = $photo; Prompt = "row $_" } } | New-KlingVideo -Upload $mode)
        $tasks.Count | Should -Be $rows
        (Get-RequestCount mediaStorage) - $before | Should -Be $uploads
    }

    It 'Auto uses what the service already keeps' {
        $photo = New-TestImage (Join-Path $TestDrive 'kept.png')
        $null = Send-KlingImage $photo
        $before = Get-RequestCount mediaStorage
        $told = @(New-KlingVideo $photo -Verbose 4>&1 | ForEach-Object { "$_" })
        "$told" | Should -BeLike '*the service keeps it as*'
        (Get-RequestCount mediaStorage) - $before | Should -Be 0
    }

    It 'a forgotten media UUID is sent again from its file' {
        $photo = New-TestImage (Join-Path $TestDrive 'given.png')
        Use-Sandbox -Fault ForgottenMedia
        $sent = Send-KlingImage $photo
        $task = New-KlingVideo "$($sent.MediaUUID)" -Wait
        "$($task.Status)" | Should -Be 'Succeeded'
        Get-RequestCount mediaStorage | Should -Be 2
        @((Get-KlingSandbox).Charges).Count | Should -Be 1
    }

    It 'is the same purchase in every form, for -Resume' {
        $photo = New-TestImage (Join-Path $TestDrive 'forms.png')
        $bought = New-KlingVideo $photo -Upload Always -Wait
        (New-KlingVideo $photo -Upload Never -Resume -Wait).TaskId | Should -Be $bought.TaskId
    }

    It 'sends nothing with -WhatIf' {
        $before = @((Get-KlingSandbox).Requests).Count
        New-KlingVideo (New-TestImage (Join-Path $TestDrive 'whatif.png')) -Upload Always -Prompt a, b -WhatIf
        @((Get-KlingSandbox).Requests).Count | Should -Be $before
    }

    It 'an upload that fails is an error of its item with Always, and nothing is bought' {
        Use-Sandbox -Fault 'Unauthorized401:Any:1'
        { New-KlingVideo (New-TestImage (Join-Path $TestDrive 'fails.png')) -Upload Always } | Should -Throw
        (Get-KlingSandbox).TaskCount | Should -Be 0
        { New-KlingVideo $image -Upload Sometimes } | Should -Throw -ErrorId 'ParameterArgumentTransformationError,Kling.Cmdlets.NewKlingVideoCommand'
    }

    It 'completes its values' {
        $text = 'New-KlingVideo -Upload A'
        @((TabExpansion2 -inputScript $text -cursorColumn $text.Length).CompletionMatches | ForEach-Object { $_.CompletionText }) -join ' ' | Should -Be 'Always Auto'
    }
}

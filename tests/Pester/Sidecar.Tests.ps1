BeforeAll {
    . $PSScriptRoot/Common.ps1
    Use-Sandbox
    $script:image = New-TestImage (Join-Path $TestDrive 'shot.png')

    function Get-Downloads { @((Get-KlingSandbox).Requests | Where-Object { "$($_.Path)" -like '*.mp4*' -or "$($_.Path)" -like '*/video*' }).Count }
}

AfterAll { Stop-KlingSandbox }

Describe 'Sidecars' {
    It 'stand beside each video and say where it came from' {
        $folder = Join-Path $TestDrive 'beside'
        $task = New-KlingVideo $image -Prompt 'slow "dolly" in' -Duration 10 -NumberResults 2 -OutDirectory $folder
        foreach ($video in $task.Videos) {
            $sidecar = [IO.Path]::ChangeExtension($video.File, 'kling.json')
            $sidecar | Should -Exist
            $row = [IO.File]::ReadAllText($sidecar) | ConvertFrom-Json
            $row.VideoId | Should -Be $video.VideoId
            $row.Seed | Should -Be $video.Seed
            $row.TaskId | Should -Be "$($task.TaskId)"
            $row.Prompt | Should -Be 'slow "dolly" in'
            $row.Image | Should -Be '../shot.png'
            $row.ImageSha256 | Should -Be $task.ImageSha256
            $row.Cost | Should -Be $task.Cost
            $row.FileBytes | Should -Be ([IO.FileInfo]::new($video.File).Length)
            $row.ModuleVersion | Should -Be "$((Get-Module Kling).Version)"
        }
    }

    It 'make the same request again when piped from their folder' {
        $odd = New-TestImage (Join-Path $TestDrive 'odd [1] name.png')
        $given = @{ Prompt = 'pan, "left" - $x'; Duration = 10; AspectRatio = '1:1'; CfgScale = 0.7; NumberResults = 2; OutputFormat = 'WEBM'
            OutputQuality = 80; CheckContent = $true; SafetyMode = 'fast'; Ttl = 3600 }
        $folder = Join-Path $TestDrive 'again'
        $task = New-KlingVideo -LiteralPath $odd @given -OutDirectory $folder
        $before = (Test-KlingRequest -LiteralPath $odd @given).Json
        Push-Location $folder
        try {
            $sidecar = [IO.Path]::ChangeExtension($task.File, 'kling.json')
            $report = Get-Content -LiteralPath $sidecar -Raw | ConvertFrom-Json | Test-KlingRequest -WarningVariable warnings
            $report.Json | Should -Be $before
            $report.IsValid | Should -Be $true
            @($warnings).Count | Should -Be 0
        }
        finally { Pop-Location }
    }

    It 'of a plain request leave out what was left out' {
        $folder = Join-Path $TestDrive 'plain'
        $task = New-KlingVideo $image -OutDirectory $folder
        Push-Location $folder
        try {
            $report = Get-Content -LiteralPath ([IO.Path]::ChangeExtension($task.File, 'kling.json')) -Raw | ConvertFrom-Json | Test-KlingRequest
            $report.Json | Should -Be (Test-KlingRequest $image).Json
        }
        finally { Pop-Location }
    }

    It 'are switched off by -NoSidecar' {
        $folder = Join-Path $TestDrive 'none'
        $task = New-KlingVideo $image -OutDirectory $folder -NoSidecar
        $task.File | Should -Exist
        $null = $task | Save-KlingVideo -OutDirectory (Join-Path $TestDrive 'none-either') -NoSidecar
        @([IO.Directory]::GetFiles($TestDrive, '*.kling.json', 'AllDirectories') | Where-Object { $_ -like '*none*' }).Count | Should -Be 0
    }

    It 'never replace a file without -Force, and the video stays saved' {
        $folder = Join-Path $TestDrive 'taken'
        $null = [IO.Directory]::CreateDirectory($folder)
        $mine = Join-Path $folder 'clip.kling.json'
        [IO.File]::WriteAllText($mine, 'mine')
        $task = New-KlingVideo $image -OutDirectory $folder -FileName clip -ErrorAction SilentlyContinue -ErrorVariable problems
        @($problems)[0].FullyQualifiedErrorId | Should -BeLike 'FileExists,*'
        "$($task.Status)" | Should -Be 'Succeeded'
        $task.File | Should -Exist
        [IO.File]::ReadAllText($mine) | Should -Be 'mine'
    }
}

Describe '-FileName' {
    It 'names the files, and several videos of a task apart' {
        $folder = Join-Path $TestDrive 'named'
        $task = New-KlingVideo $image -Prompt 'Slow dolly: in/out' -NumberResults 2 -FileName '{Prompt} {Duration}s' -OutDirectory $folder
        [IO.Path]::GetFileName($task.Videos[0].File) | Should -Be 'slow-dolly-in-out 5s.mp4'
        [IO.Path]::GetFileName($task.Videos[1].File) | Should -Be 'slow-dolly-in-out 5s-2.mp4'
    }

    It 'alone saves to the current location' {
        $folder = Join-Path $TestDrive 'here'
        $null = [IO.Directory]::CreateDirectory($folder)
        Push-Location $folder
        try { $task = New-KlingVideo $image -FileName 'take {Index}' }
        finally { Pop-Location }
        $task.File | Should -Be (Join-Path $folder 'take 1.mp4')
    }

    It 'keeps two tasks of one command apart, also with -Force' {
        $folder = Join-Path $TestDrive 'apart'
        $tasks = @($image, $image | New-KlingVideo -FileName same -OutDirectory $folder -Force)
        @($tasks.File | Sort-Object -Unique).Count | Should -Be 2
        foreach ($task in $tasks) { $task.File | Should -Exist }
    }

    It 'refuses <template> before anything is sent' -TestCases @(
        @{ template = '{Promt}' }, @{ template = '../{Source}' }, @{ template = 'a\b' }, @{ template = '{Date:%}' }
    ) {
        $before = (Get-KlingSandbox).TaskCount
        { New-KlingVideo $image -FileName $template -ErrorAction Stop } | Should -Throw '*FileName*{Source}*{Seed}*'
        { New-KlingVideo $image -FileName $template -WhatIf -ErrorAction Stop } | Should -Throw '*FileName*'
        (Get-KlingSandbox).TaskCount | Should -Be $before
    }
}

Describe 'Save-KlingVideo' {
    It 'fetches a video again that was recorded as whole and is cut off' {
        $task = New-KlingVideo $image -OutDirectory (Join-Path $TestDrive 'cut')
        $whole = [IO.File]::ReadAllBytes($task.File)

        # As a version that believed the host would have left it: file, sidecar and record agree.
        [IO.File]::WriteAllBytes($task.File, $whole[0..($whole.Length - 100)])
        $sidecar = [IO.Path]::ChangeExtension($task.File, 'kling.json')
        $text = [IO.File]::ReadAllText($sidecar).Replace("`"FileBytes`": $($whole.Length)", "`"FileBytes`": $($whole.Length - 99)")
        [IO.File]::WriteAllText($sidecar, $text)
        $file = $task | Save-KlingVideo -OutDirectory (Join-Path $TestDrive 'cut')
        $file.FullName | Should -Be $task.File
        [IO.File]::ReadAllBytes($file.FullName) | Should -Be $whole
        ([IO.File]::ReadAllText($sidecar) | ConvertFrom-Json).FileBytes | Should -Be $whole.Length
    }

    It 'does not fetch again what is already there and whole' {
        $folder = Join-Path $TestDrive 'whole'
        $task = New-KlingVideo $image -OutDirectory $folder
        $before = @((Get-KlingSandbox).Requests).Count
        $stamp = [IO.File]::GetLastWriteTimeUtc($task.File)
        $files = @(Save-KlingVideo -TaskId $task.TaskId -OutDirectory $folder)
        $files.Count | Should -Be 1
        $files[0].FullName | Should -Be $task.File
        [IO.File]::GetLastWriteTimeUtc($task.File) | Should -Be $stamp
        @((Get-KlingSandbox).Requests).Count | Should -Be $before
    }

    It 'knows a file by its sidecar, too' {
        $folder = Join-Path $TestDrive 'known'
        $task = New-KlingVideo $image -OutDirectory $folder
        $task.Videos[0].File = $null
        $task.Videos[0].FileBytes = $null
        $before = @((Get-KlingSandbox).Requests).Count
        $file = $task | Save-KlingVideo -OutDirectory $folder
        $file.FullName | Should -Exist
        @((Get-KlingSandbox).Requests).Count | Should -Be $before
    }

    It 'records where each file is' {
        $task = New-KlingVideo $image -Wait
        $file = Save-KlingVideo -TaskId $task.TaskId -OutDirectory (Join-Path $TestDrive 'recorded')
        $known = Get-KlingTask -TaskId $task.TaskId -Local
        $known.File | Should -Be $file.FullName
        $known.Videos[0].FileBytes | Should -Be $file.Length
    }

    It 'asks a host again that has no video yet, just after the end' {
        Use-Sandbox -Fault 'ExpiredDownload', 'ExpiredDownload', 'ExpiredDownload'
        $task = New-KlingVideo $image -OutDirectory (Join-Path $TestDrive 'early')
        $task.File | Should -Exist
        Use-Sandbox
    }

    It 'asks for a fresh address once when the host refuses the old one' {
        Use-Sandbox -Fault 'ExpiredDownload'
        $task = New-KlingVideo $image -Wait
        $task.CompletedAt = [DateTimeOffset]::UtcNow.AddHours(-1)
        ($task | Save-KlingVideo -OutDirectory (Join-Path $TestDrive 'fresh')).FullName | Should -Exist
        Use-Sandbox -Fault 'ExpiredDownload', 'ExpiredDownload'
        $task = New-KlingVideo $image -Wait
        $task.CompletedAt = [DateTimeOffset]::UtcNow.AddHours(-1)
        $none = $task | Save-KlingVideo -OutDirectory (Join-Path $TestDrive 'gone') -ErrorAction SilentlyContinue -ErrorVariable problems
        $none | Should -BeNullOrEmpty
        @($problems).Count | Should -Be 1
        @($problems)[0].FullyQualifiedErrorId | Should -BeLike 'DownloadFailed,*'
        ($task | Save-KlingVideo -OutDirectory (Join-Path $TestDrive 'gone')).FullName | Should -Exist
        Use-Sandbox
    }

    It 'takes videos without their task' {
        $task = New-KlingVideo $image -NumberResults 2 -Wait
        $files = @($task.Videos | Save-KlingVideo -OutDirectory (Join-Path $TestDrive 'stray'))
        $files.Count | Should -Be 2
        @($files.Name | Sort-Object) | Should -Be @($task.Videos.VideoId | ForEach-Object { "$_.mp4" } | Sort-Object)
        $files[0].Video | Should -BeOfType ([Kling.Models.KlingVideo])
        { $task.Videos | Save-KlingVideo -FileName '{Prompt}' -ErrorAction Stop } | Should -Throw '*{Prompt}*'
    }

    It 'a journal that cannot be written is an error, and the file stays' {
        $tasks = @($image, $image | New-KlingVideo -Wait)
        $folder = Join-Path $TestDrive 'unrecorded'
        $history = @([IO.Directory]::GetFiles($env:KLING_HOME, '*.jsonl', 'AllDirectories'))
        $held = @($history | ForEach-Object { [IO.FileStream]::new($_, 'Open', 'ReadWrite', 'None') })
        try { $files = @($tasks | Save-KlingVideo -OutDirectory $folder -ErrorAction SilentlyContinue -ErrorVariable problems) }
        finally { foreach ($stream in $held) { $stream.Dispose() } }
        $files.Count | Should -Be 2
        $files[0].FullName | Should -Exist
        @($problems)[0].FullyQualifiedErrorId | Should -BeLike 'JournalUnusable,*'
    }
}

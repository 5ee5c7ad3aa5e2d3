BeforeAll {
    . $PSScriptRoot/Common.ps1
    Use-Sandbox
    $script:image = New-TestImage (Join-Path $TestDrive 'shot.png')
}

AfterAll { Stop-KlingSandbox }

Describe 'Cells of a row' {
    It 'an empty <name> stays off the wire' -TestCases @(
        @{ name = 'Prompt' }, @{ name = 'Duration' }, @{ name = 'Width' }, @{ name = 'Height' }, @{ name = 'AspectRatio' }
        @{ name = 'CfgScale' }, @{ name = 'NumberResults' }, @{ name = 'OutputFormat' }, @{ name = 'OutputQuality' }
        @{ name = 'CheckContent' }, @{ name = 'SafetyMode' }, @{ name = 'Ttl' }, @{ name = 'WebhookUrl' }
        @{ name = 'UploadEndpoint' }, @{ name = 'Model' }, @{ name = 'IncludeCost' }
    ) {
        $plain = [pscustomobject]@{ Image = $image } | Test-KlingRequest
        foreach ($empty in '', '   ', $null) {
            $report = [pscustomobject]@{ Image = $image; $name = $empty } | Test-KlingRequest -ErrorVariable problems
            $problems.Count | Should -Be 0
            $report.IsValid | Should -BeTrue
            $report.Json | Should -Be $plain.Json
        }
    }

    It 'an unreadable <name> is an error of its row, and nothing is sent for it' -TestCases @(
        @{ name = 'Duration'; text = 'five' }, @{ name = 'Width'; text = '12x' }, @{ name = 'Height'; text = '720.5' }
        @{ name = 'AspectRatio'; text = 'wide' }, @{ name = 'CfgScale'; text = 'half' }, @{ name = 'NumberResults'; text = 'two' }
        @{ name = 'OutputFormat'; text = 'AVI' }, @{ name = 'OutputQuality'; text = '95%' }, @{ name = 'CheckContent'; text = 'yes' }
        @{ name = 'SafetyMode'; text = 'strict' }, @{ name = 'Ttl'; text = '1h' }, @{ name = 'WebhookUrl'; text = 'not an address' }
        @{ name = 'UploadEndpoint'; text = 'ftp://x/y' }, @{ name = 'Model'; text = 'klingai:9@9' }, @{ name = 'IncludeCost'; text = 'maybe' }
    ) {
        $before = (Get-KlingSandbox).TaskCount
        $rows = [pscustomobject]@{ Image = $image; $name = $text }, [pscustomobject]@{ Image = $image; $name = '' }
        $tasks = @($rows | New-KlingVideo -ErrorAction SilentlyContinue -ErrorVariable problems -WarningAction SilentlyContinue)
        $problems.Count | Should -Be 1
        "$($problems[0])" | Should -Match $name
        "$($problems[0])" | Should -BeLike "*$text*"
        $tasks.Count | Should -Be 1
        (Get-KlingSandbox).TaskCount | Should -Be ($before + 1)
    }

    It 'a comma-decimal <name> is an error of its row, and nothing is sent for it' -TestCases @(
        @{ name = 'CfgScale'; text = '0,5' }, @{ name = 'Duration'; text = '5,0' }, @{ name = 'Width'; text = '1,280' }
        @{ name = 'NumberResults'; text = '1,0' }, @{ name = 'OutputQuality'; text = '9,5' }, @{ name = 'Ttl'; text = '3,600' }
    ) {
        $before = (Get-KlingSandbox).TaskCount
        $tasks = @([pscustomobject]@{ Image = $image; $name = $text } | New-KlingVideo -ErrorAction SilentlyContinue -ErrorVariable problems)
        $problems.Count | Should -Be 1
        "$($problems[0])" | Should -BeLike "*$name*$text*"
        $tasks.Count | Should -Be 0
        (Get-KlingSandbox).TaskCount | Should -Be $before
    }

    It 'reads numbers and booleans as a CSV writes them' {
        $row = [pscustomobject]@{
            Image = $image; Prompt = 'slow dolly in, left'; Duration = '10'; Width = '720'; Height = '1280'; CfgScale = '0.61'
            NumberResults = '2'; OutputFormat = 'webm'; OutputQuality = '80'; CheckContent = 'TRUE'; SafetyMode = 'fast'; Ttl = '3600'
        }
        $wire = ($row | Test-KlingRequest).Json
        foreach ($part in '"positivePrompt": "slow dolly in, left"', '"duration": 10', '"width": 720', '"height": 1280', '"CFGScale": 0.61',
            '"numberResults": 2', '"outputFormat": "WEBM"', '"outputQuality": 80', '"checkContent": true', '"mode": "fast"', '"ttl": 3600') {
            $wire.Contains($part) | Should -BeTrue -Because "the request must hold $part"
        }
    }

    It 'binds the aliases of the request parameters' {
        $row = [pscustomobject]@{ ImageUrl = 'https://example.com/a.png'; PositivePrompt = 'pan'; Count = '3'; TtlSeconds = '60' }
        $report = $row | Test-KlingRequest
        $report.ImageKind | Should -Be 'Url'
        $report.Json | Should -Match '"positivePrompt": "pan"'
        $report.Json | Should -Match '"numberResults": 3'
        $report.Json | Should -Match '"ttl": 60'
    }

    It 'takes the filled one of two image columns' {
        $id = '0b4a5d31-7ac0-4b6a-8b5e-2f1d6c9e7a10'
        $report = [pscustomobject]@{ ImageUrl = ''; ImageUUID = $id } | Test-KlingRequest
        $report.ImageKind | Should -Be 'Uuid'
    }

    It 'names the missing column when a row has no image' {
        $before = (Get-KlingSandbox).TaskCount
        $rows = [pscustomobject]@{ Img = $image; Prompt = 'pan' }, [pscustomobject]@{ Image = $image; Prompt = 'zoom' }
        $tasks = @($rows | New-KlingVideo -ErrorAction SilentlyContinue -ErrorVariable problems -WarningAction SilentlyContinue)
        $problems.Count | Should -Be 1
        "$($problems[0])" | Should -Match 'Image'
        $tasks.Count | Should -Be 1
        $tasks[0].Prompt | Should -Be 'zoom'
        (Get-KlingSandbox).TaskCount | Should -Be ($before + 1)
    }

    It 'warns once about a column close to a parameter' {
        $rows = 1..3 | ForEach-Object { [pscustomobject]@{ Image = $image; Promt = "p$_" } }
        $null = $rows | Test-KlingRequest -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings.Count | Should -Be 1
        "$($warnings[0])" | Should -BeLike "*Promt*Prompt*"
    }

    It 'carries the other columns of the row onto the task and never replaces one of its own' {
        $task = [pscustomobject]@{ Image = $image; Prompt = 'pan'; Scene = '12a'; Status = 'mine' } | New-KlingVideo
        $task.Scene | Should -Be '12a'
        "$($task.Status)" | Should -Be 'Processing'
    }

    It 'never takes the task id from the pipeline' {
        $old = New-KlingVideo $image
        $new = $old | New-KlingVideo
        $new.TaskId | Should -Not -Be $old.TaskId
    }
}

Describe 'Images' {
    It 'takes <kind> for what it is' -TestCases @(
        @{ kind = 'Url'; text = 'https://example.com/a.png?x=1' }
        @{ kind = 'Uuid'; text = '0b4a5d31-7ac0-4b6a-8b5e-2f1d6c9e7a10' }
    ) {
        (Test-KlingRequest $text).ImageKind | Should -Be $kind
    }

    It 'takes base64 and data URIs of an image' {
        $base64 = [Convert]::ToBase64String([IO.File]::ReadAllBytes($image))
        (Test-KlingRequest $base64).ImageKind | Should -Be 'Base64'
        (Test-KlingRequest "data:image/png;base64,$base64").ImageKind | Should -Be 'DataUri'
    }

    It 'takes wildcards, piped files and names with brackets' {
        $folder = Join-Path $TestDrive 'set'
        $null = [IO.Directory]::CreateDirectory($folder)
        foreach ($name in 'a.png', 'b[1].png', 'c.png') { $null = New-TestImage (Join-Path $folder $name) }
        @(Test-KlingRequest (Join-Path $folder '*.png')).Count | Should -Be 3
        @(Get-ChildItem (Join-Path $folder '*.png') | Test-KlingRequest).Count | Should -Be 3
        $literal = @(Test-KlingRequest -LiteralPath (Join-Path $folder 'b[1].png'))
        $literal.Count | Should -Be 1
        $literal[0].IsValid | Should -BeTrue
        $asFile = @(Test-KlingRequest -Image ([IO.FileInfo](Join-Path $folder 'b[1].png')))
        $asFile[0].ImageName | Should -Be (Join-Path $folder 'b[1].png')
    }

    It 'a prompt that equals a file name stays text' {
        (Test-KlingRequest $image -Prompt $image).Json.Contains('"positivePrompt": ') | Should -BeTrue
    }
}

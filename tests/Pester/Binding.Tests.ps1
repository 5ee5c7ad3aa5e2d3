BeforeDiscovery {
    # One cell that cannot be read and one with a decimal comma for each parameter that binds by property name; a prompt can be any text.
    $cells = @(
        @{ name = 'Image'; texts = 'no-such.png', '0,5' }, @{ name = 'LiteralPath'; texts = 'no-such.png', '0,5' }
        @{ name = 'Prompt'; texts = @() }, @{ name = 'Duration'; texts = 'five', '5,0' }, @{ name = 'Width'; texts = '12x', '1,280' }
        @{ name = 'Height'; texts = '720.5', '7,20' }, @{ name = 'AspectRatio'; texts = 'wide', '1,5' }, @{ name = 'CfgScale'; texts = 'half', '0,5' }
        @{ name = 'NumberResults'; texts = 'two', '1,0' }, @{ name = 'OutputFormat'; texts = 'AVI', 'MP,4' }, @{ name = 'OutputQuality'; texts = '95%', '9,5' }
        @{ name = 'CheckContent'; texts = 'yes', '0,1' }, @{ name = 'SafetyMode'; texts = 'strict', 'fa,st' }, @{ name = 'Ttl'; texts = '1h', '3,600' }
        @{ name = 'WebhookUrl'; texts = 'not an address', '0,5' }, @{ name = 'UploadEndpoint'; texts = 'ftp://x/y', '0,5' }
        @{ name = 'LastImage'; texts = 'no-such.png', '0,5' }, @{ name = 'NegativePrompt'; texts = @() }, @{ name = 'Resolution'; texts = '8K', '1,5' }
        @{ name = 'Sound'; texts = 'loud', '0,1' }, @{ name = 'Setting'; texts = 'no json', '0,5' }
        @{ name = 'Model'; texts = 'klingai:9@9', 'klingai:5,1' }, @{ name = 'IncludeCost'; texts = 'maybe', '1,0' }
    )
    $unreadable = foreach ($cell in $cells) {
        foreach ($text in $cell.texts) { @{ name = $cell.name; text = $text; named = $cell.name.Replace('LiteralPath', 'Image') } }
    }
    $every = @(@{ names = @($cells | ForEach-Object { $_.name }) })
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    Use-Sandbox
    $script:image = New-TestImage (Join-Path $TestDrive 'shot.png')
}

AfterAll { Stop-KlingSandbox }

Describe 'Cells of a row' {
    It 'every parameter that binds by property name is in the table of cells' -TestCases $every {
        $binds = foreach ($parameter in (Get-Command New-KlingVideo).Parameters.Values) {
            if (@($parameter.ParameterSets.Values | Where-Object { $_.ValueFromPipelineByPropertyName }).Count -gt 0) { $parameter.Name }
        }

        (@($binds | Sort-Object) -join ',') | Should -Be (@($names | Sort-Object) -join ',')
    }

    It 'an empty <name> stays off the wire' -TestCases $cells {
        $base = if ($name -eq 'Image') { @{ LiteralPath = $image } } else { @{ Image = $image } }
        $plain = [pscustomobject] $base | Test-KlingRequest
        foreach ($empty in '', '   ', $null) {
            $base[$name] = $empty
            $report = [pscustomobject] $base | Test-KlingRequest -ErrorVariable problems
            $problems.Count | Should -Be 0
            $report.IsValid | Should -BeTrue
            $report.Json | Should -Be $plain.Json
        }
    }

    It 'an unreadable <name> (<text>) is an error of its row, and nothing is sent for it' -TestCases $unreadable {
        $base = if ($name -eq 'LiteralPath') { @{} } else { @{ Image = $image } }
        $base[$name] = $text
        $before = (Get-KlingSandbox).TaskCount
        $rows = [pscustomobject] $base, [pscustomobject]@{ Image = $image; Prompt = 'the other row' }
        $tasks = @($rows | New-KlingVideo -ErrorAction SilentlyContinue -ErrorVariable problems -WarningAction SilentlyContinue)
        $problems.Count | Should -Be 1
        "$($problems[0])" | Should -Match $named
        "$($problems[0])".Contains($text) | Should -BeTrue -Because 'the error must say what was given'
        $tasks.Count | Should -Be 1
        $tasks[0].Prompt | Should -Be 'the other row'
        (Get-KlingSandbox).TaskCount | Should -Be ($before + 1)
    }

    It 'a row whose only image column is an empty LiteralPath has no image' {
        $null = [pscustomobject]@{ LiteralPath = ''; Prompt = 'pan' } | New-KlingVideo -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems.Count | Should -Be 1
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'ImageMissing,*'
    }

    It 'a prompt is taken as it is written, commas too' {
        ([pscustomobject]@{ Image = $image; Prompt = '0,5' } | Test-KlingRequest).Json.Contains('"positivePrompt": "0,5"') | Should -BeTrue
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
        $row = [pscustomobject]@{ ImageUrl = 'https://example.com/a.png'; PositivePrompt = 'pan'; NumberResults = '3'; TtlSeconds = '60' }
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

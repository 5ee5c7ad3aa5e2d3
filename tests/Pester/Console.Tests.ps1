BeforeAll {
    . $PSScriptRoot/Common.ps1
    Use-Sandbox
    $script:image = New-TestImage (Join-Path $TestDrive 'shot.png')

    function Get-Completion {
        param([string] $Text)
        @((TabExpansion2 -inputScript $Text -cursorColumn $Text.Length).CompletionMatches)
    }
}

AfterAll { Stop-KlingSandbox }

Describe 'What is exported' {
    It 'says what is in a list, never the name of its type: <what>' -TestCases @(
        @{ what = 'a task'; script = { New-KlingVideo $image -NumberResults 2 -Wait }; expected = '*http*.mp4; http*.mp4*' }
        @{ what = 'a failed task'; script = { Get-KlingTask -TaskId (Get-FailedTask) }; expected = '*inferenceError: *' }
        @{ what = 'a report'; script = { Test-KlingRequest $image -Duration 7 -NumberResults 9 }; expected = '*5 or 10*; *1 to 4*' }
        @{ what = 'a model'; script = { Get-KlingModel }; expected = '*1280x720 (16:9); 720x720 (1:1); *"5; 10"*' }
        @{ what = 'the sandbox'; script = { Get-KlingSandbox }; expected = '*POST /v1 200; *' }
        @{ what = 'a price'; script = { Measure-KlingCost -Duration 10 }; expected = '*"0.37"*' }
        @{ what = 'the account'; script = { Get-KlingAccount }; expected = '*"Sandbox"*' }
        @{ what = 'an image'; script = { Send-KlingImage $image }; expected = '*shot.png*' }
        @{ what = 'the connection'; script = { Get-KlingConnection }; expected = '*"Sandbox"*' }
    ) {
        function Get-FailedTask {
            Use-Sandbox -Fault 'FailureNested'
            (New-KlingVideo $image -Wait -ErrorAction SilentlyContinue).TaskId
        }
        $text = (& $script | ConvertTo-Csv) -join "`n"
        $text | Should -BeLike $expected
        $text | Should -Not -Match 'System\.|Kling\.Models|Kling\.Sandbox|`1|\[\]'
    }

    It 'is a list in JSON and in the pipeline' {
        $task = New-KlingVideo $image -NumberResults 2 -Wait
        $task.Videos.Count | Should -Be 2
        "$($task.Videos[1].VideoId)" | Should -Match '^[0-9a-f-]{36}$'
        @($task.Videos | Where-Object VideoId -eq $task.Videos[0].VideoId).Count | Should -Be 1
        $json = $task | ConvertTo-Json -Depth 4 | ConvertFrom-Json
        @($json.Videos).Count | Should -Be 2
        @($json.Errors).Count | Should -Be 0
        $json.Videos[1].VideoId | Should -Be $task.Videos[1].VideoId
    }
}

Describe 'A culture with a decimal comma' {
    BeforeAll { [cultureinfo]::CurrentCulture = [cultureinfo]::GetCultureInfo('de-DE') }
    AfterAll { [cultureinfo]::CurrentCulture = [cultureinfo]::InvariantCulture }

    It 'reads back what it exported: nothing is bought again' {
        $csv = Join-Path $TestDrive 'komma.csv'
        $task = New-KlingVideo $image -Prompt 'comma, 0,5' -CfgScale 0.35 -Duration 10 -Wait
        $task | Export-Csv $csv
        [IO.File]::ReadAllText($csv) | Should -BeLike '*"0,35"*'
        (Import-Csv $csv | Test-KlingRequest).Json | Should -Match '"CFGScale": 0.35'
        $before = (Get-KlingSandbox).TaskCount
        (Import-Csv $csv | New-KlingVideo -Resume -Wait).TaskId | Should -Be $task.TaskId
        (Get-KlingSandbox).TaskCount | Should -Be $before
    }

    It 'reads a point too' { (Test-KlingRequest $image -CfgScale '0.35').Json | Should -Match '"CFGScale": 0.35' }

    It 'reads no thousands separator: <text>' -TestCases @(@{ text = '1.000,5' }, @{ text = '0,3,5' }, @{ text = '0.3,5' }) {
        { Test-KlingRequest $image -CfgScale $text } | Should -Throw "*CfgScale*$text*"
    }

    It 'reads no fraction as a whole number' { { Test-KlingRequest $image -Width '1,280' -Height 720 } | Should -Throw '*Width*1,280*' }
}

Describe 'Files' {
    It 'come as Get-Item gives them: <what>' -TestCases @(
        @{ what = 'a saved video'; script = { New-KlingVideo $image | Save-KlingVideo -OutDirectory (Join-Path $TestDrive 'saved [1]') } }
        @{ what = 'a gallery'; script = { Get-KlingTask -Local | Export-KlingGallery (Join-Path $TestDrive 'page [1].html') } }
    ) {
        $file = & $script
        $file | Should -BeOfType ([IO.FileInfo])
        $file.PSChildName | Should -Be $file.Name
        (Get-Item -LiteralPath $file.PSPath).FullName | Should -Be $file.FullName
    }

    It 'come also while the current location is no folder' {
        $folder = Join-Path $TestDrive 'elsewhere'
        Push-Location Variable:
        try { $file = New-KlingVideo $image | Save-KlingVideo -OutDirectory $folder }
        finally { Pop-Location }
        $file.DirectoryName | Should -Be $folder
        "$($file.Task.Status)" | Should -Be 'Succeeded'
    }
}

Describe 'Completion' {
    It 'fills in the fields of a file name: <text>' -TestCases @(
        @{ text = 'New-KlingVideo -FileName '; expected = "'{Source}'" }
        @{ text = "Save-KlingVideo -FileName '{Source}-{D"; expected = "'{Source}-{Date}'" }
        @{ text = 'New-KlingVideo -FileName "take {Index} {se'; expected = "'take {Index} {Seed}'" }
        @{ text = "New-KlingVideo -FileName '{Source}'"; expected = "'{Source}{Seed}'" }
    ) {
        $found = Get-Completion $text
        @($found | ForEach-Object { $_.CompletionText }) | Should -Contain $expected
        foreach ($one in $found) { $one.ToolTip.Length | Should -BeGreaterThan 5 }
    }

    It 'offers what the model allows: <text>' -TestCases @(
        @{ text = 'New-KlingVideo -NumberResults '; expected = '1,2,3,4' }
        @{ text = 'Measure-KlingCost -CfgScale '; expected = '0,0.5,1' }
        @{ text = 'Test-KlingRequest -OutputQuality '; expected = '20,95,99' }
        @{ text = 'New-KlingVideo -CheckContent '; expected = '$true,$false' }
        @{ text = 'New-KlingVideo -IncludeCost '; expected = '$true,$false' }
    ) {
        @((Get-Completion $text) | ForEach-Object { $_.CompletionText }) -join ',' | Should -Be $expected
    }

    It 'tells what holds without the parameter' {
        @((Get-Completion 'New-KlingVideo -IncludeCost ') | ForEach-Object { $_.ToolTip }) | Should -BeLike '$*: *'
        @((Get-Completion 'New-KlingVideo -IncludeCost ') | Where-Object ToolTip -Like '*left out*').CompletionText | Should -Be '$true'
        @((Get-Completion 'New-KlingVideo -Duration ') | ForEach-Object { $_.ToolTip })[0] | Should -BeLike '5*left out*'
        @((Get-Completion 'New-KlingVideo -NumberResults ') | ForEach-Object { $_.ToolTip })[3] | Should -Be '4; allowed: 1 to 4'
    }

    It 'offers no known task as the id of a new one' {
        $task = New-KlingVideo $image -Wait
        $start = "$($task.TaskId)".Substring(0, 13)
        @(Get-Completion "Get-KlingTask -TaskId $start").Count | Should -Be 1
        @(Get-Completion "New-KlingVideo -TaskId $start" | Where-Object { $_.CompletionText -eq "$($task.TaskId)" }).Count | Should -Be 0
    }
}

Describe 'An input without an image' {
    It 'is named by what it is: <what>' -TestCases @(
        @{ what = 'a number'; row = 7; expected = '*a System.Int32.' }
        @{ what = 'an object'; row = [Version] '1.2'; expected = '*a System.Version.' }
        @{ what = 'a row'; row = [pscustomobject]@{ Scene = 1; Prompt = 'pan' }; expected = '*columns Scene, Prompt.' }
        @{ what = 'a row without columns'; row = [pscustomobject]@{}; expected = '*no columns.' }
    ) {
        $null = $row | New-KlingVideo -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'ImageMissing,*'
        "$($problems[0])" | Should -BeLike $expected
    }

    It 'lists a dozen columns and counts the rest' {
        $columns = [ordered]@{}
        foreach ($number in 1..40) { $columns["Field$number"] = $number }
        $null = [pscustomobject] $columns | New-KlingVideo -ErrorAction SilentlyContinue -ErrorVariable problems
        "$($problems[0])" | Should -BeLike '*Field11, Field12 and 28 more.'
    }
}

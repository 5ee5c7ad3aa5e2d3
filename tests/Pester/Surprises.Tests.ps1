# Input that looks harmless. What is bought is what the input says, or nothing.
BeforeAll {
    . $PSScriptRoot/Common.ps1
    Use-Sandbox
    $script:image = New-TestImage (Join-Path $TestDrive 'shot.png')
    $script:other = New-TestImage (Join-Path $TestDrive 'other.png')

    function Invoke-Purchase {
        # Runs a purchase; returns what was paid for, and everything that was said.
        param([scriptblock] $Run)
        $before = (Get-KlingSandbox).TaskCount
        $said = @()
        $ending = $null
        try { $said = @(. $Run *>&1) } catch { $ending = $_ }
        [pscustomobject]@{
            Bought = (Get-KlingSandbox).TaskCount - $before
            Tasks = @($said | Where-Object { $_.PSObject.TypeNames -contains 'Kling.Models.KlingTask' })
            Errors = @($said | Where-Object { $_ -is [Management.Automation.ErrorRecord] }) + @($ending | Where-Object { $null -ne $_ })
            Warnings = @($said | Where-Object { $_ -is [Management.Automation.WarningRecord] } | ForEach-Object { "$_" })
            Ended = $null -ne $ending
        }
    }

    function Assert-Refused {
        # Nothing was bought, and each error says what the pattern says.
        param($Outcome, [int] $Errors, [string] $Like)
        $Outcome.Bought | Should -Be 0
        $Outcome.Errors.Count | Should -Be $Errors
        foreach ($problem in $Outcome.Errors) {
            "$problem" | Should -BeLike $Like
            $problem.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
            "$($problem.Exception.BillingState)" | Should -Be 'NotCharged'
        }
    }
}

AfterAll { Stop-KlingSandbox }

Describe 'What is piped beside a named image' {
    It '<what> is one error, and nothing is bought' -TestCases @(
        @{ what = 'lines of text'; given = { 'slow dolly in', 'rain starts' }; errors = 1; like = "*text 'slow dolly in'*-Image*" }
        @{ what = 'a blank line'; given = { '' }; errors = 1; like = "*text*-Image*" }
        @{ what = 'numbers'; given = { 1, 2.5 }; errors = 1; like = '*-Image*' }
        @{ what = 'null'; given = { , $null }; errors = 1; like = '*$null*-Image*' }
        @{ what = 'a dictionary'; given = { @{ Prompt = 'slow dolly in' } }; errors = 1; like = '*dictionary*row object*' }
        @{ what = 'an ordered dictionary'; given = { [ordered]@{ Prompt = 'slow dolly in' } }; errors = 1; like = '*dictionary*row object*' }
        @{ what = 'a file'; given = { Get-Item $other }; errors = 1; like = '*file*other.png*-Image*' }
        @{ what = 'an address'; given = { [uri] 'https://images.test/a.jpg' }; errors = 1; like = '*-Image*' }
        @{ what = 'a list of images'; given = { , @($image, $other) }; errors = 1; like = '*list*-Image*' }
        @{ what = 'a list of rows'; given = { , @([pscustomobject]@{ Prompt = 'pan' }) }; errors = 1; like = '*list*-Image*' }
        @{ what = 'an object of another kind'; given = { Get-Process -Id $PID }; errors = 1; like = '*None of*columns is a parameter*' }
        @{ what = 'an object that only knows where it comes from'; given = { Get-Item env:PATH }; errors = 1; like = '*not used*' }
        @{ what = 'a row that names the image only'; given = { [pscustomobject]@{ Image = $other } }; errors = 1; like = '*not used*Image*' }
        @{ what = 'a foreign row'; given = { [pscustomobject]@{ Scene = 12; Text = 'rain' } }; errors = 1; like = '*None of*Scene, Text*' }
    ) {
        Assert-Refused (Invoke-Purchase { & $given | New-KlingVideo -Image $image }) $errors $like
        Assert-Refused (Invoke-Purchase { & $given | New-KlingVideo -LiteralPath $image }) $errors $like.Replace('-Image', '-LiteralPath')
        @(try { & $given | Measure-KlingCost -Image $image -ErrorAction SilentlyContinue } catch { $null = $_ }).Count | Should -Be 0
        @(& $given | Test-KlingRequest -Image $image -ErrorAction SilentlyContinue | Where-Object IsValid).Count | Should -Be 0
    }

    It 'is one error however much of it there is, and rows before it are not bought either' {
        $outcome = Invoke-Purchase { @([pscustomobject]@{ Prompt = 'pan' }) + @(1..300 | ForEach-Object { "line $_" }) | New-KlingVideo -Image $image }
        Assert-Refused $outcome 1 "*text 'line 1'*-Image*"
        $outcome.Ended | Should -BeTrue
        $outcome.Errors[0].ErrorDetails.RecommendedAction | Should -BeLike '*-Prompt (Get-Content prompts.txt)*pscustomobject*'
        @(1..300 | ForEach-Object { "line $_" } | Test-KlingRequest -Image $image).Count | Should -Be 300
    }

    It 'is an error too where the image is a default value' {
        $PSDefaultParameterValues['New-KlingVideo:Image'] = $image
        try { Assert-Refused (Invoke-Purchase { 'slow dolly in' | New-KlingVideo }) 1 '*text*-Image*' }
        finally { $PSDefaultParameterValues.Clear() }
    }

    It 'rows are prompts for it' {
        $outcome = Invoke-Purchase { 'pan', 'zoom' | ForEach-Object { [pscustomobject]@{ Prompt = $_ } } | New-KlingVideo -Image $image }
        (@($outcome.Tasks.Prompt | Sort-Object) -join ',') | Should -Be 'pan,zoom'
        $outcome.Errors.Count | Should -Be 0
    }
}

Describe 'What is piped alone' {
    It '<what> is an error of its record' -TestCases @(
        @{ what = 'a dictionary'; given = { @{ Image = $image } } }
        @{ what = 'a number'; given = { 5 } }
        @{ what = 'null'; given = { , $null } }
        @{ what = 'a blank line'; given = { '  ' } }
        @{ what = 'an empty list'; given = { , @() } }
        @{ what = 'a list of rows'; given = { , @([pscustomobject]@{ Image = $image }, [pscustomobject]@{ Image = $other }) } }
        @{ what = 'a list with a hole'; given = { , @($image, $null) } }
    ) {
        $outcome = Invoke-Purchase { & $given | New-KlingVideo -Prompt 'pan' }
        $outcome.Bought | Should -Be 0
        $outcome.Errors.Count | Should -Be 1
        @(try { & $given | Measure-KlingCost -Duration 5 -ErrorAction SilentlyContinue } catch { $null = $_ }).Count | Should -Be 0
    }

    It 'an object that was given by name is refused' {
        Assert-Refused (Invoke-Purchase { New-KlingVideo -InputObject ([pscustomobject]@{ Image = $image; Prompt = 'pan' }) }) 1 '*InputObject*pipeline*'
    }

    It 'the path of a text file is no image for its lines' {
        $list = Join-Path $TestDrive 'list.txt'
        Set-Content $list @($image, '')
        $outcome = Invoke-Purchase { Get-Content $list | New-KlingVideo }
        $outcome.Bought | Should -Be 1
        $outcome.Errors.Count | Should -Be 1
    }
}

Describe 'A list that arrives as one object' {
    It '<what> gives each image once' -TestCases @(
        @{ what = 'an array'; given = { , @($image, $other) } }
        @{ what = 'a list'; given = { , [Collections.Generic.List[string]] @($image, $other) } }
        @{ what = 'an array list'; given = { , [Collections.ArrayList] @($image, $other) } }
        @{ what = 'a JSON array'; given = { ConvertTo-Json @($image, $other) | ConvertFrom-Json -NoEnumerate } }
        @{ what = 'an array of files'; given = { , @(Get-Item $image, $other) } }
    ) {
        $outcome = Invoke-Purchase { & $given | New-KlingVideo -Prompt 'pan' }
        $outcome.Bought | Should -Be 2
        (@($outcome.Tasks.NumberResults | Where-Object { $null -ne $_ })).Count | Should -Be 0
        (@($outcome.Tasks.Image | Sort-Object) -join ',') | Should -Be (@($image, $other | Sort-Object) -join ',')
    }

    It 'no property of a collection is a parameter' {
        $columns = foreach ($parameter in (Get-Command New-KlingVideo).Parameters.Values) { $parameter.Name; $parameter.Aliases }
        $list = [Collections.Generic.List[string]]::new(), [Collections.ArrayList]::new(), @{}, [Collections.Generic.Dictionary[string, string]]::new(), [Collections.Generic.Queue[int]]::new()
        $properties = @(, @(1, 2) + $list | ForEach-Object { $_.PSObject.Properties.Name } | Sort-Object -Unique)
        $properties | Should -Contain 'Count'
        @($properties | Where-Object { $columns -contains $_ }).Count | Should -Be 0
    }
}

Describe 'Rows as spreadsheets leave them' {
    It 'blank rows are left out' {
        $rows = "Prompt,Duration`nslow dolly in,5`n,`n`" `",$([char] 0xA0)" | ConvertFrom-Csv
        $outcome = Invoke-Purchase { $rows | New-KlingVideo -Image $image -Verbose }
        $outcome.Bought | Should -Be 1
        $outcome.Errors.Count | Should -Be 0
        @($rows | Measure-KlingCost).Count | Should -Be 1
        @($rows | Test-KlingRequest -Image $image).Count | Should -Be 1
        "$(@($rows | Test-KlingRequest -Image $image -Verbose 4>&1 | Where-Object { "$_" -like '*blank*' }))" | Should -BeLike '*left out*left out*'
    }

    It 'another delimiter (<mark>) is named' -TestCases @(@{ mark = ';' }, @{ mark = "`t" }, @{ mark = '|' }) {
        $rows = "Prompt${mark}Duration`nslow dolly in${mark}5" | ConvertFrom-Csv
        Assert-Refused (Invoke-Purchase { $rows | New-KlingVideo -Image $image }) 1 '*None of*-Delimiter*'
        Assert-Refused (Invoke-Purchase { $rows | New-KlingVideo }) 1 '*None of*-Delimiter*'
    }

    It 'the column <column> stops before the first purchase, and -Force goes on' -TestCases @(
        @{ column = 'Promt' }, @{ column = 'Prompt ' }, @{ column = "Prompt$([char] 0xA0)" }, @{ column = "$([char] 0xFEFF)Prompt" }
        @{ column = 'Prompts' }, @{ column = 'pormpt' }, @{ column = 'Positive Prompt' }
    ) {
        $rows = 1..3 | ForEach-Object { [pscustomobject]@{ Image = $image; $column = "shot $_" } }
        $outcome = Invoke-Purchase { $rows | New-KlingVideo }
        Assert-Refused $outcome 1 "*$column*Prompt*"
        $outcome.Ended | Should -BeTrue
        $forced = Invoke-Purchase { $rows | New-KlingVideo -Force }
        $forced.Bought | Should -Be 3
        @($forced.Warnings -like "*$column*Prompt*").Count | Should -Be 1
        @($rows | Measure-KlingCost -WarningVariable warnings -WarningAction SilentlyContinue).Count | Should -Be 4
        "$warnings" | Should -BeLike "*$column*Prompt*"
        @($rows | Test-KlingRequest -WarningVariable warnings -WarningAction SilentlyContinue).Count | Should -Be 3
        "$warnings" | Should -BeLike "*$column*Prompt*"
    }

    It '<column> for <parameter> is as close' -TestCases @(
        @{ column = 'Duratoin'; parameter = 'Duration' }, @{ column = 'Aspect Ratio'; parameter = 'AspectRatio' }, @{ column = 'cfg_scale'; parameter = 'CfgScale' }
        @{ column = 'number_results'; parameter = 'NumberResults' }, @{ column = 'Ttl '; parameter = 'Ttl' }, @{ column = 'safety_mode'; parameter = 'SafetyMode' }
    ) {
        $outcome = Invoke-Purchase { [pscustomobject]@{ Image = $image; Prompt = 'pan'; $column = '5' } | New-KlingVideo }
        Assert-Refused $outcome 1 "*$column*$parameter*"
    }

    It 'the column <column> is not used, and one warning says so' -TestCases @(
        @{ column = 'Count'; like = "*'Count' is not a parameter*NumberResults*" }, @{ column = 'OutDirectory'; like = "*'OutDirectory' is not used*command line*" }
        @{ column = 'filename'; like = "*'filename' is not used: -FileName*command line*" }
    ) {
        $rows = 1..2 | ForEach-Object { [pscustomobject]@{ Image = $image; Prompt = "shot $_"; $column = '3' } }
        $outcome = Invoke-Purchase { $rows | New-KlingVideo }
        $outcome.Bought | Should -Be 2
        @($outcome.Warnings -like $like).Count | Should -Be 1
        $outcome.Tasks[1].$column | Should -Be '3'
    }

    It 'a close column stops nothing where the parameter is given otherwise' {
        $row = [pscustomobject]@{ Image = $image; Prompt = 'pan'; Promt = 'zoom' }
        (Invoke-Purchase { $row | New-KlingVideo }).Tasks[0].Prompt | Should -Be 'pan'
        $row = [pscustomobject]@{ Image = $image; Promt = 'zoom' }
        (Invoke-Purchase { $row | New-KlingVideo -Prompt 'tilt' }).Tasks[0].Prompt | Should -Be 'tilt'
    }
}

Describe 'One wrong part of a record' {
    It '<what> sends none of it' -TestCases @(
        @{ what = 'a variant of a list'; run = { New-KlingVideo $image -CfgScale 0, 5 }; like = '*CfgScale*5*0 to 1*' }
        @{ what = 'a variant of a row'; run = { [pscustomobject]@{ Image = $image; CfgScale = 0, 5, 7 } | New-KlingVideo }; like = '*CfgScale*5*CfgScale*7*' }
        @{ what = 'an image'; run = { New-KlingVideo $image, 'no-such.png', $other }; like = '*no-such.png*' }
        @{ what = 'an image of a piped list'; run = { , @($image, 'no-such.png') | New-KlingVideo }; like = '*no-such.png*' }
        @{ what = 'one id for two variants'; run = { New-KlingVideo $image -Duration 5, 10 -TaskId ([guid]::NewGuid()) }; like = '*TaskId*' }
        @{ what = 'one upload address for two variants'; run = { New-KlingVideo $image -Duration 5, 10 -UploadEndpoint 'https://put.test/a' }; like = '*UploadEndpoint*' }
    ) {
        Assert-Refused (Invoke-Purchase $run) 1 $like
    }

    It 'leaves the other records alone' {
        $rows = [pscustomobject]@{ Image = $image; Duration = 5, 7 }, [pscustomobject]@{ Image = $other; Duration = 10 }
        $outcome = Invoke-Purchase { $rows | New-KlingVideo }
        $outcome.Errors.Count | Should -Be 1
        $outcome.Tasks.Duration | Should -Be 10
        @($outcome.Warnings -like 'Nothing of this record is bought*').Count | Should -Be 1
    }
}

Describe 'A value for all rows beside a column' {
    It '<what> is used, and one warning says so' -TestCases @(
        @{ what = 'Prompt'; column = 'Prompt'; cell = 'from the row'; named = @{ Prompt = 'from the line' } }
        @{ what = 'Prompt beside its alias'; column = 'positivePrompt'; cell = 'from the row'; named = @{ Prompt = 'from the line' } }
        @{ what = 'Duration'; column = 'Duration'; cell = '5'; named = @{ Duration = 10 } }
        @{ what = 'OutputFormat'; column = 'OutputFormat'; cell = 'MP4'; named = @{ OutputFormat = 'WEBM' } }
    ) {
        $rows = 1..2 | ForEach-Object { [pscustomobject]@{ Image = $image; $column = $cell } }
        $outcome = Invoke-Purchase { $rows | New-KlingVideo @named }
        $outcome.Bought | Should -Be 2
        @($outcome.Warnings).Count | Should -Be 1
        $outcome.Warnings[0] | Should -BeLike "-$($named.Keys)*$column*"
    }

    It 'a default value is one too' {
        $PSDefaultParameterValues['New-KlingVideo:Prompt'] = 'from the profile'
        try { $outcome = Invoke-Purchase { [pscustomobject]@{ Image = $image; Prompt = 'from the row' } | New-KlingVideo } }
        finally { $PSDefaultParameterValues.Clear() }
        $outcome.Tasks[0].Prompt | Should -Be 'from the profile'
        @($outcome.Warnings).Count | Should -Be 1
    }

    It 'says nothing where both are the same, or the cell is blank' {
        $rows = [pscustomobject]@{ Image = $image; Duration = '10'; Prompt = '' }, [pscustomobject]@{ Image = $image; Duration = '10.0'; Prompt = 'pan' }
        @((Invoke-Purchase { $rows | New-KlingVideo -Duration 10 -Prompt 'pan' }).Warnings).Count | Should -Be 0
    }

    It 'an image for all rows beside an image column, too' {
        $outcome = Invoke-Purchase { [pscustomobject]@{ ImageUrl = $other; Prompt = 'pan' } | New-KlingVideo -LiteralPath $image }
        $outcome.Tasks[0].Image | Should -Be $image
        @($outcome.Warnings).Count | Should -Be 1
        Assert-Refused (Invoke-Purchase { New-KlingVideo -Image $image -LiteralPath $other }) 1 '*LiteralPath*Image*'
    }
}

Describe 'Rows in the shape of the service' {
    It 'each example of the page makes its own request' {
        $examples = Get-Content -Raw (Join-Path $PSScriptRoot '../Kling.Core.Tests/Fixtures/model-page-examples.json') | ConvertFrom-Json
        $examples.Count | Should -Be 5
        foreach ($example in $examples) {
            $made = ($example.request | ConvertTo-Json -Depth 9 | ConvertFrom-Json | Test-KlingRequest).Json | ConvertFrom-Json | Select-Object -First 1
            foreach ($name in 'taskUUID', 'includeCost', 'deliveryMethod') {
                $made.PSObject.Properties.Remove($name)
                $example.request.PSObject.Properties.Remove($name)
            }
            $made | ConvertTo-Json -Depth 9 | Should -Be ($example.request | ConvertTo-Json -Depth 9)
        }
    }

    It 'settings in an object are applied' {
        $json = '{"image":"https://images.test/a.jpg","safety":{"checkContent":true,"mode":"full"},"webhookURL":"https://hook.test/x","outputType":"URL","deliveryMethod":"async","taskType":"videoInference"}'
        $made = ($json | ConvertFrom-Json | Test-KlingRequest).Json | ConvertFrom-Json
        "$($made.safety.checkContent) $($made.safety.mode) $($made.webhookURL)" | Should -Be 'True full https://hook.test/x'
        $made = (([pscustomobject]@{ 'inputs.frameImages' = 'https://images.test/a.jpg'; 'safety.mode' = 'fast' }) | Test-KlingRequest).Json | ConvertFrom-Json
        $made.safety.mode | Should -Be 'fast'
    }

    It 'what one row says does not stay for the next' {
        $rows = '[{"image":"https://images.test/a.jpg","safety":{"mode":"full"}},{"image":"https://images.test/b.jpg"}]' | ConvertFrom-Json
        $reports = @($rows | Test-KlingRequest)
        $reports[0].Json | Should -Match 'full'
        $reports[1].Json | Should -Not -Match 'safety'
    }

    It '<json> is refused by the name <name>' -TestCases @(
        @{ json = '{"image":"A","inputs":{"referenceImages":["B"]}}'; name = 'inputs.referenceImages' }
        @{ json = '{"inputs":{"frameImages":["A","B"]}}'; name = 'inputs.frameImages' }
        @{ json = '{"inputs":{"frameImages":[{"image":"A","frame":"last"}]}}'; name = 'inputs.frameImages.frame' }
        @{ json = '{"inputs":{"frameImages":[{"image":"A","weight":1}]}}'; name = 'inputs.frameImages.weight' }
        @{ json = '{"inputs":{"frameImages":[{"frame":"first"}]}}'; name = 'inputs.frameImages.image' }
        @{ json = '{"image":"A","inputs":{"frameImages":["B"]}}'; name = 'inputs.frameImages' }
        @{ json = '{"image":"A","safety":{"level":"high"}}'; name = 'safety.level' }
        @{ json = '{"image":"A","safety":"high"}'; name = 'safety' }
        @{ json = '{"image":"A","safety":{"checkContent":"perhaps"}}'; name = 'safety.checkContent' }
        @{ json = '{"image":"A","safety":{"mode":"fast"},"safetyMode":"full"}'; name = 'safety.mode' }
        @{ json = '{"image":"A","providerSettings":{"klingai":{"sound":true}}}'; name = 'Sound' }
        @{ json = '{"image":"A","providerSettings":{"klingai":{"camera":"up"}}}'; name = 'providerSettings.klingai.camera' }
        @{ json = '{"image":"A","shots":[{"prompt":"pan"}]}'; name = 'shots' }
        @{ json = '{"image":"A","taskType":"imageInference"}'; name = 'taskType' }
        @{ json = '{"image":"A","deliveryMethod":"sync"}'; name = 'deliveryMethod' }
        @{ json = '{"image":"A","outputType":["URL","base64Data"]}'; name = 'outputType' }
        @{ json = '{"image":"A","taskUUID":"7"}'; name = 'taskUUID' }
        @{ json = '{"image":"A","taskType":"videoInference","negativePrompt":"blur"}'; name = 'negativePrompt' }
        @{ json = '{"image":"A","imageUrl":"B"}'; name = 'ImageUrl' }
        @{ json = '{"image":"A","prompt":"pan","positivePrompt":"zoom"}'; name = 'positivePrompt' }
        @{ json = '{"image":"A","prompt":"","positivePrompt":"zoom"}'; name = 'positivePrompt' }
        @{ json = '{"image":"A","prompt":"2026-11-27T10:00:00Z"}'; name = 'Prompt*date' }
        @{ json = '{"image":"A","prompt":true}'; name = 'Prompt' }
        @{ json = '{"image":"A","prompt":{"text":"pan"}}'; name = 'Prompt' }
    ) {
        $json = $json.Replace('"A"', (ConvertTo-Json $image)).Replace('"B"', (ConvertTo-Json $other))
        $outcome = Invoke-Purchase { $json | ConvertFrom-Json | New-KlingVideo }
        $outcome.Bought | Should -Be 0
        $outcome.Errors.Count | Should -Be 1
        "$($outcome.Errors[0])" | Should -BeLike "*$name*"
    }
}

Describe 'One image in one cell' {
    It '<text> is refused' -TestCases @(
        @{ text = 'https://images.test/a.jpg, https://images.test/b.jpg' }, @{ text = 'https://images.test/a.jpg,https://images.test/b.jpg' }
        @{ text = 'https://images.test/a.jpg https://images.test/b.jpg' }, @{ text = "https://images.test/a.jpg`nhttps://images.test/b.jpg" }
        @{ text = 'https://images.test/a.jpg;http://images.test/b.jpg' }, @{ text = '0b4a5d31-7ac0-4b6a-8b5e-2f1d6c9e7a10, 1b4a5d31-7ac0-4b6a-8b5e-2f1d6c9e7a10' }
        @{ text = 'shot.png, other.png' }
    ) {
        Assert-Refused (Invoke-Purchase { [pscustomobject]@{ Image = $text } | New-KlingVideo }) 1 '*Image*'
    }

    It 'an address within an address is one' {
        (Test-KlingRequest 'https://cache.test/get/https://images.test/a.jpg?next=https://images.test/b').IsValid | Should -BeTrue
    }

    It 'is understood as copying leaves it: <what>' -TestCases @(
        @{ what = 'quotes'; form = '"{0}"' }, @{ what = 'single quotes'; form = "'{0}'" }, @{ what = 'curly quotes'; form = "$([char] 0x201C){0}$([char] 0x201D)" }
        @{ what = 'blanks'; form = '  {0} ' }, @{ what = 'a line end'; form = "{0}`r`n" }, @{ what = 'a mark of direction'; form = "$([char] 0x202A){0}" }
        @{ what = 'file://'; form = 'file://{0}' }, @{ what = 'all of it'; form = " `"$([char] 0x202A){0}`" `n" }
    ) {
        $path = New-TestImage (Join-Path $TestDrive 'my shot.png')
        $given = $form -f $(if ($form -like 'file*') { $path.Replace(' ', '%20') } else { $path })
        (Test-KlingRequest $given).ImageName | Should -Be $path
        ([pscustomobject]@{ Image = $given } | Test-KlingRequest).ImageName | Should -Be $path
    }
}

Describe 'A row from someone else' {
    It 'a wildcard that names several files needs -Force' {
        $folder = Join-Path $TestDrive 'many'
        $null = [IO.Directory]::CreateDirectory($folder)
        foreach ($name in 'a', 'b', 'c') { $null = New-TestImage (Join-Path $folder "$name.png") }
        $row = [pscustomobject]@{ Image = Join-Path $folder '*.png' }
        Assert-Refused (Invoke-Purchase { $row | New-KlingVideo }) 1 '*3 files*-Force*'
        (Invoke-Purchase { $row | New-KlingVideo -Force }).Bought | Should -Be 3
        (Invoke-Purchase { New-KlingVideo (Join-Path $folder '*.png') }).Bought | Should -Be 3
        (Invoke-Purchase { [pscustomobject]@{ Image = Join-Path $folder 'a*.png' } | New-KlingVideo }).Bought | Should -Be 1
    }

    It 'an address that the service is to send to is named once' {
        $rows = 1..3 | ForEach-Object { [pscustomobject]@{ Image = $image; Prompt = "$_"; WebhookUrl = "https://hook.test/$_`?secret=hidden"; UploadEndpoint = "https://put.test/$_" } }
        foreach ($extra in @{}, @{ WhatIf = $true }) {
            $outcome = Invoke-Purchase { $rows | New-KlingVideo @extra }
            @($outcome.Warnings -like '*WebhookUrl*https://hook.test*').Count | Should -Be 1
            @($outcome.Warnings -like '*UploadEndpoint*https://put.test*').Count | Should -Be 1
            "$($outcome.Warnings)" | Should -Not -BeLike '*hidden*'
        }
        @((Invoke-Purchase { New-KlingVideo $image -WebhookUrl 'https://hook.test/x' }).Warnings).Count | Should -Be 0
    }
}

Describe 'A wrong value for all items' {
    It '<named> is one error, and ends the command' -TestCases @(
        @{ named = @{ Duration = 7 } }, @{ named = @{ AspectRatio = '4:3' } }, @{ named = @{ Width = 1280 } }, @{ named = @{ CfgScale = 0.5, 3 } }
        @{ named = @{ Model = 'klingai:9@9' } }, @{ named = @{ WebhookUrl = 'hook.test' } }, @{ named = @{ OutputFormat = 'AVI' } }
        @{ named = @{ Width = 1280; Height = 1280 } }, @{ named = @{ AspectRatio = '16:9'; Width = 1280 } }
    ) {
        $outcome = Invoke-Purchase { 1..40 | ForEach-Object { Get-Item $image } | New-KlingVideo @named }
        Assert-Refused $outcome 1 "*$(@($named.Keys | Sort-Object)[0])*"
        $outcome.Ended | Should -BeTrue
        $outcome.Errors[0].FullyQualifiedErrorId | Should -BeLike 'InvalidRequest,*'
        if ($named.Keys -notcontains 'Model') { { Get-Item $image | Measure-KlingCost @named } | Should -Throw }
    }

    It 'an image that is not there is one, too' {
        $outcome = Invoke-Purchase { 1..40 | ForEach-Object { [pscustomobject]@{ Prompt = "$_" } } | New-KlingVideo -Image 'no-such.png' }
        Assert-Refused $outcome 1 '*no-such.png*'
    }

    It 'a row may give the other half of a size' {
        $report = [pscustomobject]@{ Image = $image; Height = '720' } | Test-KlingRequest -Width 1280
        $report.IsValid | Should -BeTrue
        (Invoke-Purchase { [pscustomobject]@{ Image = $image; Height = '720' } | New-KlingVideo -Width 1280 }).Bought | Should -Be 1
    }
}

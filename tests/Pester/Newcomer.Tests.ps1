BeforeDiscovery {
    # The guide's fences, in order: what to type, and for what fails also what is said.
    $page = [IO.File]::ReadAllText([IO.Path]::Combine($PSScriptRoot, '..', '..', 'docs', 'guides', 'newcomer.md'))
    $number = 0
    $script:steps = @([regex]::Matches($page, '(?ms)^```(powershell|text)\r?\n(.*?)^```') | ForEach-Object {
            $number++
            $text = $_.Groups[2].Value.Trim() -replace '\r', ''
            if ($_.Groups[1].Value -eq 'text') {
                $lines = $text -split "`n"
                @{ number = $number; command = $lines[0] -replace '^PS> ', ''; said = @($lines[1..($lines.Count - 1)]) }
            }
            else { @{ number = $number; command = $text; said = @() } }
        })
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    Stop-KlingSandbox
    Clear-TestEnvironment
    Reset-TestSession
    $folder = [IO.Path]::Combine("$TestDrive", 'clone', 'examples', 'images')
    $null = [IO.Directory]::CreateDirectory($folder)
    foreach ($file in [IO.Directory]::GetFiles([IO.Path]::Combine($PSScriptRoot, '..', '..', 'examples', 'images'))) {
        [IO.File]::Copy($file, [IO.Path]::Combine($folder, [IO.Path]::GetFileName($file)))
    }
    $script:seen = @()
    # The guide lets the sandbox take its time; a test need not.
    $global:PSDefaultParameterValues['Start-KlingSandbox:GenerationSeconds'] = 0
    Push-Location (Join-Path $TestDrive 'clone')
}

AfterAll {
    Pop-Location
    $global:PSDefaultParameterValues.Remove('Start-KlingSandbox:GenerationSeconds')
    Stop-KlingSandbox
}

Describe 'The path of a newcomer' {
    It 'step <number> goes as docs/guides/newcomer.md says: <command>' -ForEach $steps {
        try { $all = @(. ([scriptblock]::Create($command)) 2>&1 3>$null) }
        catch { $all = @($_) }
        $problems = @($all | Where-Object { $_ -is [Management.Automation.ErrorRecord] })
        $output = @($all | Where-Object { $_ -isnot [Management.Automation.ErrorRecord] })
        $script:seen = @($seen) + $output
        if ($said.Count -eq 0) {
            $output.Count | Should -BeGreaterThan 0
            $problems.Count | Should -Be 0
        }
        else {
            $problems.Count | Should -BeGreaterThan 0
            foreach ($line in $said) { "$($problems[0]) $($problems[0].ErrorDetails.RecommendedAction)" | Should -BeLike ('*' + [WildcardPattern]::Escape($line) + '*') }
        }
    }

    It 'ends with three saved videos, each paid once' {
        @([IO.Directory]::GetFiles(([IO.Path]::Combine($TestDrive, 'clone', 'clips')), '*.mp4')).Count | Should -Be 3
        @($seen | Where-Object { "$($_.PSObject.TypeNames)" -like '*SandboxCharge*' }).Count | Should -Be 3
        $total = @($seen | Where-Object { $_.PSObject.Properties['Item'] -and $_.Item -eq 'Total' })[0]
        $total.EstimatedCost | Should -Be 0.555
    }

    It 'is named by the shell itself' -TestCases @(@{ all = @($steps | ForEach-Object { $_.command }) -join "`n" }) {
        $listed = @((Get-Command -Module Kling) | ForEach-Object { $_.Name })
        $used = @([regex]::Matches($all, '[A-Z][a-z]+-Kling[A-Za-z]*') | ForEach-Object { $_.Value } | Sort-Object -Unique)
        $used.Count | Should -BeGreaterThan 6
        foreach ($name in $used) { $listed | Should -Contain $name }

        # What is no cmdlet is in the help of the first one, and in the topic that it names.
        $help = Get-Help New-KlingVideo
        "$(@($help.examples.example.code)[0])" | Should -BeLike '*-Prompt*-OutDirectory*'
        "$(@($help.relatedLinks.navigationLink.linkText) -join ' ')" | Should -BeLike '*about_Kling_Batch*'
        $topic = [IO.File]::ReadAllText([IO.Path]::Combine((Get-Module Kling).ModuleBase, 'en-US', 'about_Kling_Batch.help.txt'))
        foreach ($word in 'Image,Prompt,Duration', 'Measure-KlingCost', '-MaxCost', '-Resume') { $topic.Contains($word) | Should -BeTrue }
    }
}

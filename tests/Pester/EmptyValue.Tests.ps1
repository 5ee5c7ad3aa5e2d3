BeforeDiscovery {
    # Every parameter that takes a value, of every cmdlet: also of those that come later.
    $manifest = $env:KLING_MODULE
    if (-not $manifest) { $manifest = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..', 'out', 'Kling', 'Kling.psd1')) }
    Import-Module $manifest
    $common = [Management.Automation.Cmdlet]::CommonParameters + [Management.Automation.Cmdlet]::OptionalCommonParameters
    $cases = foreach ($cmdlet in Get-Command -Module Kling) {
        foreach ($parameter in $cmdlet.Parameters.Values) {
            if ($parameter.SwitchParameter -or $common -contains $parameter.Name) { continue }
            # A list without faults, and a body without text, are what they say.
            $allowed = $parameter.Attributes.TypeId.Name
            $values = @{ '$null' = $null; "''" = ''; 'a blank' = ' '; '@()' = @() }
            if ($allowed -contains 'AllowEmptyCollectionAttribute') { $values.Remove('@()') }
            if ($allowed -contains 'AllowEmptyStringAttribute') { $values.Remove("''"); $values.Remove('a blank') }
            @{ cmdlet = $cmdlet.Name; parameter = $parameter.Name; values = $values }
        }
    }
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    Use-Sandbox
    $script:image = New-TestImage (Join-Path $TestDrive 'shot.png')
    function Get-Paid { (Get-KlingSandbox).TaskCount }
}

AfterAll { Stop-KlingSandbox }

Describe 'A parameter that is given without a value' {
    It 'is an error before anything else: <cmdlet> -<parameter>' -TestCases $cases {
        # What the call would need besides, so that it is the empty value that fails.
        $given = @{}
        switch ($cmdlet) {
            'New-KlingVideo' { if ($parameter -notin 'Image', 'LiteralPath', 'InputObject') { $given.Image = $image } }
            'Connect-Kling' { if ($parameter -eq 'Vault') { $given.SecretName = 'key' } elseif ($parameter -eq 'Endpoint') { $given.ApiKey = Get-SandboxKey } }
            'Export-KlingGallery' { if ($parameter -ne 'Task') { $given.Task = [Kling.Models.KlingTask]::new() }; if ($parameter -ne 'Path') { $given.Path = Join-Path $TestDrive 'page.html' } }
            { $_ -in 'Save-KlingVideo', 'Wait-KlingTask' } { if ($parameter -notin 'Task', 'TaskId', 'Video') { $given.TaskId = [guid]::NewGuid() } }
        }

        $values.Count | Should -BeGreaterThan 0
        $before = Get-Paid
        foreach ($what in $values.Keys) {
            $given[$parameter] = $values[$what]
            $problem = $null
            $env:RUNWARE_API_KEY = 'a-test-key-0123456789'
            try { $null = & $cmdlet @given -ErrorAction Stop -WarningAction SilentlyContinue } catch { $problem = $_ } finally { Clear-TestEnvironment }
            $problem | Should -Not -BeNullOrEmpty -Because "$what is no value"
            "$problem" | Should -BeLike "*$parameter*" -Because "$what is no value"
            $problem.FullyQualifiedErrorId | Should -Match '^(InvalidRequest|Parameter\w+|CannotConvertArgument\w*),' -Because "$what is no value"
            Get-Paid | Should -Be $before -Because "$what is no value"
            (Get-KlingConnection).KeySource | Should -Be 'Sandbox' -Because "$what is no value"
        }
    }

    It 'is named with what to do' {
        $problem = $null
        try { New-KlingVideo $image -OutDirectory $null } catch { $problem = $_ }
        $problem.FullyQualifiedErrorId | Should -Be 'InvalidRequest,Kling.Cmdlets.NewKlingVideoCommand'
        "$problem" | Should -Be 'OutDirectory: an empty value was given; allowed: a value. Is its variable set? To do without it, leave -OutDirectory out.'
        $problem.ErrorDetails.RecommendedAction | Should -Be 'Get-Help New-KlingVideo -Parameter OutDirectory'
    }

    It 'may be a standing default, too' {
        $PSDefaultParameterValues['New-KlingVideo:OutDirectory'] = ''
        try { { New-KlingVideo $image } | Should -Throw 'OutDirectory: an empty value*' } finally { $PSDefaultParameterValues.Remove('New-KlingVideo:OutDirectory') }
    }

    It 'is not a cell of a row that is empty' {
        $report = [pscustomobject]@{ Image = $image; Prompt = ''; Duration = $null; Width = ' ' } | Test-KlingRequest
        $report.IsValid | Should -BeTrue
    }
}

Describe 'A task id that is none' {
    It 'is refused: <cmdlet>' -TestCases @(@{ cmdlet = 'New-KlingVideo' }, @{ cmdlet = 'Get-KlingTask' }, @{ cmdlet = 'Wait-KlingTask' }, @{ cmdlet = 'Save-KlingVideo' }, @{ cmdlet = 'Remove-KlingTask' }) {
        $given = @{ TaskId = [guid]::Empty }
        if ($cmdlet -eq 'New-KlingVideo') { $given.Image = $image }
        $before = Get-Paid
        { & $cmdlet @given -ErrorAction Stop } | Should -Throw '*TaskId*'
        Get-Paid | Should -Be $before
    }

    It 'is refused in a row: <_>' -ForEach 'Get-KlingTask', 'Wait-KlingTask', 'Save-KlingVideo', 'Remove-KlingTask' {
        { [pscustomobject]@{ TaskId = [guid]::Empty } | & $_ -ErrorAction Stop } | Should -Throw '*TaskId*00000000-0000-0000-0000-000000000000*'
        { [guid]::Empty | & $_ -ErrorAction Stop } | Should -Throw '*TaskId*00000000-0000-0000-0000-000000000000*'
    }

    It 'is refused where it is a UUID of another version, and nothing is bought' {
        $before = Get-Paid
        { New-KlingVideo $image -TaskId '11111111-1111-1111-1111-111111111111' -ErrorAction Stop } | Should -Throw '*version 4*'
        Get-Paid | Should -Be $before
    }
}

Describe 'A key that is none' {
    AfterEach { Clear-TestEnvironment }

    It 'does not take the key of the environment: <what>' -TestCases @(
        @{ what = 'a credential'; key = [pscredential]::new('someone', (ConvertTo-SecureString 'a-test-key-0123456789' -AsPlainText -Force)); said = '*PSCredential*Password*' }
        @{ what = 'a number'; key = 5; said = '*ApiKey*Int32*' }
        @{ what = 'a hashtable'; key = @{}; said = '*ApiKey*Hashtable*' }
        @{ what = 'an empty secure string'; key = [securestring]::new(); said = '*key is empty*' }
    ) {
        $env:RUNWARE_API_KEY = 'a-test-key-0123456789'
        { Connect-Kling -ApiKey $key } | Should -Throw $said
        (Get-KlingConnection).KeySource | Should -Be 'Sandbox'
    }

    It 'is no secret in the error' {
        $problem = $null
        try { Connect-Kling -ApiKey ([pscredential]::new('someone', (ConvertTo-SecureString 'a-test-key-0123456789' -AsPlainText -Force))) } catch { $problem = $_ }
        ($problem | Format-List * -Force | Out-String) | Should -Not -Match 'a-test-key'
    }
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    Use-Sandbox
    $script:image = New-TestImage (Join-Path $TestDrive 'shot.png')
    function Get-Submitted { (Get-KlingSandbox).TaskCount }
    function New-Rows {
        param([int] $Number)
        1..$Number | ForEach-Object { [pscustomobject]@{ Image = $image; Prompt = "row $_ $([guid]::NewGuid())"; Scene = "s$_" } }
    }
}

AfterAll { Stop-KlingSandbox }

Describe 'The tasks of a batch as its next manifest' {
    It 'are a no-op with -Resume once they went through CSV' {
        $csv = Join-Path $TestDrive 'done.csv'
        New-Rows 3 | New-KlingVideo -Wait | Export-Csv $csv
        $before = Get-Submitted
        $again = @(Import-Csv $csv | New-KlingVideo -Resume -Wait -WarningVariable warnings)
        Get-Submitted | Should -Be $before
        @($warnings).Count | Should -Be 0
        (@($again.TaskId | ForEach-Object { "$_" } | Sort-Object) -join ',') | Should -Be (@((Import-Csv $csv).TaskId | Sort-Object) -join ',')
        (@($again.Scene | Sort-Object) -join ',') | Should -Be 's1,s2,s3'
        $again[0].Cost | Should -BeOfType ([decimal])
        $again[0].Cost | Should -Be 0.1848
        @($again[0].Videos).Count | Should -Be 1
    }

    It 'are a no-op with -Resume straight from the pipeline, and keep the columns they were given' {
        $tasks = @(New-Rows 2 | New-KlingVideo -Wait)
        $before = Get-Submitted
        $again = @($tasks | New-KlingVideo -Resume -Wait)
        Get-Submitted | Should -Be $before
        (@($again.Scene | Sort-Object) -join ',') | Should -Be 's1,s2'
    }

    It 'buy one for one changed cell' {
        $csv = Join-Path $TestDrive 'changed.csv'
        New-Rows 3 | New-KlingVideo -Wait | Export-Csv $csv
        $rows = @(Import-Csv $csv)
        $rows[1].Prompt = 'another prompt'
        $before = Get-Submitted
        $null = $rows | New-KlingVideo -Resume -Wait
        Get-Submitted | Should -Be ($before + 1)
    }

    It 'bind the same from JSON, where a list is variants and null is not given' {
        $rows = [pscustomobject]@{ Image = $image; Prompt = 'pan', 'zoom'; Duration = 10; CfgScale = 0.3; NumberResults = $null; Scene = 7 }
        $reports = @($rows | ConvertTo-Json | ConvertFrom-Json | Test-KlingRequest)
        $reports.Count | Should -Be 2
        foreach ($report in $reports) {
            $report.IsValid | Should -BeTrue
            $report.Json | Should -Match '"duration": 10'
            $report.Json | Should -Match '"CFGScale": 0.3'
            $report.Json | Should -Not -Match 'numberResults'
        }
    }

    It 'fetch no file again that is there and whole' {
        $folder = Join-Path $TestDrive 'clips'
        $rows = @(New-Rows 2)
        $first = @($rows | New-KlingVideo -OutDirectory $folder)
        $old = [datetime]::new(2020, 1, 1, 0, 0, 0, [DateTimeKind]::Utc)
        foreach ($task in $first) { [IO.File]::SetLastWriteTimeUtc($task.File, $old) }
        $again = @($rows | New-KlingVideo -Resume -OutDirectory $folder -ErrorVariable problems)
        @($problems).Count | Should -Be 0
        (@($again.File | Sort-Object) -join ',') | Should -Be (@($first.File | Sort-Object) -join ',')
        foreach ($task in $again) { [IO.File]::GetLastWriteTimeUtc($task.File) | Should -Be $old }
    }
}

Describe 'A batch that is ended' {
    It 'writes what was bought with the columns of its row, and carries it on the error' {
        Use-Sandbox -GenerationSeconds 600
        $rows = @(New-Rows 2) + [pscustomobject]@{ Image = $image; Prompt = 'p'; Scene = 's3' }
        $tasks = [Collections.Generic.List[object]]::new()
        $failure = $null
        $key = [Net.NetworkCredential]::new('', 'another-key-that-is-wrong').SecurePassword
        try {
            $rows | ForEach-Object {
                if ($_.Scene -eq 's3') {
                    # The two before are accepted by now; from here on the key is refused.
                    while (@(Get-KlingTask -Local -Status Processing).Count -lt 2) { }
                    $null = Connect-Kling -Endpoint (Get-KlingSandbox).Endpoint -ApiKey $key
                }
                $_
            } | New-KlingVideo -Wait -InformationVariable told 6>$null | ForEach-Object { $tasks.Add($_) }
        } catch { $failure = $_ }
        $failure.FullyQualifiedErrorId | Should -BeLike 'KeyRefused,*'
        (@($tasks.Scene | Sort-Object) -join ',') | Should -Be 's1,s2'
        @($failure.Exception.Tasks).Count | Should -Be 2
        "$told" | Should -BeLike '0 done, 1 failed, 2 open, 0.37 USD at list price in *'
        Use-Sandbox
    }
}

Describe 'Too many requests' {
    It 'are waited out, and every row is bought once' {
        Use-Sandbox -Fault 'TooMany429:Submit:3'
        $tasks = @(New-Rows 6 | New-KlingVideo -Wait -ThrottleLimit 3)
        @($tasks | Where-Object { "$($_.Status)" -eq 'Succeeded' }).Count | Should -Be 6
        (Get-KlingSandbox).TotalBilled | Should -Be (6 * 0.1848)
        Use-Sandbox
    }
}

Describe 'Shards of one manifest' {
    BeforeAll {
        function Split-Rows {
            # Deals the rows out: shard 0 of 2 takes rows 0, 2, 4, …
            param([object[]] $Rows, [int] $Shards)
            0..($Shards - 1) | ForEach-Object {
                $shard = $_
                , @(0..($Rows.Count - 1) | Where-Object { $_ % $Shards -eq $shard } | ForEach-Object { $Rows[$_] })
            }
        }
    }

    It 'on one machine share its journal, and buy every row once' {
        $rows = @(New-Rows 9)
        $before = Get-Submitted
        $workers = @(Split-Rows $rows 2 | ForEach-Object {
            $runspace = [runspacefactory]::CreateRunspace([initialsessionstate]::CreateDefault2())
            $runspace.Open()
            $shell = [powershell]::Create($runspace).AddScript('param($Manifest, $Rows) Import-Module $Manifest; $Rows | New-KlingVideo -Resume -Wait').AddArgument($manifest).AddArgument($_)
            [pscustomobject]@{ Shell = $shell; Call = $shell.BeginInvoke() }
        })
        $tasks = @($workers | ForEach-Object { $_.Shell.EndInvoke($_.Call); $_.Shell.Runspace.Dispose(); $_.Shell.Dispose() })
        $tasks.Count | Should -Be 9
        @($tasks.Scene | Sort-Object -Unique).Count | Should -Be 9
        Get-Submitted | Should -Be ($before + 9)
        @($rows | New-KlingVideo -Resume -Wait).Count | Should -Be 9
        Get-Submitted | Should -Be ($before + 9)
    }

    It 'on several machines have a journal each, and going on buys nothing twice' {
        $rows = @(New-Rows 5)
        $shards = @(Split-Rows $rows 2)
        $former = $env:KLING_HOME
        $before = Get-Submitted
        try {
            foreach ($round in 1..2) {
                foreach ($machine in 0..1) {
                    $env:KLING_HOME = Join-Path $TestDrive "machine-$machine"
                    $null = Connect-Kling -Sandbox
                    @($shards[$machine] | New-KlingVideo -Resume -Wait).Count | Should -Be $shards[$machine].Count
                    @(Get-KlingTask -Local).Count | Should -Be $shards[$machine].Count
                }
                Get-Submitted | Should -Be ($before + 5)
            }
        } finally {
            $env:KLING_HOME = $former
            $null = Connect-Kling -Sandbox
        }
    }
}

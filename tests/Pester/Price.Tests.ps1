BeforeAll {
    . $PSScriptRoot/Common.ps1
    $script:image = New-TestImage (Join-Path $TestDrive 'shot.png')
}

Describe 'Measure-KlingCost' {
    It 'prices <seconds> s, <count> video(s) at <price> USD, without an image' -TestCases @(
        @{ seconds = 5; count = 1; price = 0.185 }, @{ seconds = 10; count = 1; price = 0.37 }
        @{ seconds = 5; count = 4; price = 0.74 }, @{ seconds = 10; count = 3; price = 1.11 }
    ) {
        $cost = Measure-KlingCost -Duration $seconds -NumberResults $count
        $cost.EstimatedCost | Should -Be $price
        $cost.EstimatedCost | Should -BeOfType ([decimal])
        $cost.BilledCost | Should -BeNullOrEmpty
    }

    It 'prices rows each and in total' {
        $rows = [pscustomobject]@{ Image = $image; Duration = '5' }, [pscustomobject]@{ Image = $image; Duration = '10'; NumberResults = '2' }
        $costs = @($rows | Measure-KlingCost)
        $costs.Count | Should -Be 3
        $costs[0].EstimatedCost | Should -Be 0.185
        $costs[1].EstimatedCost | Should -Be 0.74
        $costs[2].Item | Should -Be 'Total'
        $costs[2].EstimatedCost | Should -Be 0.925
    }

    It 'says what is odd about the numbers' {
        (Measure-KlingCost).Note | Should -Match '0\.1848'
        (Measure-KlingCost).Note | Should -Match '1080p'
    }

    It 'an unknown model has an unknown price, never a guess' {
        $cost = Measure-KlingCost -Model 'klingai:9@9'
        $cost.EstimatedCost | Should -BeNullOrEmpty
        $cost.Note | Should -Match 'unknown'
    }

    It 'shows the estimate beside what was billed for tasks' {
        Use-Sandbox
        $costs = @($image, $image | New-KlingVideo -Wait | Measure-KlingCost)
        $costs.Count | Should -Be 3
        $costs[0].EstimatedCost | Should -Be 0.185
        $costs[0].BilledCost | Should -Be 0.1848
        $costs[2].EstimatedCost | Should -Be 0.37
        $costs[2].BilledCost | Should -Be 0.3696
        (Get-KlingSandbox).TotalBilled | Should -Be 0.3696
        Stop-KlingSandbox
    }

    It 'sums the journal by day and model, live and sandbox apart' {
        Use-Sandbox
        $null = $image, $image | New-KlingVideo -Wait
        $null = New-KlingVideo $image -Duration 10 -NumberResults 2 -Wait
        $day = @(Measure-KlingCost -Since ([timespan]::FromHours(1)))
        $day.Count | Should -BeIn 1, 3 # a test across midnight has two days
        $sum = $day[-1]
        $sum | Should -BeOfType ([Kling.Models.KlingSpending])
        @($sum.TaskCount, $sum.VideoCount, $sum.FailedCount, $sum.EstimatedCost, $sum.BilledCost) -join ' ' | Should -Be '3 4 0 1.110 1.1088'
        $day[0].Day | Should -Match '^\d{4}-\d\d-\d\d$'
        $day[0].Endpoint | Should -Be (Get-KlingConnection).Endpoint
        @(Measure-KlingCost -Since (Get-Date).AddHours(1)).Count | Should -Be 0

        # Another sandbox is another service.
        Use-Sandbox
        @(Measure-KlingCost -Since ([timespan]::FromHours(1))).Count | Should -Be 0
        Stop-KlingSandbox
    }

    It 'reads -Since alike in every culture: <culture>' -TestCases @(
        @{ culture = 'en-US' }, @{ culture = 'de-DE' }, @{ culture = 'fa-IR' }, @{ culture = 'th-TH' }, @{ culture = 'ar-SA' }
    ) {
        Use-Sandbox
        $task = New-KlingVideo $image -Wait
        $before = [cultureinfo]::CurrentCulture
        try {
            [cultureinfo]::CurrentCulture = $culture
            $utc = [DateTime]::UtcNow
            $past = $utc.AddHours(-1).ToString('yyyy-MM-ddTHH:mm:ssZ', [cultureinfo]::InvariantCulture)
            $future = $utc.AddHours(1).ToString('yyyy-MM-ddTHH:mm:ssZ', [cultureinfo]::InvariantCulture)
            foreach ($since in $past, '2024-02-29', $utc.AddHours(-1), ([timespan]::FromHours(1)), '1.00:00:00', (Get-Date).AddHours(-1).ToString()) {
                @(Measure-KlingCost -Since $since).Count | Should -Be 1
                (Get-KlingTask -Local -Since $since).TaskId | Should -Contain $task.TaskId
            }
            foreach ($since in $future, '2124-02-29', $utc.AddHours(1)) {
                @(Measure-KlingCost -Since $since).Count | Should -Be 0
                @(Get-KlingTask -Local -Since $since).Count | Should -Be 0
            }
        }
        finally { [cultureinfo]::CurrentCulture = $before }
        foreach ($wrong in '7', 7, 'yesterday', 0.5) {
            { Measure-KlingCost -Since $wrong } | Should -Throw "*Since: '$wrong' was given; allowed: a date*"
        }
        Stop-KlingSandbox
    }

    It 'refuses input beside -Since, and warns of what it does not use' {
        { $image | Measure-KlingCost -Since '2024-02-29' } | Should -Throw '*Since: it was given beside input*'
        Use-Sandbox
        $null = New-KlingVideo $image -Wait
        $sum = Measure-KlingCost -Since '2024-02-29' -Model 'klingai:9@9' -Duration 10 -WarningVariable warnings -WarningAction SilentlyContinue
        $sum.ModelId | Should -Be 'klingai:5@1'
        "$warnings" | Should -BeLike '-Model, -Duration: not used*'
        Stop-KlingSandbox
    }

    It 'prices no row that could not be sent' {
        $costs = @([pscustomobject]@{ Image = $image; Duration = '6' } | Measure-KlingCost -ErrorAction SilentlyContinue -ErrorVariable problems)
        $costs.Count | Should -Be 0
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'InvalidRequest,*'
    }
}

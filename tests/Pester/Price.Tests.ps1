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

    It 'prices no row that could not be sent' {
        $costs = @([pscustomobject]@{ Image = $image; Duration = '6' } | Measure-KlingCost -ErrorAction SilentlyContinue -ErrorVariable problems)
        $costs.Count | Should -Be 0
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'InvalidRequest,*'
    }
}

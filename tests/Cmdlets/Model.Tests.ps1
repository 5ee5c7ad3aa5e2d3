Describe 'Get-KlingModel' {
    BeforeAll {
        . (Join-Path $PSScriptRoot 'Common.ps1')
        $model = @(Get-KlingModel)
    }

    It 'lists the model this module is made for' {
        $model.Id | Should -Contain 'klingai:5@1'
    }

    It 'has a <Name> parameter that binds no nonsense' -ForEach @(
        @{ Name = 'Model' }
    ) {
        (Get-Command Get-KlingModel).Parameters.Keys | Should -Contain $Name
    }
}

@{
    RootModule           = 'Kling.dll'
    ModuleVersion        = '0.1.0'
    GUID                 = '6a0f3f0e-5c38-4b0e-9a52-6f8f2f1d7c41'
    Author               = 'The Kling contributors'
    CompanyName          = 'Community'
    Copyright            = '(c) The Kling contributors. MIT License.'
    Description          = 'Turn images into videos with KlingAI 2.1 Standard through the Runware API: priced before it is paid, nothing lost, nothing paid twice.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    RequiredAssemblies   = @('Kling.Core.dll')
    TypesToProcess       = @('Kling.Types.ps1xml')
    FormatsToProcess     = @('Kling.Format.ps1xml')
    CmdletsToExport      = @(
        'Connect-Kling'
        'ConvertFrom-KlingWebhook'
        'Disconnect-Kling'
        'Export-KlingGallery'
        'Get-KlingAccount'
        'Get-KlingConnection'
        'Get-KlingModel'
        'Import-KlingModel'
        'Remove-KlingModel'
        'Get-KlingSandbox'
        'Get-KlingTask'
        'Measure-KlingCost'
        'New-KlingVideo'
        'Remove-KlingTask'
        'Save-KlingVideo'
        'Send-KlingImage'
        'Start-KlingSandbox'
        'Stop-KlingSandbox'
        'Test-KlingRequest'
        'Wait-KlingTask'
    )
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    PrivateData          = @{
        PSData = @{
            Tags       = @('KlingAI', 'Runware', 'video', 'image-to-video', 'AI', 'PSEdition_Core')
            LicenseUri = 'https://opensource.org/license/mit'
        }
    }
}

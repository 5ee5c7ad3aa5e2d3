@{
    # A clone holds no assembly: imported as it is, it says how to build. The package has what the build puts here instead
    # (CompleteManifest in src/Kling/Kling.csproj), with the project's addresses and, from scripts/package.ps1, the release's notes.
    RootModule           = 'scripts/NotBuilt.psm1'
    ModuleVersion        = '0.2.0'
    GUID                 = '6a0f3f0e-5c38-4b0e-9a52-6f8f2f1d7c41'
    Author               = 'The Kling contributors'
    CompanyName          = 'Community'
    Copyright            = '(c) The Kling contributors. MIT License.'
    Description          = 'Turn images into videos with KlingAI 2.1 Standard through the Runware API: priced before it is paid, nothing lost, nothing paid twice.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    CmdletsToExport      = @(
        'Connect-Kling',
        'ConvertFrom-KlingWebhook',
        'Disconnect-Kling',
        'Export-KlingGallery',
        'Get-KlingAccount',
        'Get-KlingConnection',
        'Get-KlingModel',
        'Import-KlingModel',
        'Remove-KlingModel',
        'Get-KlingSandbox',
        'Get-KlingTask',
        'Measure-KlingCost',
        'New-KlingVideo',
        'Remove-KlingTask',
        'Save-KlingVideo',
        'Send-KlingImage',
        'Start-KlingSandbox',
        'Stop-KlingSandbox',
        'Test-KlingRequest',
        'Wait-KlingTask'
    )
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    PrivateData          = @{
        PSData = @{
            Tags       = @('KlingAI', 'Runware', 'video', 'image-to-video', 'AI', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            LicenseUri = 'https://opensource.org/license/mit'
        }
    }
}

@{
    RootModule           = 'EmptyModule.dll'
    ModuleVersion        = '1.0'
    GUID                 = '5b0c6f0e-6c52-4c7e-9d0a-3a6f6f7b8c11'
    Author               = 'Kling contributors'
    Description          = 'A binary module with nothing in it, beside which the import of Kling is measured.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    FunctionsToExport    = @()
    CmdletsToExport      = @('Get-Nothing')
    VariablesToExport    = @()
    AliasesToExport      = @()
}

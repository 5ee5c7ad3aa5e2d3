throw "This folder holds Kling's sources. Build the module with 'dotnet publish src/Kling -o out/Kling' or './build.ps1', then: Import-Module ./out/Kling"

# Dot-sourced in BeforeAll of each Pester file: imports the packaged module. Build it first with
# `dotnet build tests/Kling.Hosting`, or name another one in KLING_MODULE.
Import-Module -Name ($env:KLING_MODULE ?? (Join-Path $PSScriptRoot '..' '..' 'out' 'Kling' 'Kling.psd1')) -Force

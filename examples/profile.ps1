# Lines for your profile (notepad $PROFILE, or any editor): what you would otherwise type each time.

# A video is saved without a word more, and one command spends at most 2 USD. Typed values go first: -MaxCost 20.
$PSDefaultParameterValues['*-KlingVideo:OutDirectory'] = Join-Path $HOME 'clips'
$PSDefaultParameterValues['New-KlingVideo:MaxCost'] = 2

# All commands together spend at most 20 USD in 24 hours, also in scripts and jobs that this session starts.
$env:KLING_MAX_COST_PER_DAY = 20

# The key comes from a vault when it is first needed. For example: kling 'rain starts' *.jpg
function kling([string] $Prompt) {
    if (-not (Get-KlingConnection).IsConnected) { $null = Connect-Kling -SecretName runware }
    Get-Item -Path $args | New-KlingVideo -Prompt $Prompt
}

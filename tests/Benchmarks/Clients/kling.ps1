# The module, as a script uses it. The job is in the environment.
Import-Module $env:JOB_MODULE
$env:RUNWARE_BASE_URL = $env:JOB_ENDPOINT
$env:RUNWARE_API_KEY = $env:JOB_KEY
$videos = Import-Csv -LiteralPath $env:JOB_ROWS | New-KlingVideo -Wait -ThrottleLimit $env:JOB_THROTTLE -Upload $env:JOB_UPLOAD -Force
if (@($videos | Where-Object Status -ne 'Succeeded').Count) { exit 1 }

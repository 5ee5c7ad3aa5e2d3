# What a careful script does without a client: it looks at each task once a second, and records nothing.
$key = $env:JOB_KEY
$endpoint = $env:JOB_ENDPOINT
Import-Csv -LiteralPath $env:JOB_ROWS | ForEach-Object -ThrottleLimit $env:JOB_THROTTLE -Parallel {
    $call = @{ Uri = $using:endpoint; Method = 'Post'; ContentType = 'application/json'; Headers = @{ Authorization = "Bearer $using:key" } }
    $id = [guid]::NewGuid()
    $image = 'data:image/png;base64,' + [Convert]::ToBase64String([IO.File]::ReadAllBytes($_.LiteralPath))
    $task = @{ taskType = 'videoInference'; taskUUID = $id; model = 'klingai:5@1'; positivePrompt = $_.Prompt; includeCost = $true; inputs = @{ frameImages = @(@{ image = $image; frame = 'first' }) } }
    $null = Invoke-RestMethod @call -Body (ConvertTo-Json -InputObject @($task) -Depth 6 -Compress)
    do {
        Start-Sleep -Seconds 1
        $reply = Invoke-RestMethod @call -Body "[{`"taskType`":`"getResponse`",`"taskUUID`":`"$id`"}]"
    } while ($reply.data[0].status -eq 'processing')
    $reply.data[0].videoURL
}

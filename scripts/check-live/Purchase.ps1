# What can be seen only of a video that was bought.

function Test-Purchase {
    $most = 0.19
    $image = [IO.Path]::Combine($check.Root, 'examples', 'images', 'dawn.png')
    $key = "check-live-$([guid]::NewGuid())"
    $request = @{ Image = $image; Prompt = 'The camera moves slowly forward.'; Duration = 5; Width = 1280; Height = 720; IdempotencyKey = $key }
    $plan = Test-KlingRequest @request

    # The limit of the day is the module's to judge; -WhatIf buys nothing.
    $limit = $null
    if (Test-Path Env:KLING_MAX_COST_PER_DAY) {
        Enter-Home $check.UserHome
        $limit = (Invoke-Module { New-KlingVideo @request -WhatIf }).Problem
        Enter-Home $check.OwnHome
    }

    $reason = if ($check.Accepted) { 'a task was taken that should have been refused' }
        elseif (-not $check.IsReached) { 'the service did not answer the ping' }
        elseif (-not $plan.IsValid) { "the request is not valid: $($plan.Violations -join ' ')" }
        elseif ($null -eq $plan.EstimatedCost -or $plan.EstimatedCost -gt $most) { "its list price is $($plan.EstimatedCost ?? 'unknown') USD, and at most $most is spent" }
        elseif ($limit) { $limit }
        elseif ($check.AsksFirst -and -not (Confirm-Purchase $plan.EstimatedCost $most)) { 'nobody said yes' }
    if ($reason) {
        Add-Line 'purchase' "one video of 5 seconds for at most $most USD" "nothing was bought: $reason" $false
        return
    }

    # The module's own request, with the bytes of the image, and an id that another machine finds by the key.
    $task = ($plan.Json | ConvertFrom-Json -AsHashtable -Depth 64 -NoEnumerate)[0]
    $task['inputs']['frameImages'][0]['image'] = [Convert]::ToBase64String([IO.File]::ReadAllBytes($image))
    $before = Get-Balance
    $check.Bought = "one video, task $($plan.TaskId), key $key"
    Write-Report
    Write-Host "Buying task $($plan.TaskId). If this ends early: Wait-KlingTask -TaskId $($plan.TaskId) | Save-KlingVideo -OutDirectory ."
    $reply = Send-Task $task
    if (-not (Test-Acknowledgement $reply $plan.TaskId)) { return }

    # From here on the journal of this user knows it.
    Enter-Home $check.UserHome
    $null = Invoke-Module { Get-KlingTask -TaskId $plan.TaskId }
    Enter-Home $check.OwnHome
    $result = Wait-Video $task
    if ($result -is [string]) {
        Test-Charge 'charge of a failed task' 'none' $before 0
        return
    }

    if (-not $result) { return }
    Test-Cost $result $plan
    Test-Download $result
    Test-Archive $plan.TaskId
    Test-SameKey $request $plan.TaskId
    Add-Repeat 'repeat after the end' $task
    $again = Send-Task (ConvertTo-Task getResponse -Id $plan.TaskId)
    Add-Line 'result after the repeats' 'the same video' (Get-Seen $again) (@($again.Data | Where-Object { $_['status'] -eq 'success' -and $_['videoUUID'] -eq $result['videoUUID'] }).Count -eq 1)
    Test-Charge 'charged once' 'the balance fell by the cost of one video' $before $result['cost']
    Enter-Home $check.UserHome
    $call = Invoke-Module { (Save-KlingVideo -TaskId $plan.TaskId -OutDirectory ([IO.Path]::GetDirectoryName($check.Path))).Name }
    Add-Line 'Save-KlingVideo' 'saves it whole' ($call.Problem ?? "$($call.Value), beside the report") ([bool] $call.Value)
}

function Confirm-Purchase {
    param($Price, $Most)
    # A host that cannot ask answers in several ways. None of them is a yes.
    try {
        $choices = [Management.Automation.Host.ChoiceDescription[]] @(
            [Management.Automation.Host.ChoiceDescription]::new('&Yes', 'Buys it.'), [Management.Automation.Host.ChoiceDescription]::new('&No', 'Buys nothing.'))
        $Host.UI.PromptForChoice('Cost', "This buys one video of 5 seconds at $($check.Endpoint) for $Price USD (list price), at most $Most. Continue?", $choices, 1) -eq 0
    }
    catch [Management.Automation.PipelineStoppedException] { throw }
    catch { $false }
}

function Test-Acknowledgement {
    # Whether the service has the task. What is not clear is looked for, and never sent again.
    param($Reply, [guid] $Id)
    $isTaken = @($Reply.Data | Where-Object { $_['taskUUID'] -eq "$Id" }).Count -gt 0
    Add-Line 'acknowledgement' 'HTTP 200: one item with videoInference and the taskUUID, no status' "$(Get-Seen $Reply)$(if ($isTaken) { ", with $($Reply.Data[0].Keys -join ', ')" })" (
        $Reply.Status -eq 200 -and $Reply.Data.Count -eq 1 -and $isTaken -and $Reply.Data[0]['taskType'] -eq 'videoInference' -and -not $Reply.Data[0]['status'])
    if ($isTaken) { return $true }
    if ($Reply.Errors -and $Reply.Status -lt 500) {
        $check.Bought = 'nothing: the task was refused'
        return $false
    }

    foreach ($attempt in 1..3) {
        $details = Send-Task (ConvertTo-Task getTaskDetails -Id $Id)
        $look = Send-Task (ConvertTo-Task getResponse -Id $Id)
        if ($details.Data -or @($look.Data | Where-Object { $_['videoURL'] })) { return $true }
        Start-Sleep -Milliseconds (1000 * $check.PollSeconds)
    }

    $check.Bought = "perhaps one video: whether the service has the task $Id is not known"
    Write-Warning "Whether the service has the task is not known. Look again: Get-KlingTask -TaskId $Id"
    $false
}

function Wait-Video {
    # Polls until the video is there, and repeats the id once while it is made. Returns the item of the video, or why there is none as a
    # text; nothing when it is not known.
    param($Task)
    Write-Host 'Waiting for the video. It may take some minutes.'
    $id = $Task['taskUUID']
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $shapes = [ordered]@{}
    $isRepeated = $false
    $result = $null
    $failure = ''
    while (-not $result -and -not $failure -and $watch.Elapsed.TotalSeconds -lt $check.TimeoutSeconds) {
        $reply = Send-Task (ConvertTo-Task getResponse -Id $id)
        $items = @($reply.Data | Where-Object { $_['taskUUID'] -eq $id })
        $result = $items | Where-Object { $_['videoURL'] -and $_['status'] -ne 'error' } | Select-Object -First 1

        # An HTTP error says nothing about the task.
        if (-not $result -and $reply.Status -eq 200 -and ($reply.Errors -or @($items | Where-Object { $_['status'] -eq 'error' }))) { $failure = Get-Seen $reply }
        if ($result -or $failure) { break }
        $shapes[$(if ($items) { "$($items[0]['taskType']) $($items[0]['status'])" } else { Get-Seen $reply })] = $true
        if (-not $isRepeated -and $items) {
            $isRepeated = $true
            Add-Repeat 'repeat while it runs' $Task
        }

        Start-Sleep -Milliseconds (1000 * $check.PollSeconds)
    }

    $running = @($shapes.Keys)
    Add-Line 'getResponse while it runs' 'processing, as videoInference or getResponse' ($running ? ($running -join '; ') : 'it had ended at the first look') $(
        if ($running) { @($running | Where-Object { $_ -notmatch '^(videoInference|getResponse) processing$' }).Count -eq 0 } else { $null })
    if (-not $isRepeated) { Add-Line 'repeat while it runs' 'refused: conflictTaskUUID' 'it had ended at the first look' $null }
    $seen = if ($failure) { "it failed: $failure" } elseif ($result) { "$($result['taskType']) $($result['status']), with $($result.Keys -join ', ')" } else { "no video within $($check.TimeoutSeconds) s; it may still come" }
    Add-Line 'getResponse at the end' 'success, with videoUUID, videoURL, seed and cost' $seen (
        $result -and $result['status'] -eq 'success' -and @('videoUUID', 'videoURL', 'seed', 'cost' | Where-Object { -not $result[$_] }).Count -eq 0)
    if ($result) { Add-Line 'latency' 'less than 1800 s, after which the module stops to wait' "$([Math]::Round($watch.Elapsed.TotalSeconds, 1)) s" ($watch.Elapsed.TotalSeconds -lt 1800) }
    $failure ? $failure : $result
}

function Add-Repeat {
    # Sends the id again, with an image that the service does not have (any more): nothing can be made of it, also where ids may repeat.
    param([string] $What, $Task)
    $believed = 'refused: conflictTaskUUID'
    if ($check.Accepted) {
        Add-Line $What $believed 'not sent, since the repeat before it was taken' $null
        return
    }

    $repeat = $Task | ConvertTo-Json -Depth 12 | ConvertFrom-Json -AsHashtable -Depth 12
    $repeat['inputs']['frameImages'][0]['image'] = $check.DeletedImage ?? [guid]::NewGuid().ToString()
    $reply = Send-Task $repeat
    $note = ''
    if ($reply.Data) {
        $check.Accepted = $Task['taskUUID']
        $check.Bought += '; the service took the same id again'
        $note = '; it was taken'
    }
    elseif ($reply.Errors -and -not (Test-Code $reply '^conflictTaskUUID$')) { $note = '; it was refused, but not for its id' }
    Add-Line $What $believed "$(Get-Seen $reply)$note" (-not $reply.Data -and (Test-Code $reply '^conflictTaskUUID$'))
}

function Test-Cost {
    param($Result, $Plan)
    $cost = $Result['cost'] -is [ValueType] ? [decimal] $Result['cost'] : $null
    Add-Line 'cost' "0.1848 USD, and not above the list price of $($Plan.EstimatedCost)" "$($cost ?? 'not told')" ($cost -eq 0.1848)
}

function Test-Download {
    param($Result)
    $address = "$($Result['videoURL'])"
    $reply = Send-Get $address
    if (-not $reply) {
        Add-Line 'download' 'HTTP 200, video/mp4, with its length' 'no address that may be asked' $false
        return
    }

    Add-Line 'download' 'HTTP 200, video/mp4, with its length' "$(if ($reply.Fault) { $reply.Fault } else { "$(([uri] $address).Host): HTTP $($reply.Status), $($reply.Type), length $($reply.Length ?? 'not told')" })" (
        $reply.Status -eq 200 -and $reply.Type -eq 'video/mp4' -and $reply.Length -eq $reply.Bytes.Length)
    $part = Send-Get $address 'bytes=100-199'
    $tag = $reply.Response ? $reply.Response.Headers.ETag : $null
    $range = $part.Response ? $part.Response.Content.Headers.ContentRange : $null
    Add-Line 'resume' 'a strong ETag, and HTTP 206 for a range' "ETag $(if (-not $tag) { 'none' } elseif ($tag.IsWeak) { 'weak' } else { 'strong' }); HTTP $($part.Status), $($range ?? 'no range')" (
        $tag -and -not $tag.IsWeak -and $part.Status -eq 206 -and $part.Bytes.Length -eq 100 -and $range -and $range.From -eq 100)
    $facts = if ($reply.Status -eq 200) { Get-VideoFacts $reply.Bytes } else { $null }
    Add-Line 'size' '1280x720, as asked for; the price list of the page says 1080p' "$(if ($facts) { "$($facts.Width)x$($facts.Height)" } else { 'no MP4' })" ($facts -and $facts.Width -eq 1280 -and $facts.Height -eq 720)
    Add-Line 'length' '5 seconds' "$(if ($facts) { "$($facts.Seconds) s" } else { 'no MP4' })" ($facts -and [Math]::Abs($facts.Seconds - 5) -le 0.5)
}

function Test-Archive {
    param([guid] $Id)
    $reply = Send-Task (ConvertTo-Task getTaskDetails -Id $Id)
    $stored = @($reply.Data | ForEach-Object { $_['request'] } | Where-Object { $_ -is [Collections.IDictionary] -and $_['taskUUID'] -eq "$Id" })
    Add-Line 'getTaskDetails of the task' 'it holds our request' "$(Get-Seen $reply)$(if ($stored) { "; request with $($stored[0].Keys -join ', ')" })" ($stored.Count -eq 1 -and $stored[0]['model'] -eq 'klingai:5@1')
}

function Test-SameKey {
    # The same command with another KLING_HOME, as on another machine. The service has just told the result, so it is found and not bought.
    param([hashtable] $Request, [guid] $Id)
    $folder = [IO.Path]::Combine($check.Temp, 'clips')
    Enter-Home ([IO.Path]::Combine($check.Temp, 'second home'))
    $call = Invoke-Module { New-KlingVideo @Request -OutDirectory $folder -MaxCost 0.19 }
    Enter-Home $check.OwnHome
    $found = $call.Value
    Add-Line '-IdempotencyKey with another KLING_HOME' 'the same task, and its video' (
        $call.Problem ?? "$($found.Status), $($found.TaskId -eq $Id ? 'the same id' : 'another id')$(if ($found.File) { ', saved' })") (
        $found -and $found.TaskId -eq $Id -and $found.Status -eq 'Succeeded' -and $found.File)
}

function Test-Charge {
    # The account may be told late, so it is asked a few times.
    param([string] $What, [string] $Believed, [AllowNull()] $Before, $Cost)
    $fell = $null
    foreach ($attempt in 1..3) {
        $now = Get-Balance
        $fell = if ($null -ne $Before -and $null -ne $now) { $Before - $now } else { $null }
        if ($null -eq $fell -or $fell -eq $Cost) { break }
        Start-Sleep -Milliseconds (1000 * $check.PollSeconds)
    }

    Add-Line $What $Believed $(if ($null -eq $fell) { 'the balance could not be read' } else { "it fell by $fell" }) $(if ($null -eq $fell) { $null } else { $fell -eq $Cost })
}

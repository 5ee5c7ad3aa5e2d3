# What can be seen without spending.

function Test-Free {
    Test-Ping
    $before = Test-Account
    Test-UnknownId
    Test-Upload
    Test-Refusal
    $after = Get-Balance
    $isKnown = $null -ne $before -and $null -ne $after
    Add-Line 'free of charge' 'none of this costs anything: the balance stays' $(
        if (-not $isKnown) { 'the balance could not be read' } elseif ($before -eq $after) { 'the balance stayed' } else { "it changed by $($after - $before)" }) $(
        if ($isKnown) { $before -eq $after } else { $null })
    $limits = @($check.Limits.Keys | ForEach-Object { "$_`: $($check.Limits[$_])" })
    Add-Line 'limit headers' 'none; the module goes by HTTP 429 and Retry-After' ($limits ? ($limits -join '; ') : 'none') ($limits.Count -eq 0)
    Test-Schema
}

function Test-Ping {
    $reply = Send-Task (ConvertTo-Task ping)
    $pong = @($reply.Data | Where-Object { $_['pong'] -eq $true }).Count -eq 1
    $check.IsReached = $reply.Status -eq 200 -and $pong
    Add-Line 'ping' 'HTTP 200, pong is true' "$(Get-Seen $reply)$(if ($pong) { '; pong' })" $check.IsReached
    Add-Line 'envelope' 'JSON: an object with the list data or errors' "$($reply.Type): $(if ($reply.Json -is [Collections.IDictionary]) { 'an object with ' + ($reply.Json.Keys -join ', ') } else { 'no object' })" (
        $reply.Type -eq 'application/json' -and $reply.Json -is [Collections.IDictionary] -and ($reply.Json['data'] -is [array] -or $reply.Json['errors'] -is [array]))
    $reply = Send-Task (ConvertTo-Task ping) -Key 'check-live-is-no-key-of-anybody'
    Add-Line 'wrong key' 'HTTP 401, invalidApiKey' (Get-Seen $reply) ($reply.Status -eq 401 -and (Test-Code $reply '^invalidApiKey$'))
    $reply = Send-Task (ConvertTo-Task ping) -Key ''
    Add-Line 'no key' 'HTTP 401, missingApiKey or invalidApiKey' (Get-Seen $reply) ($reply.Status -eq 401 -and (Test-Code $reply '^(missing|invalid)ApiKey$'))
    $call = Invoke-Module { Connect-Kling -Endpoint $check.Endpoint -ApiKey $check.SecureKey -Test }
    Add-Line 'Connect-Kling -Test' 'takes the key' ($call.Problem ?? 'connected') ($null -eq $call.Problem)
}

function Test-Account {
    # The amount itself is nobody's business: the report tells its form only.
    $reply = Send-Task (ConvertTo-Task accountManagement @{ operation = 'getDetails' })
    $amount = Get-Amount $reply
    $balance = $reply.Data | ForEach-Object { $_['balance'] } | Select-Object -First 1
    $form = if ($null -eq $balance) { "no balance; $(Get-Seen $reply)" }
        elseif ($balance -is [Collections.IDictionary]) { "an object with $($balance.Keys -join ', ')" }
        elseif ($null -ne $amount) { 'a number' }
        else { "another form: $($balance.GetType().Name)" }
    Add-Line 'balance' 'a number, or an object with the amount' $form ($null -ne $amount)
    $call = Invoke-Module { (Get-KlingAccount).Balance }
    $isSame = $null -ne $amount -and $call.Value -eq $amount
    Add-Line 'Get-KlingAccount' 'reads that balance' ($call.Problem ?? ($isSame ? 'the same' : 'another one, or none')) $isSame
    $amount
}

function Test-UnknownId {
    $first = [guid]::NewGuid()
    $second = [guid]::NewGuid()
    $reply = Send-Task (ConvertTo-Task getResponse -Id $first)
    Add-Line 'getResponse of an id never submitted' 'processing, not found, or nothing: none of them proves anything' (Get-Seen $reply) (Test-ProvesNothing $reply)
    $reply = Send-Task @((ConvertTo-Task getResponse -Id $first), (ConvertTo-Task getResponse -Id $second))
    $told = @(@($reply.Data) + @($reply.Errors) | ForEach-Object { $_['taskUUID'] } | Where-Object { $_ -in "$first", "$second" } | Select-Object -Unique)
    $isSilent = $reply.Status -eq 200 -and -not $reply.Data -and -not $reply.Errors
    Add-Line 'two ids in one getResponse' 'each is answered' "$(Get-Seen $reply); $($told.Count) of 2 ids" $(if ($isSilent) { $null } else { $told.Count -eq 2 })
    $reply = Send-Task (ConvertTo-Task getTaskDetails -Id $first)
    Add-Line 'getTaskDetails of an id never submitted' 'an error: not found' (Get-Seen $reply) (-not $reply.Data -and (Test-Code $reply 'NotFound$'))
}

function Test-ProvesNothing {
    # Whether a look tells of no result and no failure but "not found".
    param($Reply)
    $ends = @($Reply.Data | Where-Object { $_['videoUUID'] -or $_['videoURL'] -or ($_['status'] -and $_['status'] -ne 'processing') })
    $failures = @($Reply.Errors | Where-Object { "$($_['code'])" -notmatch 'NotFound$' })
    $Reply.Json -is [Collections.IDictionary] -and -not $ends -and -not $failures
}

function Test-Upload {
    # The end of a PNG may be followed by anything: so the image is nobody else's, and may be deleted.
    $bytes = [IO.File]::ReadAllBytes([IO.Path]::Combine($check.Root, 'examples', 'images', 'harbour.png')) + [guid]::NewGuid().ToByteArray()
    $reply = Send-Task (ConvertTo-Task mediaStorage @{ operation = 'upload'; media = 'data:image/png;base64,' + [Convert]::ToBase64String($bytes) })
    $media = $reply.Data | ForEach-Object { $_['mediaUUID'] } | Select-Object -First 1
    $isId = [guid]::TryParse("$media", [ref] [guid]::Empty)
    Add-Line 'upload' 'mediaStorage gives a mediaUUID' "$(Get-Seen $reply); $($isId ? 'a mediaUUID' : 'no mediaUUID')" $isId
    if (-not $isId) {
        foreach ($what in 'stored image', 'delete', 'deleted image') { Add-Line $what 'an upload comes first' 'nothing was uploaded' $null }
        return
    }

    $address = $reply.Data | ForEach-Object { $_['mediaURL'] } | Select-Object -First 1
    $image = Send-Get "$address"
    Add-Line 'stored image' 'its mediaURL serves an image, without the key' $(
        if ($image) { "HTTP $($image.Status), $($image.Type), $($image.Bytes.Length) of $($bytes.Length) bytes" } else { 'no mediaURL that may be asked' }) (
        $image -and $image.Status -eq 200 -and $image.Type -like 'image/*')
    $reply = Send-Task (ConvertTo-Task mediaStorage @{ operation = 'delete'; media = $media })
    Add-Line 'delete' 'mediaStorage deletes it, and names it' (Get-Seen $reply) (@($reply.Data | Where-Object { $_['mediaUUID'] -eq $media }).Count -eq 1)
    $reply = Send-Task (ConvertTo-Task mediaStorage @{ operation = 'delete'; media = $media })
    $isGone = -not $reply.Data -and $reply.Errors.Count -gt 0 -and $reply.Status -lt 500
    Add-Line 'deleted image' 'deleting it again is refused' (Get-Seen $reply) $isGone
    if ($isGone) { $check.DeletedImage = $media }
}

function Send-Refused {
    # A video task that nothing can be made of: it has no image and no prompt, and a duration that the model does not have. Each alone is a
    # reason to refuse it. Should one be taken all the same, no other is sent.
    param([hashtable] $Fields = @{})
    if ($check.Accepted) { return $null }
    $id = [guid]::NewGuid()
    $all = @{ model = 'klingai:5@1'; duration = 7 }
    foreach ($name in $Fields.Keys) { $all[$name] = $Fields[$name] }
    $reply = Send-Task (ConvertTo-Task videoInference $all -Id $id)
    if (@($reply.Data).Count -gt 0 -or ($reply.Status -eq 200 -and $reply.Errors.Count -eq 0)) {
        $check.Accepted = $id
        $check.Bought = "perhaps something: the service took the task $id, which has no image and no prompt"
        Write-Warning "The service took a task that it was expected to refuse. No other one is sent. Look at it: Get-KlingTask -TaskId $id"
    }

    Add-Member -InputObject $reply Id $id -PassThru
}

function Add-Refusal {
    # A line about a task that is refused; not seen where it was not sent.
    param([string] $What, [string] $Believed, $Reply, [scriptblock] $Agrees)
    if ($null -eq $Reply) { Add-Line $What $Believed 'not sent, since a task before it was taken' $null }
    else { Add-Line $What $Believed (Get-Seen $Reply) ([bool] ($Reply.Errors.Count -gt 0 -and -not $Reply.Data -and (& $Agrees $Reply))) }
}

function Test-Refusal {
    $reply = Send-Refused
    $isOf = { param($failure, $name) "$($failure['parameter'])" -match $name }
    Add-Refusal 'error form' 'HTTP 400; each error has a code, a message and the taskUUID' $reply {
        $reply.Status -eq 400 -and @($reply.Errors | Where-Object { -not $_['code'] -or $_['message'] -isnot [string] -or $_['taskUUID'] -ne "$($reply.Id)" }).Count -eq 0
    }
    Add-Refusal 'no image' 'refused; the error is about inputs.frameImages' $reply { @($reply.Errors | Where-Object { & $isOf $_ '^inputs' }).Count -gt 0 }
    $allowed = (Get-KlingModel -Model klingai:5@1).Durations -join ', '
    $about = @(if ($reply) { $reply.Errors | Where-Object { & $isOf $_ '^duration$' } })
    $values = "$(($about | ForEach-Object { $_['allowedValues'] } | ForEach-Object { $_ -is [Collections.IDictionary] ? $_.Values : $_ }) -join ', ')"
    if ($reply -and $reply.Errors -and -not $about) { Add-Line 'wrong duration' "refused; allowed: $allowed" "not told beside the rest: $(Get-Seen $reply)" $null }
    else { Add-Refusal 'wrong duration' "refused; allowed: $allowed" $reply { $values -eq $allowed -and "$($about[0]['code'])" -match '^(unsupported|invalid)Duration$' } }

    $reply = Send-Refused @{ checkLiveUnknownField = 1 }
    Add-Refusal 'unknown field' 'refused: unsupportedParameter or unknownParameter, and it is named' $reply {
        @($reply.Errors | Where-Object { "$($_['code'])" -match '^(unsupported|unknown)Parameter$' -and "$($_['parameter']) $($_['message'])" -match 'checkLiveUnknownField' }).Count -gt 0
    }
    $reply = Send-Refused @{ numberResults = 9; CFGScale = 2; width = 100; outputFormat = 'AVI'; outputQuality = 1; ttl = 1 }
    Add-Refusal 'codes of wrong values' 'each begins with missing, invalid, unsupported or a like word, so it is taken for a wrong value' $reply {
        @($reply.Errors | Where-Object { "$($_['code'])" -notmatch '^(missing|invalid|unsupported|unknown|duplicate|incompatible|value|array|max|min)' }).Count -eq 0
    }
    $reply = Send-Refused @{ model = 'klingai:0@0' }
    Add-Refusal 'unknown model' 'refused; the code is about the model' $reply { Test-Code $reply '^(unknown|invalid|unsupported)Model|^model' }
}

function Test-Schema {
    # What the service publishes about the model. It is asked for without the key.
    $ours = Get-KlingModel -Model klingai:5@1
    $lines = [ordered]@{
        'published status' = "$($ours.Status)"
        'published price' = ($ours.Prices -join '; ')
        'published parameters' = "$($ours.Parameters.Count), as in Get-KlingModel"
    }
    $from = if ($check.SchemaAddress) { $check.SchemaAddress } elseif (([uri] $check.Endpoint).Host -eq 'api.runware.ai') { 'https://runware.ai/docs/models/klingai-2-1-standard/schema.json' } else { '' }
    $reply = $from ? (Send-Get $from) : $null
    $info = $null
    $schema = $null
    if ($reply -and $reply.Status -eq 200) {
        try { $schema = [Text.Encoding]::UTF8.GetString($reply.Bytes) | ConvertFrom-Json -AsHashtable -Depth 64 -NoEnumerate } catch { $schema = $null }
        if ($schema -is [Collections.IDictionary]) { $info = $schema['info'] }
    }

    if ($info -isnot [Collections.IDictionary]) {
        $why = if (-not $from) { 'not compared: no address is known for this service' } elseif ($reply) { "not compared: $from gave $(if ($reply.Fault) { $reply.Fault } else { "HTTP $($reply.Status), $($reply.Type)" })" } else { "not compared: $from may not be asked" }
        foreach ($what in $lines.Keys) { Add-Line $what $lines[$what] $why $null }
        return
    }

    Add-Line 'published status' $lines['published status'] (@($info['x-status'], $info['x-replaced-by'], $info['x-deactivates-at']) -join ' ').Trim() ($info['x-status'] -eq $ours.Status)
    $file = [IO.Path]::Combine($check.Temp, 'schema.json')
    # The module's own model cannot be imported. Under another id, the module reads the published schema as it reads any other.
    [IO.File]::WriteAllText($file, [Text.Encoding]::UTF8.GetString($reply.Bytes).Replace('"klingai:5@1"', '"check-live:5@1"'))
    $env:KLING_HOME = [IO.Path]::Combine($check.Temp, 'models')
    $call = Invoke-Module { Import-KlingModel -Path $file -WarningAction Ignore }
    $env:KLING_HOME = $check.OwnHome
    if ($call.Problem) {
        foreach ($what in 'published price', 'published parameters') { Add-Line $what $lines[$what] "the module cannot read the schema: $($call.Problem)" $false }
        return
    }

    $prices = $call.Value.Prices -join '; '
    Add-Line 'published price' $lines['published price'] $prices ($prices -eq $lines['published price'])
    $differences = @(Compare-Parameter $ours $call.Value)
    Add-Line 'published parameters' $lines['published parameters'] $(if ($differences) { $differences -join '; ' } else { 'the same' }) ($differences.Count -eq 0)
}

function Compare-Parameter {
    # What two descriptions of a model say differently, field by field.
    param($Ours, $Theirs)
    $left = @{}
    foreach ($row in $Ours.Parameters) { $left[$row.WireName] = $row }
    foreach ($row in $Theirs.Parameters) {
        $own = $left[$row.WireName]
        $allowed = "$($row.Allowed)".Replace('check-live:5@1', $Ours.Id)
        $left.Remove($row.WireName)
        if (-not $own) { "$($row.WireName) is new" }
        elseif ("$($own.Required) $($own.Default) $($own.Allowed)" -ne "$($row.Required) $($row.Default) $allowed") {
            "$($row.WireName): $allowed$(if ($row.Default) { ", default $($row.Default)" })$(if ($row.Required) { ', required' })"
        }
    }

    foreach ($name in $left.Keys) { "$name is missing" }
}

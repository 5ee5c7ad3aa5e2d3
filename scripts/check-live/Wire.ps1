# Raw HTTP, so that the module cannot hide what the service says.

function New-CheckClient {
    $handler = [Net.Http.SocketsHttpHandler]::new()
    # The key must not follow a redirect to another host, and loopback needs no proxy.
    $handler.AllowAutoRedirect = $false
    $handler.UseCookies = $false
    $handler.UseProxy = -not ([uri] $check.Endpoint).IsLoopback
    $client = [Net.Http.HttpClient]::new($handler)
    $client.Timeout = [timespan]::FromSeconds(120)
    $client.MaxResponseContentBufferSize = 512MB
    $client
}

function Send-Request {
    # Sends a request and reads the whole reply. What fails is told in Fault.
    param([Net.Http.HttpRequestMessage] $Request)
    $result = [pscustomobject]@{ Status = 0; Fault = ''; Type = ''; Bytes = [byte[]] @(); Response = $null; Json = $null; Data = @(); Errors = @() }
    $stop = [Threading.CancellationTokenSource]::new()
    try {
        $sending = $check.Client.SendAsync($Request, $stop.Token)
        # Short waits, so that Ctrl+C ends it at once.
        while (-not $sending.IsCompleted) { $null = ([IAsyncResult] $sending).AsyncWaitHandle.WaitOne(50) }
        $response = $sending.GetAwaiter().GetResult()
        $result.Response = $response
        $result.Status = [int] $response.StatusCode
        $result.Type = "$($response.Content.Headers.ContentType?.MediaType)"
        $result.Bytes = $response.Content.ReadAsByteArrayAsync().GetAwaiter().GetResult()
    }
    catch {
        $result.Fault = $_.Exception.GetBaseException().Message
    }
    finally {
        $stop.Cancel()
        $stop.Dispose()
    }

    $result
}

function Send-Get {
    # Gets an address without the key; null where it is no address that may be asked.
    param([string] $Address, [string] $Range)
    $uri = $null
    if (-not [uri]::TryCreate($Address, 'Absolute', [ref] $uri)) { return $null }
    $isLocal = $uri.Scheme -eq 'http' -and $uri.IsLoopback -and ([uri] $check.Endpoint).IsLoopback
    if ($uri.Scheme -ne 'https' -and -not $isLocal) { return $null }
    $request = [Net.Http.HttpRequestMessage]::new('Get', $uri)
    if ($Range) { $request.Headers.Range = [Net.Http.Headers.RangeHeaderValue]::Parse($Range) }
    Send-Request $request
}

function Send-Task {
    # Posts tasks as they stand, and reads the envelope.
    param([object[]] $Tasks, [AllowEmptyString()] [string] $Key = $check.Key)
    $request = [Net.Http.HttpRequestMessage]::new('Post', [uri] $check.Endpoint)
    $request.Content = [Net.Http.StringContent]::new((ConvertTo-Json -InputObject $Tasks -Depth 12 -Compress), [Text.Encoding]::UTF8, 'application/json')
    if ($Key) { $request.Headers.Authorization = [Net.Http.Headers.AuthenticationHeaderValue]::new('Bearer', $Key) }
    $reply = Send-Request $request
    if ($reply.Response) {
        foreach ($header in $reply.Response.Headers) {
            if ($header.Key -match 'rate-?limit|retry-after|quota') { $check.Limits[$header.Key] = $header.Value -join ', ' }
        }
    }

    try { $reply.Json = [Text.Encoding]::UTF8.GetString($reply.Bytes) | ConvertFrom-Json -AsHashtable -Depth 64 -NoEnumerate } catch { $reply.Json = $null }
    if ($reply.Json -is [Collections.IDictionary]) {
        $reply.Data = @($reply.Json['data'] | Where-Object { $_ -is [Collections.IDictionary] })
        $reply.Errors = @(@($reply.Json['errors']) + @($reply.Json['error']) | Where-Object { $_ -is [Collections.IDictionary] })
    }

    $reply
}

function New-Task {
    # A task of this type, with an id of its own unless it is about another one.
    param([string] $Type, [hashtable] $Fields = @{}, [guid] $Id = [guid]::NewGuid())
    $task = [ordered]@{ taskType = $Type; taskUUID = $Id.ToString() }
    foreach ($name in $Fields.Keys) { $task[$name] = $Fields[$name] }
    $task
}

function Get-Seen {
    # A reply in short: the status, the errors by code and parameter, the items by type and status.
    param($Reply)
    if ($Reply.Fault) { return "no reply: $($Reply.Fault)" }
    $parts = @("HTTP $($Reply.Status)")
    if ($Reply.Json -isnot [Collections.IDictionary]) { $parts += "no envelope: $($Reply.Type), $($Reply.Bytes.Length) bytes" }
    elseif (-not $Reply.Data -and -not $Reply.Errors) { $parts += 'no data and no errors' }
    foreach ($item in $Reply.Data) { $parts += (@($item['taskType'], $item['status'], $item['operation']) | Where-Object { $_ }) -join ' ' }
    foreach ($failure in $Reply.Errors) {
        $of = $failure['parameter'] -join ', '
        $parts += "$($failure['code'])$(if ($of) { " ($of)" })"
    }

    $parts -join '; '
}

function Test-Code {
    # Whether one of the errors has a code like this.
    param($Reply, [string] $Pattern)
    @($Reply.Errors | Where-Object { "$($_['code'])" -match $Pattern }).Count -gt 0
}

function Get-Amount {
    # The balance in a reply: a number, or the amount of an object. Null where it is neither.
    param($Reply)
    $balance = $Reply.Data | ForEach-Object { $_['balance'] } | Select-Object -First 1
    if ($balance -is [Collections.IDictionary]) { $balance = $balance['amount'] }
    if ($balance -is [ValueType] -and $balance -isnot [bool]) { [decimal] $balance } else { $null }
}

function Get-Balance {
    Get-Amount (Send-Task (New-Task accountManagement @{ operation = 'getDetails' }))
}

# Raw HTTP, so that the module cannot hide what the service says.

function Open-Client {
    $handler = [Net.Http.SocketsHttpHandler]::new()
    # The key must not follow a redirect to another host, and loopback needs no proxy.
    $handler.AllowAutoRedirect = $false
    $handler.UseCookies = $false
    $handler.UseProxy = -not ([uri] $check.Endpoint).IsLoopback
    $client = [Net.Http.HttpClient]::new($handler)
    $client.Timeout = [timespan]::FromSeconds(120)
    $client
}

function Wait-Call {
    # Waits in short steps, so that Ctrl+C ends it at once.
    param([Threading.Tasks.Task] $Call)
    $watch = [Diagnostics.Stopwatch]::StartNew()
    while (-not $Call.IsCompleted) {
        $null = ([IAsyncResult] $Call).AsyncWaitHandle.WaitOne(50)
        if ($watch.Elapsed.TotalMinutes -gt 10) { throw [TimeoutException]::new('It did not come within 10 minutes.') }
    }

    $Call.GetAwaiter().GetResult()
}

function Invoke-Module {
    # Runs cmdlets of the module: what they give, or what they say when they fail.
    param([scriptblock] $Script)
    try { [pscustomobject]@{ Value = (. $Script); Problem = $null } }
    catch { [pscustomobject]@{ Value = $null; Problem = "$($_.FullyQualifiedErrorId.Split(',')[0]): $($_.Exception.Message)" } }
}

function Enter-Home {
    # Connects with another folder of the module's data.
    param([AllowNull()] [object] $Folder)
    $env:KLING_HOME = $Folder
    $null = Connect-Kling -Endpoint $check.Endpoint -ApiKey $check.SecureKey
}

function Send-Request {
    # Sends a request and reads the whole reply. What fails is told in Fault.
    param([Net.Http.HttpRequestMessage] $Request)
    $result = [pscustomobject]@{ Status = 0; Fault = ''; Type = ''; Bytes = [byte[]] @(); Length = $null; Response = $null; Json = $null; Data = @(); Errors = @() }
    $stop = [Threading.CancellationTokenSource]::new()
    $response = $null
    $loading = $null
    try {
        $response = Wait-Call ($check.Client.SendAsync($Request, [Net.Http.HttpCompletionOption]::ResponseHeadersRead, $stop.Token))
        $result.Response = $response
        $result.Status = [int] $response.StatusCode
        $result.Type = "$($response.Content.Headers.ContentType?.MediaType)"

        # As the host announced it: once the body is here, it is what arrived.
        $result.Length = $response.Content.Headers.ContentLength
        $loading = $response.Content.LoadIntoBufferAsync(512MB)
        $null = Wait-Call $loading
        $result.Bytes = $response.Content.ReadAsByteArrayAsync().GetAwaiter().GetResult()
    }
    catch {
        $result.Fault = $_.Exception.GetBaseException().Message
    }
    finally {
        $stop.Cancel()
        $stop.Dispose()
        if ($loading -and -not $loading.IsCompletedSuccessfully) { $response.Dispose() }
    }

    $result
}

function Send-Get {
    # Gets an address without the key, as the module gets a video; null where it is no address that may be asked.
    param([string] $Address, [string] $Range)
    $uri = $null
    if (-not [uri]::TryCreate($Address, 'Absolute', [ref] $uri)) { return $null }
    for ($redirects = 0; ; $redirects++) {
        $isLocal = $uri.Scheme -eq 'http' -and $uri.IsLoopback -and ([uri] $check.Endpoint).IsLoopback
        if ($uri.Scheme -ne 'https' -and -not $isLocal) { return $null }
        $request = [Net.Http.HttpRequestMessage]::new('Get', $uri)
        if ($Range) { $request.Headers.Range = [Net.Http.Headers.RangeHeaderValue]::Parse($Range) }
        $reply = Send-Request $request
        $next = $reply.Response ? $reply.Response.Headers.Location : $null
        if ($reply.Status -notin 301, 302, 303, 307, 308 -or -not $next -or $redirects -eq 5) { return $reply }
        $uri = [uri]::new($uri, $next)
    }
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

function ConvertTo-Task {
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
    Get-Amount (Send-Task (ConvertTo-Task accountManagement @{ operation = 'getDetails' }))
}

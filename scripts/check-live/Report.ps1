# The lines of the report, and how texts from outside are shown.

function ConvertTo-Shown {
    # A text without the key or a piece of it, queries of addresses, inline data, e-mail addresses, and what a terminal would obey.
    param([AllowNull()] [object] $Value, [int] $Longest = 240)
    $text = "$Value"
    if ($check.Key) {
        $text = $text.Replace($check.Key, '***')
        for ($i = 0; $i + 8 -le $check.Key.Length; $i++) { $text = $text.Replace($check.Key.Substring($i, 8), '***') }
    }

    $text = $text -replace '[a-z]+:[^\s,;]*;base64,\S+|[A-Za-z0-9+/]{100,}={0,2}', '[data]'
    $text = $text -replace '([a-z][a-z0-9+.-]*://)[^\s/?#]*@', '$1'
    $text = $text -replace '([a-z][a-z0-9+.-]*://[^\s"''<>?#|]*)[?#][^\s"''<>|]*', '$1?…'
    $text = $text -replace '[^\s@<>()"'']+@[^\s@<>()"'']+\.[a-z]+', '***'
    $text = $text -replace '\s+', ' '
    $text = [regex]::Replace($text, '\p{C}', { param($found) '\u{0:x4}' -f [int] $found.Value[0] })
    if ($text.Length -gt $Longest) { $text = $text.Substring(0, $Longest) + '…' }
    $text
}

function Add-Line {
    # One belief. Agrees is $true, $false, or $null where it was not seen.
    param([string] $What, [string] $Believed, [string] $Seen, [AllowNull()] [object] $Agrees)
    $word = if ($null -eq $Agrees) { 'not seen' } elseif ($Agrees) { 'yes' } else { 'no' }
    $line = [pscustomobject]@{ What = $What; Believed = $Believed; Seen = ConvertTo-Shown $Seen; Agrees = $word }
    $check.Lines.Add($line)
    Write-Host ('{0,-8}  {1}: {2}' -f $word, $What, $line.Seen)
}

function Get-Summary {
    $counts = @{ yes = 0; no = 0; 'not seen' = 0 }
    foreach ($line in $check.Lines) { $counts[$line.Agrees]++ }
    "$($check.Lines.Count) lines: $($counts.yes) agree, $($counts.no) do not, $($counts['not seen']) were not seen."
}

function Write-Report {
    # Writes all lines so far. No cmdlet: it is called after Ctrl+C too.
    $isLocal = ([uri] $check.Endpoint).IsLoopback
    $text = [Text.StringBuilder]::new()
    $null = $text.Append("# What the service does, beside what the module believes`n`n")
    $null = $text.Append("- Service: $($check.Endpoint)`n")
    if ($isLocal) { $null = $text.Append("- This address is on this machine. What a sandbox answers is simulated, and proves nothing about the service.`n") }
    $null = $text.Append("- When: $([datetime]::UtcNow.ToString('yyyy-MM-dd HH:mm')) UTC`n")
    $null = $text.Append("- With: PowerShell $($PSVersionTable.PSVersion), Kling $((Get-Module Kling).Version)`n")
    $null = $text.Append("- Bought: $($check.Bought)`n")
    if (-not $check.IsFinished) { $null = $text.Append("- It has not run to its end.`n") }
    $null = $text.Append("`n$(Get-Summary)`n`n| What | Believed | Seen | Agrees |`n| --- | --- | --- | --- |`n")
    foreach ($line in $check.Lines) {
        $cells = foreach ($cell in $line.What, $line.Believed, $line.Seen, $line.Agrees) { $cell.Replace('\', '\\').Replace('|', '\|').Replace('<', '&lt;').Replace('`', '\`') }
        $null = $text.Append("| $($cells -join ' | ') |`n")
    }

    [IO.File]::WriteAllText($check.Path, $text.ToString())
}

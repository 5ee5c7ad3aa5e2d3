# What an MP4 file says of itself.

function Get-Number {
    # A number of some bytes, the highest first.
    param([byte[]] $Bytes, [int] $At, [int] $Length)
    $value = [long] 0
    for ($i = 0; $i -lt $Length; $i++) { $value = $value * 256 + $Bytes[$At + $i] }
    $value
}

function Get-Box {
    # The boxes of a name between two places: where their content begins and ends.
    param([byte[]] $Bytes, [string] $Name, [long] $From = 0, [long] $To = $Bytes.Length)
    while ($From + 8 -le $To) {
        $length = Get-Number $Bytes $From 4
        $head = 8
        if ($length -eq 1 -and $From + 16 -le $To) {
            $length = Get-Number $Bytes ($From + 8) 8
            $head = 16
        }
        elseif ($length -eq 0) { $length = $To - $From }
        if ($length -lt $head -or $length -gt $To - $From) { return }
        if ([Text.Encoding]::ASCII.GetString($Bytes, $From + 4, 4) -eq $Name) { [pscustomobject]@{ From = $From + $head; To = $From + $length } }
        $From += $length
    }
}

function Get-VideoFacts {
    # Width, height and seconds of an MP4; null where it does not say them.
    param([byte[]] $Bytes)
    $movie = Get-Box $Bytes moov | Select-Object -First 1
    if (-not $movie) { return $null }
    $facts = [pscustomobject]@{ Width = 0; Height = 0; Seconds = 0.0 }
    foreach ($track in Get-Box $Bytes trak $movie.From $movie.To) {
        foreach ($head in Get-Box $Bytes tkhd $track.From $track.To) {
            # The last two fields are the size, in 16.16 fixed point. A sound has none.
            $width = Get-Number $Bytes ($head.To - 8) 2
            if ($width -gt 0) { ($facts.Width, $facts.Height) = $width, (Get-Number $Bytes ($head.To - 4) 2) }
        }
    }

    foreach ($head in Get-Box $Bytes mvhd $movie.From $movie.To) {
        $isLong = $Bytes[$head.From] -eq 1
        $scale = Get-Number $Bytes ($head.From + ($isLong ? 20 : 12)) 4
        $length = Get-Number $Bytes ($head.From + ($isLong ? 24 : 16)) ($isLong ? 8 : 4)
        if ($scale -gt 0) { $facts.Seconds = [Math]::Round($length / $scale, 2) }
    }

    $facts
}

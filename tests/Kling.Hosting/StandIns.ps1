# Stand-ins for commands of Microsoft.PowerShell.Management and .Utility, which the bare engine package does not have.
# Each does the documented part that tests, the quickstart and the README use; a parameter it lacks is a binding error,
# never ignored. StandInTests compares each with the documented behaviour. Select-Object, Format-Table, Format-List and
# Out-String are C# (StandIns/), because they need parts of the engine a function cannot reach.

# The helpers return failures as error records; see StandInFiles.
function Get-ChildItem {
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    param(
        [Parameter(Position = 0, ParameterSetName = 'Path', ValueFromPipeline, ValueFromPipelineByPropertyName)] [string[]] $Path = '.',
        [Parameter(ParameterSetName = 'Literal', Mandatory, ValueFromPipelineByPropertyName)] [Alias('PSPath')] [string[]] $LiteralPath,
        [Parameter(Position = 1)] [string] $Filter,
        [string[]] $Include,
        [switch] $File, [switch] $Directory, [switch] $Recurse, [switch] $Name, [switch] $Force)
    process {
        $literal = $PSCmdlet.ParameterSetName -eq 'Literal'
        $given = if ($literal) { $LiteralPath } else { $Path }
        foreach ($one in $given) {
            # As in pwsh: -Include looks at what the path names, so a folder without a wildcard has nothing to include.
            if ($Include -and -not $Recurse -and -not $literal -and -not [Management.Automation.WildcardPattern]::ContainsWildcardCharacters($one)) { continue }
            foreach ($item in [Kling.Hosting.StandIns.StandInFiles]::Children($ExecutionContext, $one, $Recurse, $Force, $literal)) {
                if ($item -is [Management.Automation.ErrorRecord]) { $PSCmdlet.WriteError($item); continue }
                if ($File -and $item.PSIsContainer) { continue }
                if ($Directory -and -not $item.PSIsContainer) { continue }
                if ($Filter -and $item.PSChildName -notlike $Filter) { continue }
                if ($Include) {
                    $wanted = $false
                    foreach ($pattern in $Include) { if ($item.PSChildName -like $pattern) { $wanted = $true } }
                    if (-not $wanted) { continue }
                }
                if ($Name) { $item.PSChildName } else { $item }
            }
        }
    }
}

function Get-Item {
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    param(
        [Parameter(Position = 0, Mandatory, ParameterSetName = 'Path', ValueFromPipeline, ValueFromPipelineByPropertyName)] [string[]] $Path,
        [Parameter(ParameterSetName = 'Literal', Mandatory, ValueFromPipelineByPropertyName)] [Alias('PSPath')] [string[]] $LiteralPath,
        [switch] $Force)
    process {
        $literal = $PSCmdlet.ParameterSetName -eq 'Literal'
        foreach ($one in $(if ($literal) { $LiteralPath } else { $Path })) {
            foreach ($item in [Kling.Hosting.StandIns.StandInFiles]::Items($ExecutionContext, $one, $Force, $literal)) {
                if ($item -is [Management.Automation.ErrorRecord]) { $PSCmdlet.WriteError($item) } else { $item }
            }
        }
    }
}

function Test-Path {
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    param(
        [Parameter(Position = 0, Mandatory, ParameterSetName = 'Path', ValueFromPipeline)] [AllowEmptyString()] [string[]] $Path,
        [Parameter(ParameterSetName = 'Literal', Mandatory, ValueFromPipelineByPropertyName)] [Alias('PSPath')] [string[]] $LiteralPath,
        [ValidateSet('Any', 'Leaf', 'Container')] [string] $PathType = 'Any')
    process {
        $literal = $PSCmdlet.ParameterSetName -eq 'Literal'
        foreach ($one in $(if ($literal) { $LiteralPath } else { $Path })) {
            $match = $false
            if ([string]::IsNullOrWhiteSpace($one)) { $false; continue }
            foreach ($item in [Kling.Hosting.StandIns.StandInFiles]::Items($ExecutionContext, $one, $true, $literal)) {
                if ($item -is [Management.Automation.ErrorRecord]) { continue }
                if ($PathType -eq 'Any' -or ($PathType -eq 'Container') -eq [bool] $item.PSIsContainer) { $match = $true }
            }
            $match
        }
    }
}

function New-Item {
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [Parameter(Position = 0, Mandatory, ValueFromPipelineByPropertyName)] [string[]] $Path,
        [string] $Name,
        [ValidateSet('File', 'Directory')] [Alias('Type')] [string] $ItemType = 'File',
        [object] $Value,
        [switch] $Force)
    process {
        foreach ($one in $Path) {
            $target = if ($Name) { $ExecutionContext.SessionState.Path.Combine($one, $Name) } else { $one }
            if (-not $PSCmdlet.ShouldProcess($target, "Create $ItemType")) { continue }
            $full = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($target)
            foreach ($made in [Kling.Hosting.StandIns.StandInFiles]::Create($full, $ItemType -eq 'Directory', "$Value", $Force)) {
                if ($made -is [Management.Automation.ErrorRecord]) { $PSCmdlet.WriteError($made) } else { Get-Item -LiteralPath $made -Force }
            }
        }
    }
}

function Remove-Item {
    [CmdletBinding(SupportsShouldProcess, DefaultParameterSetName = 'Path')]
    param(
        [Parameter(Position = 0, Mandatory, ParameterSetName = 'Path', ValueFromPipeline, ValueFromPipelineByPropertyName)] [string[]] $Path,
        [Parameter(ParameterSetName = 'Literal', Mandatory, ValueFromPipelineByPropertyName)] [Alias('PSPath')] [string[]] $LiteralPath,
        [switch] $Recurse, [switch] $Force)
    process {
        $literal = $PSCmdlet.ParameterSetName -eq 'Literal'
        foreach ($one in $(if ($literal) { $LiteralPath } else { $Path })) {
            if (-not $PSCmdlet.ShouldProcess($one, 'Remove Item')) { continue }
            foreach ($failure in [Kling.Hosting.StandIns.StandInFiles]::Remove($ExecutionContext, $one, $Recurse, $Force, $literal)) { $PSCmdlet.WriteError($failure) }
        }
    }
}

function Copy-Item {
    [CmdletBinding()]
    param([Parameter(Position = 0, Mandatory)] [string] $Path, [Parameter(Position = 1, Mandatory)] [string] $Destination, [switch] $Recurse, [switch] $Force)
    $null = $ExecutionContext.InvokeProvider.Item.Copy($Path, $Destination, [bool] $Recurse, 'CopyTargetContainer')
}

function Get-Content {
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    param(
        [Parameter(Position = 0, Mandatory, ParameterSetName = 'Path', ValueFromPipelineByPropertyName)] [string[]] $Path,
        [Parameter(ParameterSetName = 'Literal', Mandatory, ValueFromPipelineByPropertyName)] [Alias('PSPath')] [string[]] $LiteralPath,
        [switch] $Raw, [switch] $AsByteStream, [Alias('First', 'Head')] [long] $TotalCount = -1, [Alias('Last')] [int] $Tail = -1, [string] $Encoding)
    process {
        foreach ($file in [Kling.Hosting.StandIns.StandInFiles]::Resolve($ExecutionContext, $Path, $LiteralPath)) {
            if ($file -is [Management.Automation.ErrorRecord]) { $PSCmdlet.WriteError($file); continue }
            foreach ($part in [Kling.Hosting.StandIns.StandInFiles]::Read($file, $Raw, $AsByteStream, $TotalCount, $Tail)) {
                if ($part -is [Management.Automation.ErrorRecord]) { $PSCmdlet.WriteError($part); continue }
                if ($part -is [string]) { $part = [Kling.Hosting.StandIns.StandInFiles]::Marked($part, $file) }
                $PSCmdlet.WriteObject($part, $false)
            }
        }
    }
}

function Set-Content {
    [CmdletBinding(SupportsShouldProcess, DefaultParameterSetName = 'Path')]
    param(
        [Parameter(Position = 0, Mandatory, ParameterSetName = 'Path', ValueFromPipelineByPropertyName)] [string[]] $Path,
        [Parameter(ParameterSetName = 'Literal', Mandatory, ValueFromPipelineByPropertyName)] [Alias('PSPath')] [string[]] $LiteralPath,
        [Parameter(Position = 1, Mandatory, ValueFromPipeline, ValueFromPipelineByPropertyName)] [AllowNull()] [AllowEmptyCollection()] [object[]] $Value,
        [switch] $NoNewline, [switch] $AsByteStream, [switch] $Force, [string] $Encoding)
    begin { $all = [Collections.Generic.List[object]]::new() }
    process { foreach ($one in $Value) { $all.Add($one) } }
    end {
        foreach ($one in @($Path) + @($LiteralPath)) {
            if (-not $one -or -not $PSCmdlet.ShouldProcess($one, 'Set Content')) { continue }
            $file = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($one)
            if ($AsByteStream) { [IO.File]::WriteAllBytes($file, [byte[]] $all.ToArray()); continue }
            $text = [Text.StringBuilder]::new()
            foreach ($line in $all) { $null = $text.Append("$line"); if (-not $NoNewline) { $null = $text.Append([Environment]::NewLine) } }
            [IO.File]::WriteAllText($file, $text.ToString())
        }
    }
}

function Join-Path {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, Mandatory, ValueFromPipeline, ValueFromPipelineByPropertyName)] [Alias('PSPath')] [string[]] $Path,
        [Parameter(Position = 1, Mandatory)] [AllowEmptyString()] [string] $ChildPath,
        [Parameter(Position = 2, ValueFromRemainingArguments)] [string[]] $AdditionalChildPath)
    process {
        foreach ($one in $Path) {
            $joined = $ExecutionContext.SessionState.Path.Combine($one, $ChildPath)
            foreach ($more in $AdditionalChildPath) { $joined = $ExecutionContext.SessionState.Path.Combine($joined, $more) }
            $joined
        }
    }
}

function Split-Path {
    [CmdletBinding(DefaultParameterSetName = 'Parent')]
    param(
        [Parameter(Position = 0, Mandatory, ValueFromPipeline, ValueFromPipelineByPropertyName)] [string[]] $Path,
        [Parameter(ParameterSetName = 'Parent')] [switch] $Parent,
        [Parameter(ParameterSetName = 'Leaf', Mandatory)] [switch] $Leaf,
        [Parameter(ParameterSetName = 'LeafBase', Mandatory)] [switch] $LeafBase,
        [Parameter(ParameterSetName = 'Extension', Mandatory)] [switch] $Extension,
        [Parameter(ParameterSetName = 'IsAbsolute', Mandatory)] [switch] $IsAbsolute)
    process {
        foreach ($one in $Path) {
            switch ($PSCmdlet.ParameterSetName) {
                'Parent' { $ExecutionContext.SessionState.Path.ParseParent($one, '') }
                'Leaf' { $ExecutionContext.SessionState.Path.ParseChildName($one) }
                'LeafBase' { [IO.Path]::GetFileNameWithoutExtension($one) }
                'Extension' { [IO.Path]::GetExtension($one) }
                'IsAbsolute' { [IO.Path]::IsPathRooted($one) }
            }
        }
    }
}

function Resolve-Path {
    [CmdletBinding()]
    param([Parameter(Position = 0, Mandatory, ValueFromPipeline)] [string[]] $Path)
    process {
        foreach ($one in $Path) {
            foreach ($found in [Kling.Hosting.StandIns.StandInFiles]::Items($ExecutionContext, $one, $true, $false)) {
                if ($found -is [Management.Automation.ErrorRecord]) { $PSCmdlet.WriteError($found) } else { $ExecutionContext.SessionState.Path.GetResolvedPSPathFromPSPath([Management.Automation.WildcardPattern]::Escape($found.FullName)) }
            }
        }
    }
}

function Get-Location { $ExecutionContext.SessionState.Path.CurrentLocation }

function Set-Location {
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    param(
        [Parameter(Position = 0, ParameterSetName = 'Path', ValueFromPipeline)] [string] $Path = '~',
        [Parameter(ParameterSetName = 'Literal', Mandatory, ValueFromPipelineByPropertyName)] [Alias('PSPath')] [string] $LiteralPath)
    process {
        $target = if ($LiteralPath) { [Management.Automation.WildcardPattern]::Escape($LiteralPath) } else { $Path }
        try { $null = $ExecutionContext.SessionState.Path.SetLocation($target) } catch { $PSCmdlet.WriteError($_.Exception.ErrorRecord ?? $_) }
    }
}

function Push-Location {
    [CmdletBinding()]
    param([Parameter(Position = 0)] [string] $Path)
    $ExecutionContext.SessionState.Path.PushCurrentLocation('')
    if ($Path) { $null = $ExecutionContext.SessionState.Path.SetLocation($Path) }
}

function Pop-Location { $null = $ExecutionContext.SessionState.Path.PopLocation('') }

function Get-FileHash {
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    param(
        [Parameter(Position = 0, Mandatory, ParameterSetName = 'Path', ValueFromPipelineByPropertyName)] [string[]] $Path,
        [Parameter(ParameterSetName = 'Literal', Mandatory, ValueFromPipelineByPropertyName)] [Alias('PSPath')] [string[]] $LiteralPath,
        [ValidateSet('SHA1', 'SHA256', 'SHA384', 'SHA512', 'MD5')] [string] $Algorithm = 'SHA256')
    process {
        foreach ($file in [Kling.Hosting.StandIns.StandInFiles]::Resolve($ExecutionContext, $Path, $LiteralPath)) {
            if ($file -is [Management.Automation.ErrorRecord]) { $PSCmdlet.WriteError($file); continue }
            $hasher = [Security.Cryptography.HashAlgorithm]([Security.Cryptography.CryptoConfig]::CreateFromName($Algorithm))
            try { $hash = $hasher.ComputeHash([IO.File]::ReadAllBytes($file)) } finally { $hasher.Dispose() }
            [pscustomobject]@{ Algorithm = $Algorithm.ToUpperInvariant(); Hash = [Convert]::ToHexString($hash); Path = $file }
        }
    }
}

function ConvertTo-Csv {
    [CmdletBinding()]
    param([Parameter(Mandatory, ValueFromPipeline, Position = 0)] [psobject] $InputObject, [Parameter(Position = 1)] [char] $Delimiter = ',', [switch] $NoTypeInformation)
    begin { $names = $null }
    process {
        if ($null -eq $names) {
            $names = [Kling.Hosting.StandIns.StandInCsv]::Names($InputObject)
            [Kling.Hosting.StandIns.StandInCsv]::Line($names, $Delimiter)
        }
        [Kling.Hosting.StandIns.StandInCsv]::Line([Kling.Hosting.StandIns.StandInCsv]::Values($InputObject, $names), $Delimiter)
    }
}

function ConvertFrom-Csv {
    [CmdletBinding()]
    param([Parameter(Mandatory, ValueFromPipeline, Position = 0)] [AllowEmptyString()] [string[]] $InputObject, [Parameter(Position = 1)] [char] $Delimiter = ',', [string[]] $Header)
    begin { $text = [Text.StringBuilder]::new() }
    process { foreach ($line in $InputObject) { $null = $text.Append($line).Append("`n") } }
    end { [Kling.Hosting.StandIns.StandInCsv]::Parse($text.ToString(), $Delimiter, $Header) }
}

function Export-Csv {
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    param(
        [Parameter(Mandatory, ValueFromPipeline)] [psobject] $InputObject,
        [Parameter(Position = 0, Mandatory, ParameterSetName = 'Path')] [string] $Path,
        [Parameter(Mandatory, ParameterSetName = 'Literal')] [string] $LiteralPath,
        [Parameter(Position = 1)] [char] $Delimiter = ',', [switch] $NoTypeInformation, [switch] $Force, [string] $Encoding)
    begin { $rows = [Collections.Generic.List[object]]::new() }
    process { $rows.Add($InputObject) }
    end {
        $file = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($(if ($LiteralPath) { $LiteralPath } else { $Path }))
        [IO.File]::WriteAllLines($file, [string[]] @($rows | ConvertTo-Csv -Delimiter $Delimiter))
    }
}

function Import-Csv {
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    param(
        [Parameter(Position = 0, Mandatory, ParameterSetName = 'Path', ValueFromPipeline)] [string[]] $Path,
        [Parameter(ParameterSetName = 'Literal', Mandatory, ValueFromPipelineByPropertyName)] [Alias('PSPath')] [string[]] $LiteralPath,
        [Parameter(Position = 1)] [char] $Delimiter = ',', [string[]] $Header, [string] $Encoding)
    process {
        foreach ($file in [Kling.Hosting.StandIns.StandInFiles]::Resolve($ExecutionContext, $Path, $LiteralPath)) {
            # As in pwsh, a file that is not there ends the command.
            if ($file -is [Management.Automation.ErrorRecord]) { $PSCmdlet.ThrowTerminatingError($file) }
            foreach ($row in [Kling.Hosting.StandIns.StandInFiles]::ReadCsv($file, $Delimiter, $Header)) {
                if ($row -is [Management.Automation.ErrorRecord]) { $PSCmdlet.ThrowTerminatingError($row) } else { $row }
            }
        }
    }
}

function ConvertTo-Json {
    [CmdletBinding()]
    param([Parameter(Mandatory, ValueFromPipeline, Position = 0)] [AllowNull()] [object] $InputObject, [ValidateRange(0, 100)] [int] $Depth = 2, [switch] $Compress, [switch] $EnumsAsStrings, [switch] $AsArray)
    begin { $all = [Collections.Generic.List[object]]::new() }
    process { $all.Add($InputObject) }
    end {
        if ($all.Count -eq 0 -and -not $AsArray) { return }
        # One object stands for itself; several are a list one level above the objects, so it takes none of the depth.
        $several = $all.Count -ne 1 -or $AsArray
        $value = if ($several) { , $all.ToArray() } else { , $all[0] }
        [Kling.Hosting.StandIns.StandInJson]::Write($value, $Depth, [bool] $Compress, [bool] $EnumsAsStrings)
    }
}

function ConvertFrom-Json {
    [CmdletBinding()]
    param([Parameter(Mandatory, ValueFromPipeline, Position = 0)] [AllowEmptyString()] [string] $InputObject, [switch] $AsHashtable, [switch] $NoEnumerate, [int] $Depth = 1024)
    begin { $texts = [Collections.Generic.List[string]]::new() }
    process { $texts.Add($InputObject) }
    end {
        # As in pwsh: where the first text is whole by itself, each one is; else they are the lines of one.
        try { $values = [Kling.Hosting.StandIns.StandInJson]::ParseAll($texts.ToArray(), [bool] $AsHashtable) }
        catch {
            $PSCmdlet.ThrowTerminatingError([Management.Automation.ErrorRecord]::new($_.Exception.GetBaseException(), 'ConversionFailed', 'InvalidData', $null))
        }
        foreach ($value in $values) { $PSCmdlet.WriteObject($value, -not $NoEnumerate) }
    }
}

function Sort-Object {
    [CmdletBinding()]
    param([Parameter(ValueFromPipeline)] [psobject] $InputObject, [Parameter(Position = 0)] [object[]] $Property, [switch] $Descending, [switch] $Unique)
    begin { $all = [Collections.Generic.List[object]]::new() }
    process { if ($PSBoundParameters.ContainsKey('InputObject')) { $all.Add($InputObject) } }
    end { [Kling.Hosting.StandIns.StandInData]::Sort($all.ToArray(), $Property, [bool] $Descending, [bool] $Unique) }
}

function Group-Object {
    [CmdletBinding()]
    param([Parameter(ValueFromPipeline)] [psobject] $InputObject, [Parameter(Position = 0)] [object] $Property, [switch] $NoElement, [switch] $AsHashTable)
    begin { $groups = [ordered]@{} }
    process {
        $key = [Kling.Hosting.StandIns.StandInData]::ValueOf($InputObject, $Property)
        if (-not $groups.Contains("$key")) { $groups["$key"] = @{ Key = $key; Items = [Collections.Generic.List[object]]::new() } }
        $groups["$key"].Items.Add($InputObject)
    }
    end {
        if ($AsHashTable) {
            $table = @{}
            foreach ($group in $groups.Values) { $table[$group.Key] = $group.Items.ToArray() }
            return $table
        }
        $made = foreach ($name in $groups.Keys) {
            $group = [ordered]@{ Count = $groups[$name].Items.Count; Name = $name }
            if (-not $NoElement) { $group.Group = $groups[$name].Items.ToArray() }
            $group.Values = @($groups[$name].Key)
            [pscustomobject] $group
        }
        $made | Sort-Object -Property Name
    }
}

function Measure-Object {
    [CmdletBinding()]
    param([Parameter(ValueFromPipeline)] [psobject] $InputObject, [Parameter(Position = 0)] [object] $Property, [switch] $Sum, [switch] $Average, [switch] $Minimum, [switch] $Maximum)
    begin { $count = 0; $values = [Collections.Generic.List[object]]::new() }
    process {
        if (-not $PSBoundParameters.ContainsKey('InputObject')) { return }
        if ($null -eq $Property) { $count++; $values.Add($InputObject); return }
        $value = [Kling.Hosting.StandIns.StandInData]::ValueOf($InputObject, $Property)
        if ($null -ne $value) { $count++; $values.Add($value) }
    }
    end {
        # As in pwsh: nothing had the property, so there is nothing to tell.
        if ($null -ne $Property -and $count -eq 0) { return }
        $total = $null; $low = $null; $high = $null
        if ($Sum -or $Average) { $total = [double] 0; foreach ($value in $values) { $total += [double] $value } }
        if ($Minimum -or $Maximum) {
            $sorted = @([Kling.Hosting.StandIns.StandInData]::Sort($values.ToArray(), $null, $false, $false))
            if ($sorted.Count -gt 0) { $low = $sorted[0]; $high = $sorted[-1] }
        }
        [pscustomobject]@{
            Count    = $count
            Average  = $(if ($Average -and $count) { $total / $count })
            Sum      = $(if ($Sum) { $total })
            Maximum  = $(if ($Maximum) { $high })
            Minimum  = $(if ($Minimum) { $low })
            Property = $(if ($Property) { "$Property" })
        }
    }
}

function Write-Output {
    [CmdletBinding()]
    param([Parameter(Position = 0, Mandatory, ValueFromPipeline, ValueFromRemainingArguments)] [AllowNull()] [AllowEmptyCollection()] [psobject[]] $InputObject, [switch] $NoEnumerate)
    process {
        if ($NoEnumerate) { $PSCmdlet.WriteObject($InputObject, $false) } else { foreach ($one in $InputObject) { $PSCmdlet.WriteObject($one, $true) } }
    }
}

function Write-Host {
    [CmdletBinding()]
    param([Parameter(Position = 0, ValueFromPipeline, ValueFromRemainingArguments)] [Alias('Msg', 'Message')] [object] $Object, [switch] $NoNewline, [object] $Separator = ' ', [ConsoleColor] $ForegroundColor, [ConsoleColor] $BackgroundColor)
    process {
        $text = @(foreach ($one in $Object) { "$one" }) -join $Separator
        $message = [Management.Automation.HostInformationMessage]::new()
        $message.Message = $text
        $message.NoNewLine = [bool] $NoNewline
        if ($PSBoundParameters.ContainsKey('ForegroundColor')) { $message.ForegroundColor = $ForegroundColor }
        if ($PSBoundParameters.ContainsKey('BackgroundColor')) { $message.BackgroundColor = $BackgroundColor }
        $PSCmdlet.WriteInformation($message, [string[]] 'PSHOST')
    }
}

function Read-Host {
    [CmdletBinding()]
    param([Parameter(Position = 0)] [string] $Prompt, [switch] $AsSecureString)
    if ($Prompt) { $Host.UI.Write("${Prompt}: ") }
    if ($AsSecureString) { $Host.UI.ReadLineAsSecureString() } else { $Host.UI.ReadLine() }
}

function Write-Information {
    [CmdletBinding()]
    param([Parameter(Position = 0, Mandatory, ValueFromPipeline)] [Alias('Msg', 'Message')] [object] $MessageData, [Parameter(Position = 1)] [string[]] $Tags)
    process { $PSCmdlet.WriteInformation($MessageData, $Tags) }
}

function Write-Warning {
    [CmdletBinding()]
    param([Parameter(Position = 0, Mandatory, ValueFromPipeline)] [Alias('Msg')] [AllowEmptyString()] [string] $Message)
    process { $PSCmdlet.WriteWarning($Message) }
}

function Write-Verbose {
    [CmdletBinding()]
    param([Parameter(Position = 0, Mandatory, ValueFromPipeline)] [Alias('Msg')] [AllowEmptyString()] [string] $Message)
    process { $PSCmdlet.WriteVerbose($Message) }
}

function Write-Debug {
    [CmdletBinding()]
    param([Parameter(Position = 0, Mandatory, ValueFromPipeline)] [Alias('Msg')] [AllowEmptyString()] [string] $Message)
    process { $PSCmdlet.WriteDebug($Message) }
}

function Write-Error {
    [CmdletBinding(DefaultParameterSetName = 'Message')]
    param(
        [Parameter(Position = 0, Mandatory, ParameterSetName = 'Message', ValueFromPipeline)] [Alias('Msg')] [AllowEmptyString()] [string] $Message,
        [Parameter(Mandatory, ParameterSetName = 'Exception')] [Exception] $Exception,
        [Parameter(Mandatory, ParameterSetName = 'ErrorRecord')] [Management.Automation.ErrorRecord] $ErrorRecord,
        [Management.Automation.ErrorCategory] $Category = 'NotSpecified', [string] $ErrorId, [object] $TargetObject)
    process {
        if ($ErrorRecord) { $PSCmdlet.WriteError($ErrorRecord); return }
        $id = if ($ErrorId) { $ErrorId } else { 'Microsoft.PowerShell.Commands.WriteErrorException' }
        $cause = if ($Exception) { $Exception } else { [Management.Automation.RuntimeException]::new($Message) }
        $PSCmdlet.WriteError([Management.Automation.ErrorRecord]::new($cause, $id, $Category, $TargetObject))
    }
}

function Get-Random {
    [CmdletBinding(DefaultParameterSetName = 'Number')]
    param(
        [Parameter(Position = 0, ParameterSetName = 'Number')] [object] $Maximum = [int]::MaxValue,
        [Parameter(ParameterSetName = 'Number')] [object] $Minimum = 0,
        [Parameter(Mandatory, ValueFromPipeline, ParameterSetName = 'Items')] [object[]] $InputObject,
        [Parameter(ParameterSetName = 'Items')] [int] $Count = 1,
        [int] $SetSeed)
    begin {
        $source = if ($PSBoundParameters.ContainsKey('SetSeed')) { [Random]::new($SetSeed) } else { [Random]::Shared }
        $all = [Collections.Generic.List[object]]::new()
    }
    process { foreach ($one in $InputObject) { $all.Add($one) } }
    end {
        if ($PSCmdlet.ParameterSetName -eq 'Number') {
            if ($Maximum -is [double] -or $Minimum -is [double]) { return $Minimum + $source.NextDouble() * ($Maximum - $Minimum) }
            return $source.Next([int] $Minimum, [int] $Maximum)
        }
        $items = $all.ToArray()
        $source.Shuffle($items)
        for ($i = 0; $i -lt [Math]::Min($Count, $items.Length); $i++) { $items[$i] }
    }
}

function Get-Date {
    [CmdletBinding()]
    param([Parameter(Position = 0, ValueFromPipeline)] [datetime] $Date = [datetime]::Now, [string] $Format, [switch] $AsUTC)
    process {
        $when = if ($AsUTC) { $Date.ToUniversalTime() } else { $Date }
        if ($Format) { $when.ToString($Format, [Globalization.CultureInfo]::CurrentCulture) } else { $when }
    }
}

function New-Guid { [CmdletBinding()] param([switch] $Empty) if ($Empty) { [guid]::Empty } else { [guid]::NewGuid() } }

function New-TimeSpan {
    [CmdletBinding()]
    param([int] $Days, [int] $Hours, [int] $Minutes, [int] $Seconds)
    [timespan]::new($Days, $Hours, $Minutes, $Seconds)
}

function Start-Sleep {
    [CmdletBinding(DefaultParameterSetName = 'Seconds')]
    param([Parameter(Position = 0, Mandatory, ParameterSetName = 'Seconds')] [double] $Seconds, [Parameter(Mandatory, ParameterSetName = 'Milliseconds')] [Alias('ms')] [int] $Milliseconds)
    # In short steps, because a method call cannot be interrupted by Ctrl+C.
    $left = if ($PSCmdlet.ParameterSetName -eq 'Seconds') { [int] ($Seconds * 1000) } else { $Milliseconds }
    while ($left -gt 0) { $step = [Math]::Min(50, $left); [Threading.Thread]::Sleep($step); $left -= $step }
}

function Get-Member {
    [CmdletBinding()]
    param([Parameter(ValueFromPipeline)] [psobject] $InputObject, [Parameter(Position = 0)] [string[]] $Name = '*', [Management.Automation.PSMemberTypes] $MemberType = 'All')
    begin { $seen = @{} }
    process {
        if ($null -eq $InputObject -or $seen[$InputObject.PSObject.TypeNames[0]]) { return }
        $seen[$InputObject.PSObject.TypeNames[0]] = $true
        $members = foreach ($pattern in $Name) { $InputObject.PSObject.Members.Match($pattern, $MemberType) }
        $members | Sort-Object -Property Name | ForEach-Object {
            [pscustomobject]@{ TypeName = $InputObject.PSObject.TypeNames[0]; Name = $_.Name; MemberType = $_.MemberType; Definition = "$_" }
        }
    }
}

function Add-Member {
    [CmdletBinding()]
    param([Parameter(Mandatory, ValueFromPipeline)] [psobject] $InputObject, [Parameter(Mandatory, Position = 0)] [string] $NotePropertyName, [Parameter(Mandatory, Position = 1)] [AllowNull()] [object] $NotePropertyValue, [switch] $Force, [switch] $PassThru)
    process {
        if ($Force) { $InputObject.PSObject.Properties.Remove($NotePropertyName) }
        $InputObject.PSObject.Properties.Add([psnoteproperty]::new($NotePropertyName, $NotePropertyValue))
        if ($PassThru) { $InputObject }
    }
}

function Get-Variable {
    [CmdletBinding()]
    param([Parameter(Position = 0, Mandatory)] [string] $Name, [switch] $ValueOnly)
    $found = $PSCmdlet.SessionState.PSVariable.Get($Name)
    if ($null -eq $found) {
        $PSCmdlet.WriteError([Management.Automation.ErrorRecord]::new([Management.Automation.ItemNotFoundException]::new("Cannot find a variable with the name '$Name'."), 'VariableNotFound', 'ObjectNotFound', $Name))
    } elseif ($ValueOnly) { $found.Value } else { $found }
}

function Invoke-Expression {
    [CmdletBinding()]
    param([Parameter(Position = 0, Mandatory, ValueFromPipeline)] [string] $Command)
    process { . ([scriptblock]::Create($Command)) }
}

function Import-PowerShellDataFile {
    [CmdletBinding()]
    param([Parameter(Position = 0, Mandatory)] [string] $Path)
    $tokens = $null; $problems = $null
    $file = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path)
    $tree = [Management.Automation.Language.Parser]::ParseFile($file, [ref] $tokens, [ref] $problems)
    if ($problems) { throw $problems[0].Message }
    $data = $tree.Find({ param($node) $node -is [Management.Automation.Language.HashtableAst] }, $false)
    $data.SafeGetValue()
}

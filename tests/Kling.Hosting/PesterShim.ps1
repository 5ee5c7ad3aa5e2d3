# A shim for the part of Pester 5 that tests/Cmdlets/*.Tests.ps1 use, for machines without pwsh and Pester. It is not
# Pester: reports must say "shim". What it does not know is an error, never a pass.
#
# As in Pester: the file and the bodies of Describe and Context run in discovery, the bodies of It and of the
# Before/After blocks in the run. Each block and each It has a scope of its own below its parent's, so that variables
# of a BeforeAll are seen inside and nothing leaks to a sibling.
#
# The commands live in a module of their own, so that their parameters do not hide the test's variables. The two script
# blocks below are made outside it, because test code must run in the session, where the tests' variables are.

$runners = @{
    File     = { param($__KpPath) $null = & $__KpPath }

    Discover = {
        param($__KpBlock)
        foreach ($__KpPair in $__KpBlock.Variables.GetEnumerator()) { $ExecutionContext.SessionState.PSVariable.Set($__KpPair.Key, $__KpPair.Value) }
        $null = & $__KpBlock.Body
    }

    Block    = {
        param($__KpBlock)
        foreach ($__KpPair in $__KpBlock.Variables.GetEnumerator()) { $ExecutionContext.SessionState.PSVariable.Set($__KpPair.Key, $__KpPair.Value) }
        $null = & $__KpBlock.Enter $__KpBlock
        if (-not $__KpBlock.Failure -and $__KpBlock.Runs) {
            try {
                $__KpBlock.Ended = $false
                do { if ($__KpBlock.BeforeAll) { $null = . $__KpBlock.BeforeAll }; $__KpBlock.Ended = $true } while ($false)
                if (-not $__KpBlock.Ended) { throw 'It was left by break or continue.' }
            } catch { $__KpBlock.Failure = "BeforeAll of '$($__KpBlock.Path)' failed: $_`n$($_.InvocationInfo.PositionMessage)" }
        }
        foreach ($__KpItem in $__KpBlock.Items) {
            if ($__KpItem.IsBlock) { $__KpItem.Failure = $__KpBlock.Failure }
            $null = & $__KpItem.Run $__KpItem
        }
        if ($__KpBlock.AfterAll -and $__KpBlock.Runs) {
            try {
                $__KpBlock.Ended = $false
                do { $null = . $__KpBlock.AfterAll; $__KpBlock.Ended = $true } while ($false)
                if (-not $__KpBlock.Ended) { throw 'It was left by break or continue.' }
            } catch { $__KpBlock.AfterFailure = "AfterAll of '$($__KpBlock.Path)' failed: $_`n$($_.InvocationInfo.PositionMessage)" }
        }
        $null = & $__KpBlock.Leave $__KpBlock
    }

    Test     = {
        param($__KpTest)
        foreach ($__KpPair in $__KpTest.Variables.GetEnumerator()) { $ExecutionContext.SessionState.PSVariable.Set($__KpPair.Key, $__KpPair.Value) }
        if ($__KpTest.Skip) { $__KpTest.Result = 'Skipped'; return }
        if ($__KpTest.Parent.Failure) { $__KpTest.Result = 'Failed'; $__KpTest.Message = $__KpTest.Parent.Failure; return }
        try {
            $__KpTest.Ended = $false
            do {
                foreach ($__KpStep in $__KpTest.Setups) { $null = . $__KpStep }
                $null = . $__KpTest.Body
                $__KpTest.Ended = $true
            } while ($false)
            if (-not $__KpTest.Ended) { throw 'It was left by break or continue.' }
            $__KpTest.Result = 'Passed'
        } catch {
            $__KpTest.Result = 'Failed'
            $__KpTest.Message = "$_`n$($_.InvocationInfo.PositionMessage)`n$($_.ScriptStackTrace)"
        }
        foreach ($__KpStep in $__KpTest.Teardowns) {
            try {
                $__KpTest.Ended = $false
                do { $null = . $__KpStep; $__KpTest.Ended = $true } while ($false)
                if (-not $__KpTest.Ended) { throw 'It was left by break or continue.' }
            } catch {
                $__KpTest.Result = 'Failed'
                $__KpTest.Message = "$($__KpTest.Message)`nAfterEach failed: $_`n$($_.InvocationInfo.PositionMessage)".Trim()
            }
        }
    }
}

New-Module -Name KlingPesterShim -ArgumentList $runners -ScriptBlock {
    param($Runners)

    $root = $null
    $current = $null
    $phase = 'None'
    $tests = [Collections.Generic.List[object]]::new()
    $drive = $null
    $enter = { param($block) if ($script:drive) { $block.Files = [Collections.Generic.HashSet[string]]::new([string[]] [IO.Directory]::GetFileSystemEntries($script:drive)) } }
    $leave = { param($block) Exit-ShimBlock $block }

    function New-ShimBlock($Parent, [string] $Name, [scriptblock] $Body, [bool] $Skip, $Variables) {
        @{
            IsBlock = $true; Parent = $Parent; Name = $Name; Body = $Body; Variables = $Variables; Items = [Collections.Generic.List[object]]::new()
            Path = $(if ($Parent -and $Parent.Path) { "$($Parent.Path).$Name" } else { $Name })
            Skip = $Skip -or ($Parent -and $Parent.Skip); Runs = $false; Failure = $null; AfterFailure = $null; Ended = $true
            BeforeAll = $null; AfterAll = $null; BeforeEach = $null; AfterEach = $null
            Run = $Runners.Block; Enter = $enter; Leave = $leave; Files = $null
        }
    }

    function Assert-ShimDiscovery([string] $Command) {
        if ($script:phase -ne 'Discovery') { throw "$Command is only possible in discovery: not inside It or a Before/After block." }
    }

    # The variables a data item gives, and a name with <key>, <key.property> and <_> filled in.
    function Get-ShimVariables($Data) {
        $found = [ordered]@{ _ = $Data }
        if ($Data -is [Collections.IDictionary]) { foreach ($key in $Data.Keys) { $found["$key"] = $Data[$key] } }
        $found
    }

    function Expand-ShimName([string] $Name, $Variables) {
        [regex]::Replace($Name, '(?<!`)<([A-Za-z_][\w.]*)>', {
                param($match)
                $parts = $match.Groups[1].Value.Split('.')
                for ($scope = $Variables; $scope -and -not $scope.Contains($parts[0]); ) { $scope = $null }
                if (-not $scope) { return $match.Value }
                $value = $scope[$parts[0]]
                for ($i = 1; $i -lt $parts.Length; $i++) { $value = $value.($parts[$i]) }
                if ($null -eq $value) { '$null' } else { "$value" }
            }).Replace('`<', '<').Replace('`>', '>')
    }

    function Get-ShimCases([bool] $Given, $ForEach) {
        # Without data there is one case without variables.
        if (-not $Given) { return [ordered]@{} }
        if ($null -eq $ForEach -or @($ForEach).Count -eq 0) { throw '-ForEach and -TestCases need at least one item; the shim takes an empty list as a mistake.' }
        foreach ($item in $ForEach) { Get-ShimVariables $item }
    }

    function Get-ShimInherited($Block) {
        # Names may use the data of the blocks around them.
        $found = [ordered]@{}
        $chain = [Collections.Generic.List[object]]::new()
        for ($at = $Block; $at; $at = $at.Parent) { $chain.Insert(0, $at) }
        foreach ($at in $chain) { foreach ($key in $at.Variables.Keys) { $found[$key] = $at.Variables[$key] } }
        $found
    }

    function Add-ShimBlock([string] $Kind, [string] $Name, [scriptblock] $Fixture, [bool] $Skip, [bool] $HasData, $ForEach) {
        Assert-ShimDiscovery $Kind
        if ($null -eq $Fixture) { throw "$Kind '$Name' has no script block; is its brace on a line of its own?" }
        foreach ($variables in Get-ShimCases $HasData $ForEach) {
            $all = Get-ShimInherited $script:current
            foreach ($key in $variables.Keys) { $all[$key] = $variables[$key] }
            $block = New-ShimBlock $script:current (Expand-ShimName $Name $all) $Fixture $Skip $variables
            $script:current.Items.Add($block)
            $outer = $script:current
            $script:current = $block
            try { $null = & $Runners.Discover $block } finally { $script:current = $outer }
        }
    }

    function Describe {
        [CmdletBinding()]
        param([Parameter(Mandatory, Position = 0)] [string] $Name, [Parameter(Position = 1)] [scriptblock] $Fixture, [string[]] $Tag, [switch] $Skip, [AllowNull()] [AllowEmptyCollection()] [object[]] $ForEach)
        Add-ShimBlock 'Describe' $Name $Fixture $Skip $PSBoundParameters.ContainsKey('ForEach') $ForEach
    }

    function Context {
        [CmdletBinding()]
        param([Parameter(Mandatory, Position = 0)] [string] $Name, [Parameter(Position = 1)] [scriptblock] $Fixture, [string[]] $Tag, [switch] $Skip, [AllowNull()] [AllowEmptyCollection()] [object[]] $ForEach)
        Add-ShimBlock 'Context' $Name $Fixture $Skip $PSBoundParameters.ContainsKey('ForEach') $ForEach
    }

    function It {
        [CmdletBinding()]
        param([Parameter(Mandatory, Position = 0)] [string] $Name, [Parameter(Position = 1)] [scriptblock] $Test, [string[]] $Tag, [switch] $Skip, [Alias('TestCases')] [AllowNull()] [AllowEmptyCollection()] [object[]] $ForEach)
        Assert-ShimDiscovery 'It'
        if ($script:current -eq $script:root) { throw "It '$Name' stands outside Describe." }
        if ($null -eq $Test) { throw "It '$Name' has no script block; is its brace on a line of its own?" }
        foreach ($variables in Get-ShimCases $PSBoundParameters.ContainsKey('ForEach') $ForEach) {
            $all = Get-ShimInherited $script:current
            foreach ($key in $variables.Keys) { $all[$key] = $variables[$key] }
            $case = @{
                IsBlock = $false; Parent = $script:current; Body = $Test; Variables = $variables; Skip = $Skip -or $script:current.Skip
                Path = "$($script:current.Path).$(Expand-ShimName $Name $all)"; Setups = @(); Teardowns = @(); Result = 'NotRun'; Message = $null; Ended = $true
                Run = $Runners.Test
            }
            $script:current.Items.Add($case)
            $script:tests.Add($case)
            if (-not $case.Skip) { for ($at = $script:current; $at; $at = $at.Parent) { $at.Runs = $true } }
        }
    }

    function Set-ShimStep([string] $Kind, [scriptblock] $Scriptblock) {
        Assert-ShimDiscovery $Kind
        if ($script:current[$Kind]) { throw "$Kind is already given in '$($script:current.Path)'." }
        $script:current[$Kind] = $Scriptblock
    }

    function BeforeAll { [CmdletBinding()] param([Parameter(Mandatory, Position = 0)] [scriptblock] $Scriptblock) Set-ShimStep 'BeforeAll' $Scriptblock }
    function AfterAll { [CmdletBinding()] param([Parameter(Mandatory, Position = 0)] [scriptblock] $Scriptblock) Set-ShimStep 'AfterAll' $Scriptblock }
    function BeforeEach { [CmdletBinding()] param([Parameter(Mandatory, Position = 0)] [scriptblock] $Scriptblock) Set-ShimStep 'BeforeEach' $Scriptblock }
    function AfterEach { [CmdletBinding()] param([Parameter(Mandatory, Position = 0)] [scriptblock] $Scriptblock) Set-ShimStep 'AfterEach' $Scriptblock }

    function BeforeDiscovery {
        [CmdletBinding()]
        param([Parameter(Mandatory, Position = 0)] [scriptblock] $ScriptBlock)
        Assert-ShimDiscovery 'BeforeDiscovery'
        # Its variables are meant for the code around it.
        . $ScriptBlock
    }

    function Exit-ShimBlock($Block) {
        if ($Block.AfterFailure) {
            # Pester fails the block; a case list has no line for that, so its last test carries it.
            $last = @($script:tests | Where-Object { $_.Result -ne 'Skipped' -and ($_.Path + '.').StartsWith($Block.Path) })[-1]
            if ($last) { $last.Result = 'Failed'; $last.Message = "$($last.Message)`n$($Block.AfterFailure)".Trim() }
        }
        if ($Block -eq $script:root -or -not $script:drive) { return }
        foreach ($entry in [IO.Directory]::GetFileSystemEntries($script:drive)) {
            if ($Block.Files -and $Block.Files.Contains($entry)) { continue }
            try { if ([IO.Directory]::Exists($entry)) { [IO.Directory]::Delete($entry, $true) } else { [IO.File]::Delete($entry) } } catch { $null = $_ <# A file that is still open is left to the operating system. #> }
        }
    }

    function Start-ShimDiscovery {
        # Reads one file; returns its cases.
        param([Parameter(Mandatory)] [string] $Path)
        $script:root = New-ShimBlock $null '' $null $false ([ordered]@{})
        $script:current = $script:root
        $script:tests.Clear()
        $script:phase = 'Discovery'
        try { $null = & $Runners.File $Path } finally { $script:phase = 'None' }
        foreach ($case in $script:tests) { [pscustomobject]@{ Name = $case.Path; Result = $(if ($case.Skip) { 'Skipped' } else { 'NotRun' }) } }
    }

    function Start-ShimRun {
        # Runs what was discovered; returns each case's result.
        param([Parameter(Mandatory)] [string] $TestDrive)
        $script:drive = $TestDrive
        $prepare = {
            param($block)
            foreach ($item in $block.Items) { if ($item.IsBlock) { & $prepare $item } else {
                    for ($at = $item.Parent; $at; $at = $at.Parent) {
                        if ($at.BeforeEach) { $item.Setups = @($at.BeforeEach) + $item.Setups }
                        if ($at.AfterEach) { $item.Teardowns += $at.AfterEach }
                    }
                } }
        }
        & $prepare $script:root
        $script:phase = 'Run'
        try { $null = & $Runners.Block $script:root } finally { $script:phase = 'None' }
        foreach ($case in $script:tests) { [pscustomobject]@{ Name = $case.Path; Result = $case.Result; Message = $case.Message } }
    }

    function Format-ShimValue($Value) {
        if ($null -eq $Value) { return '$null' }
        if ($Value -is [string]) { return "'$Value'" }
        if ($Value -is [bool]) { return "`$$Value".ToLowerInvariant() }
        if ($Value -is [type]) { return "[$Value]" }
        if ($Value -is [Collections.IDictionary]) { return '@{' + (@(foreach ($key in $Value.Keys) { "$key=$(Format-ShimValue $Value[$key])" }) -join '; ') + '}' }
        if ($Value -is [Collections.IEnumerable]) { return '@(' + (@(foreach ($one in $Value) { Format-ShimValue $one }) -join ', ') + ')' }
        if ($Value -is [IFormattable]) { return $Value.ToString($null, [Globalization.CultureInfo]::InvariantCulture) }
        "$Value"
    }

    function Test-ShimList($Value) { $Value -is [Collections.IEnumerable] -and $Value -isnot [string] -and $Value -isnot [Collections.IDictionary] }

    function Get-ShimSingle($Actual, $Expected) {
        # One piped object stands for itself, unless a list is expected.
        if ($Actual -is [object[]] -and $Actual.Length -eq 1 -and -not (Test-ShimList $Expected)) { return , $Actual[0] }
        , $Actual
    }

    function Test-ShimEqual($Actual, $Expected, [bool] $CaseSensitive) {
        $list = (Test-ShimList $Actual) -or (Test-ShimList $Expected)
        if (-not $list) {
            if ($null -eq $Actual -or $null -eq $Expected) { return $null -eq $Actual -and $null -eq $Expected }
            if ($CaseSensitive) { return [bool] ($Expected -ceq $Actual) }
            return [bool] ($Expected -eq $Actual)
        }
        # An empty list, a list of one null and null are the same to Pester.
        $left = @($Actual); $right = @($Expected)
        $leftEmpty = $left.Count -eq 0 -or ($left.Count -eq 1 -and $null -eq $left[0])
        $rightEmpty = $right.Count -eq 0 -or ($right.Count -eq 1 -and $null -eq $right[0])
        if ($leftEmpty -or $rightEmpty) { return $leftEmpty -and $rightEmpty }
        if ($left.Count -ne $right.Count) { return $false }
        for ($i = 0; $i -lt $left.Count; $i++) { if (-not (Test-ShimEqual $left[$i] $right[$i] $CaseSensitive)) { return $false } }
        $true
    }

    # What each operator needs, whether it sees the piped list as a whole, and how it decides.
    $operators = @{
        Be                = @{ Needs = $true; Whole = $true; Text = 'be'; Test = { param($a, $e) Test-ShimEqual (Get-ShimSingle $a $e) $e $false } }
        BeExactly         = @{ Needs = $true; Whole = $true; Text = 'be exactly'; Test = { param($a, $e) Test-ShimEqual (Get-ShimSingle $a $e) $e $true } }
        BeNullOrEmpty     = @{ Whole = $true; Text = 'be null or empty'; Test = {
                param($a)
                $list = @($a)
                if ($null -eq $a -or $list.Count -eq 0) { return $true }
                if ($list.Count -gt 1) { return $false }
                if ($list[0] -is [Collections.IDictionary]) { return $list[0].Count -eq 0 }
                [string]::IsNullOrEmpty($list[0])
            }
        }
        Contain           = @{ Needs = $true; Whole = $true; Text = 'contain'; Test = { param($a, $e) @($a) -contains $e } }
        HaveCount         = @{ Needs = $true; Whole = $true; Text = 'have the count'; Test = { param($a, $e) $(if ($null -eq $a) { 0 } else { @($a).Count }) -eq $e } }
        BeTrue            = @{ Text = 'be true'; Test = { param($a) [bool] $a } }
        BeFalse           = @{ Text = 'be false'; Test = { param($a) -not $a } }
        BeGreaterThan     = @{ Needs = $true; Text = 'be greater than'; Test = { param($a, $e) $a -gt $e } }
        BeGreaterOrEqual  = @{ Needs = $true; Text = 'be greater than or equal to'; Test = { param($a, $e) $a -ge $e } }
        BeLessThan        = @{ Needs = $true; Text = 'be less than'; Test = { param($a, $e) $a -lt $e } }
        BeLessOrEqual     = @{ Needs = $true; Text = 'be less than or equal to'; Test = { param($a, $e) $a -le $e } }
        BeLike            = @{ Needs = $true; Text = 'be like'; Test = { param($a, $e) [bool] ($a -like $e) } }
        Match             = @{ Needs = $true; Text = 'match'; Test = { param($a, $e) [bool] ($a -match $e) } }
        MatchExactly      = @{ Needs = $true; Text = 'match exactly'; Test = { param($a, $e) [bool] ($a -cmatch $e) } }
        BeIn              = @{ Needs = $true; Text = 'be in'; Test = { param($a, $e) @($e) -contains $a } }
        Exist             = @{ Text = 'exist as a path'; Test = {
                param($a)
                $full = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath("$a")
                [IO.File]::Exists($full) -or [IO.Directory]::Exists($full) -or $(try { $ExecutionContext.InvokeProvider.Item.Exists("$a") } catch { $false })
            }
        }
        BeOfType          = @{ Needs = $true; Text = 'be of type'; Test = {
                param($a, $e)
                if ($e -is [type]) { return $a -is $e }
                $name = "$e" -replace '^\[(.*)\]$', '$1'
                $type = $name -as [type]
                if ($type) { return $a -is $type }
                $null -ne $a -and $a.PSObject.TypeNames -contains $name
            }
        }
    }

    function Should {
        [CmdletBinding(PositionalBinding = $false)]
        param(
            [Parameter(ValueFromPipeline)] [object] $ActualValue,
            [switch] $Not,
            [Parameter(Position = 0)] [Alias('ExpectedType', 'ExpectedMessage', 'RegularExpression')] [object] $ExpectedValue,
            [string] $Because, [string] $ErrorId, [type] $ExceptionType, [switch] $PassThru,
            [Alias('EQ')] [switch] $Be, [Alias('CEQ')] [switch] $BeExactly, [switch] $BeNullOrEmpty, [switch] $BeTrue, [switch] $BeFalse,
            [Alias('GT')] [switch] $BeGreaterThan, [Alias('GE')] [switch] $BeGreaterOrEqual, [Alias('LT')] [switch] $BeLessThan, [Alias('LE')] [switch] $BeLessOrEqual,
            [Alias('HaveType')] [switch] $BeOfType, [switch] $BeLike, [switch] $Match, [Alias('CMATCH')] [switch] $MatchExactly,
            [switch] $Contain, [switch] $HaveCount, [switch] $Throw, [switch] $Exist, [switch] $BeIn)
        begin { $piped = [Collections.Generic.List[object]]::new() }
        process { $piped.Add($ActualValue) }
        end {
            $chosen = @(foreach ($name in @($operators.Keys) + 'Throw') { if ($PSBoundParameters.ContainsKey($name) -and $PSBoundParameters[$name]) { $name } })
            if ($chosen.Count -ne 1) { throw "Should needs exactly one operator the shim knows; it has $($chosen.Count)." }
            $hasExpected = $PSBoundParameters.ContainsKey('ExpectedValue')
            $reason = if ($Because) { ", because $($Because -replace '^because\s+', '')" }
            if ($chosen[0] -eq 'Throw') {
                if ($piped.Count -ne 1 -or $piped[0] -isnot [scriptblock]) { throw 'Should -Throw needs one script block.' }
                $caught = $null
                try { $null = & $piped[0] } catch { $caught = $_ }
                if ($Not) {
                    if ($ErrorId -or $ExceptionType -or $hasExpected) { throw 'Should -Not -Throw takes no filter: any exception fails it.' }
                    $problem = if ($caught) { "Expected no exception$reason, but got: $caught`n$($caught.InvocationInfo.PositionMessage)" }
                } else {
                    $problem = if (-not $caught) { "Expected an exception$reason, but none was thrown." }
                    elseif ($hasExpected -and "$ExpectedValue" -and $caught.Exception.Message -notlike $ExpectedValue) { "Expected an exception with a message like '$ExpectedValue'$reason, but it was '$($caught.Exception.Message)'." }
                    elseif ($ErrorId -and $caught.FullyQualifiedErrorId -notlike $ErrorId) { "Expected an exception with the id '$ErrorId'$reason, but it was '$($caught.FullyQualifiedErrorId)'." }
                    elseif ($ExceptionType -and $caught.Exception -isnot $ExceptionType) { "Expected an exception of type [$ExceptionType]$reason, but it was [$($caught.Exception.GetType())]." }
                    elseif ($PassThru) { return $caught }
                }
                if ($problem) { throw [Management.Automation.ErrorRecord]::new([Exception]::new($problem), 'PesterAssertionFailed', 'InvalidResult', $null) }
                return
            }

            if ($ErrorId -or $ExceptionType -or $PassThru) { throw "Should -$($chosen[0]) takes no -ErrorId, -ExceptionType or -PassThru." }
            $operator = $operators[$chosen[0]]
            if ($operator.Needs -and -not $hasExpected) { throw "Should -$($chosen[0]) needs a value to compare with." }
            if (-not $operator.Needs -and $hasExpected) { throw "Should -$($chosen[0]) takes no value." }
            $values = if ($piped.Count -eq 0) { , @(, $null) }
            elseif ($operator.Whole -and $MyInvocation.ExpectingInput) { , @(, $piped.ToArray()) }
            elseif ($operator.Whole) { , @(, @($ActualValue)) }
            else { , $piped.ToArray() }
            foreach ($value in $values) {
                if ([bool] (& $operator.Test $value $ExpectedValue) -eq [bool] $Not) {
                    $wanted = "$(if ($Not) { 'not ' })$($operator.Text)$(if ($operator.Needs) { " $(Format-ShimValue $ExpectedValue)" })"
                    throw [Management.Automation.ErrorRecord]::new([Exception]::new("Expected the value to $wanted$reason, but got $(Format-ShimValue (Get-ShimSingle $value $null))."), 'PesterAssertionFailed', 'InvalidResult', $null)
                }
            }
        }
    }

    Export-ModuleMember -Function Describe, Context, It, BeforeAll, AfterAll, BeforeEach, AfterEach, BeforeDiscovery, Should, Start-ShimDiscovery, Start-ShimRun
} | Import-Module -Global

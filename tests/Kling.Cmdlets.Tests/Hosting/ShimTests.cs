using Kling.Hosting;

namespace Kling.Cmdlets.Tests.Hosting;

/// <summary>The shim must fail what Pester fails: a shim that passes too much would make every other result worthless.</summary>
[Collection(EngineCollection.Name)]
public sealed class ShimTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kling-shim-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string, bool> Assertions() => new()
    {
        { "5 | Should -Be 5", true },
        { "5 | Should -Be 6", false },
        { "5 | Should -Not -Be 6", true },
        { "5 | Should -Not -Be 5", false },
        { "'A' | Should -Be 'a'", true },
        { "'A' | Should -BeExactly 'a'", false },
        { "'A' | Should -BeExactly 'A'", true },
        { "1,2,3 | Should -Be 1,2,3", true },
        { "1,2,3 | Should -Be 1,2", false },
        { "1,2,3 | Should -Be 1,2,4", false },
        { ",@(1,2) | Should -Be @(1,2)", false },
        { "$null | Should -Be $null", true },
        { "$null | Should -Be 0", false },
        { "0 | Should -Be $null", false },
        { "@() | Should -Be @()", true },
        { "@() | Should -Be 1", false },
        { "Should -ActualValue 3 -Be 3", true },
        { "Should -ActualValue 3 -Be 4", false },
        { "$null | Should -BeNullOrEmpty", true },
        { "'' | Should -BeNullOrEmpty", true },
        { "@() | Should -BeNullOrEmpty", true },
        { "0 | Should -BeNullOrEmpty", false },
        { "1,2 | Should -Not -BeNullOrEmpty", true },
        { "$null | Should -Not -BeNullOrEmpty", false },
        { "$true | Should -BeTrue", true },
        { "0 | Should -BeTrue", false },
        { "$false | Should -BeFalse", true },
        { "1 | Should -BeFalse", false },
        { "$null | Should -BeFalse", true },
        { "2 | Should -BeGreaterThan 1", true },
        { "1 | Should -BeGreaterThan 1", false },
        { "1 | Should -BeGreaterOrEqual 1", true },
        { "0 | Should -BeGreaterOrEqual 1", false },
        { "0 | Should -BeLessThan 1", true },
        { "1 | Should -BeLessThan 1", false },
        { "1 | Should -BeLessOrEqual 1", true },
        { "2 | Should -BeLessOrEqual 1", false },
        { "1,5 | Should -BeGreaterThan 2", false },
        { "'x' | Should -BeOfType [string]", true },
        { "'x' | Should -BeOfType ([string])", true },
        { "'x' | Should -BeOfType System.Int32", false },
        { "[pscustomobject]@{ PSTypeName = 'My.Row' } | Should -BeOfType My.Row", true },
        { "1 | Should -BeOfType No.Such.Type", false },
        { "'Hello' | Should -BeLike 'h*o'", true },
        { "'Hello' | Should -BeLike 'x*'", false },
        { "'Hello' | Should -Match 'ELL'", true },
        { "'Hello' | Should -Match 'zz'", false },
        { "'Hello' | Should -MatchExactly 'ELL'", false },
        { "1,2,3 | Should -Contain 2", true },
        { "1,2,3 | Should -Contain 9", false },
        { "1,2,3 | Should -Not -Contain 2", false },
        { "1,2,3 | Should -HaveCount 3", true },
        { "1,2,3 | Should -HaveCount 2", false },
        { "@() | Should -HaveCount 0", true },
        { ",@(1,2) | Should -HaveCount 1", true },
        { "2 | Should -BeIn @(1,2)", true },
        { "3 | Should -BeIn @(1,2)", false },
        { "$PSScriptRoot | Should -Exist", true },
        { "(Join-Path $PSScriptRoot 'none') | Should -Exist", false },
        { "{ throw 'a boat' } | Should -Throw", true },
        { "{ } | Should -Throw", false },
        { "{ throw 'a boat' } | Should -Throw '*boat'", true },
        { "{ throw 'a boat' } | Should -Throw 'boat'", false },
        { "{ throw 'a boat' } | Should -Throw -ExpectedMessage '*ship*'", false },
        { "{ throw [ArgumentException]::new('x') } | Should -Throw -ExceptionType ([ArgumentException])", true },
        { "{ throw [ArgumentException]::new('x') } | Should -Throw -ExceptionType ([IO.IOException])", false },
        { "{ Write-Error 'x' -ErrorId My.Id -ErrorAction Stop } | Should -Throw -ErrorId 'My.Id*'", true },
        { "{ Write-Error 'x' -ErrorId My.Id -ErrorAction Stop } | Should -Throw -ErrorId 'Other*'", false },
        { "({ throw 'x' } | Should -Throw -PassThru).Exception.Message | Should -Be 'x'", true },
        { "{ } | Should -Not -Throw", true },
        { "{ throw 'x' } | Should -Not -Throw", false },
        { "5 | Should -Be 5 -Because 'five'", true },

        // What is not known, or not said, fails.
        { "5 | Should", false },
        { "5 | Should -Be", false },
        { "5 | Should -BeNice", false },
        { "5 | Should -Invoke Get-Item", false },
        { "5 | Should -Be 5 -BeTrue", false },
        { "5 | Should -BeTrue 5", false },
        { "5 | Should -Throw", false },
        { "5 | Should -Be 5 -ErrorId x", false },
        { "Mock Get-Item { }", false },
        { "throw 'x'", false },
        { "break", false },
        { "continue", false },
        { "$null = 5", true },
    };

    [Theory]
    [MemberData(nameof(Assertions))]
    public void It_body_passes_only_when_it_holds(string body, bool passes)
    {
        PesterCase it = Assert.Single(Run($"Describe 'd' {{ It 'i' {{ {body} }} }}").Cases);
        Assert.True(passes == (it.Result == "Passed"), $"{it.Result}: {it.Message}");
        Assert.True(passes || it.Result == "Failed");
    }

    [Fact]
    public void Failure_message_names_what_was_expected_and_got_and_why()
    {
        string? message = Run("Describe 'd' { It 'i' { 1,2 | Should -Be 3 -Because 'of that' } }").Cases[0].Message;
        Assert.Contains("Expected the value to be 3, because of that, but got @(1, 2).", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Skipped_is_reported_as_skipped_and_does_not_run()
    {
        PesterFile file = Run("""
            Describe 'd' {
                It 'one' -Skip { throw 'ran' }
                Context 'c' -Skip { BeforeAll { throw 'ran' }; It 'two' { throw 'ran' } }
                It 'three' { }
            }
            """);
        Assert.Equal(["Skipped", "Skipped", "Passed"], file.Cases.Select(it => it.Result));
    }

    [Fact]
    public void Failing_BeforeAll_fails_all_its_Its_and_no_others()
    {
        PesterFile file = Run("""
            Describe 'bad' { BeforeAll { throw 'no' }; It 'a' { }; Context 'c' { It 'b' { } } }
            Describe 'good' { It 'c' { } }
            """);
        Assert.Equal(["Failed", "Failed", "Passed"], file.Cases.Select(it => it.Result));
        Assert.Contains("BeforeAll of 'bad' failed: no", file.Cases[1].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AfterAll { throw 'late' } ", "Passed", "Failed")]
    [InlineData("AfterEach { throw 'late' } ", "Failed", "Failed")]
    [InlineData("BeforeEach { throw 'early' } ", "Failed", "Failed")]
    public void Failing_steps_fail_their_tests(string step, string first, string second)
    {
        PesterFile file = Run($"Describe 'd' {{ {step}; It 'a' {{ }} \n It 'b' {{ }} }}");
        Assert.Equal([first, second], file.Cases.Select(it => it.Result));
    }

    [Fact]
    public void ForEach_expands_names_and_gives_variables_to_blocks_and_tests()
    {
        PesterFile file = Run("""
            BeforeDiscovery { $rows = @{ A = 1; B = @{ C = 'deep' } }, @{ A = 2; B = @{ C = 'low' } } }
            Describe 'd <_>' -ForEach 'x', 'y' {
                It 'has <A> and <B.C> and <Z>' -TestCases $rows { $A | Should -BeIn 1, 2; $B.C | Should -Match 'deep|low'; $_.A | Should -Be $A }
                It 'sees <_>' { $_ | Should -BeIn 'x', 'y' }
            }
            """);
        Assert.All(file.Cases, it => Assert.True(it.Result == "Passed", it.Message));
        Assert.Equal(["d x.has 1 and deep and <Z>", "d x.has 2 and low and <Z>", "d x.sees x", "d y.has 1 and deep and <Z>", "d y.has 2 and low and <Z>", "d y.sees y"],
            file.Cases.Select(it => it.Name));
    }

    [Fact]
    public void Variables_are_seen_inside_and_leak_to_no_sibling()
    {
        PesterFile file = Run("""
            BeforeAll { $top = 'top'; function Get-Seven { 7 } }
            Describe 'one' {
                BeforeAll { $shared = 1; $Name = 'mine'; $Because = 'kept' }
                BeforeEach { $each = 'fresh' }
                It 'sees them' { $top | Should -Be 'top'; $shared | Should -Be 1; $each | Should -Be 'fresh'; $Name | Should -Be 'mine'; Get-Seven | Should -Be 7; $shared = 2; $own = 3; $each = 'used' }
                It 'sees them anew' { $shared | Should -Be 1; $own | Should -Be $null; $each | Should -Be 'fresh' }
                It 'keeps its own inside Throw' { { throw "$shared $Because" } | Should -Throw '1 kept' }
                Context 'inner' { BeforeAll { $shared = 5 }; It 'changes' { $shared | Should -Be 5 } }
                It 'is not changed by inner' { $shared | Should -Be 1 }
            }
            Describe 'two' { It 'does not see them' { $shared | Should -Be $null; $each | Should -Be $null } }
            """);
        Assert.All(file.Cases, it => Assert.True(it.Result == "Passed", it.Message));
        Assert.Equal(6, file.Cases.Count);
    }

    [Fact]
    public void Phases_and_steps_run_in_order()
    {
        PesterFile file = Run("""
            $global:log = 'file '
            BeforeAll { $global:log += 'all0 ' }
            Describe 'd' {
                $global:log += 'body '
                BeforeAll { $global:log += 'all1 ' }
                BeforeEach { $global:log += 'each1 ' }
                AfterEach { $global:log += 'after1 ' }
                AfterAll { $global:log += 'afterall1 ' }
                It 'a' { $global:log += 'a ' }
                Context 'c' {
                    BeforeEach { $global:log += 'each2 ' }
                    AfterEach { $global:log += 'after2 ' }
                    It 'b' { $global:log += 'b ' }
                }
            }
            Describe 'end' { It 'reads' { $global:log | Should -BeExactly 'file body all0 all1 each1 a after1 each1 each2 b after2 after1 afterall1 ' } }
            """);
        Assert.True(file.Cases[2].Result == "Passed", file.Cases[2].Message);
    }

    [Fact]
    public void TestDrive_is_emptied_of_what_a_block_made()
    {
        PesterFile file = Run("""
            Describe 'a' {
                BeforeAll { Set-Content -Path (Join-Path $TestDrive 'kept.txt') -Value 'x' }
                Context 'c' { It 'makes' { New-Item 'TestDrive:\made.txt' | Should -Exist; (Join-Path $TestDrive 'made.txt') | Should -Exist } }
                It 'is gone' { (Join-Path $TestDrive 'made.txt') | Should -Not -Exist; (Join-Path $TestDrive 'kept.txt') | Should -Exist }
            }
            Describe 'b' { It 'is empty' { Get-ChildItem $TestDrive | Should -HaveCount 0 } }
            """);
        Assert.All(file.Cases, it => Assert.True(it.Result == "Passed", it.Message));
    }

    [Theory]
    [InlineData("throw 'broken'", "broken")]
    [InlineData("Describe 'd' { throw 'broken' }", "broken")]
    [InlineData("Describe 'd' { No-SuchCommand }", "No-SuchCommand")]
    [InlineData("Describe 'd' {", "Missing closing")]
    [InlineData("Describe 'd' { }", "no It")]
    [InlineData("$x = 1", "no It")]
    [InlineData("It 'i' { }", "outside Describe")]
    [InlineData("Describe 'd' { It 'i' }", "no script block")]
    [InlineData("Describe 'd' { It 'i' -TestCases @() { } }", "at least one")]
    [InlineData("Describe 'd' { BeforeAll { } ; BeforeAll { } ; It 'i' { } }", "already")]
    [InlineData("Describe 'd' { It 'i' -Focus { } }", "Focus")]
    [InlineData("Describe 'd' { InModuleScope Kling { } ; It 'i' { } }", "InModuleScope")]
    public void File_that_cannot_be_read_fails_as_a_whole(string script, string because)
    {
        string? failure = Run(script).Failure;
        Assert.Contains(because, failure, StringComparison.Ordinal);
    }

    private PesterFile Run(string script)
    {
        string path = Path.Combine(_folder, "Sample.Tests.ps1");
        File.WriteAllText(path, script);
        return PesterRunner.Run(path);
    }
}

using Kling.Hosting;

namespace Kling.Cmdlets.Tests.Hosting;

/// <summary>Each stand-in does what the documentation of the command it stands in for says.</summary>
[Collection(EngineCollection.Name)]
public sealed class StandInTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kling-standin-").FullName;
    private readonly EngineHost _engine;

    public StandInTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "sub"));
        File.WriteAllText(Path.Combine(_folder, "a.jpg"), "one\ntwo\nthree\n");
        File.WriteAllText(Path.Combine(_folder, "b[1].jpg"), "bracket");
        File.WriteAllText(Path.Combine(_folder, "sub", "c.jpg"), "deep");
        _engine = new EngineHost(new EngineOptions { Location = _folder });
    }

    public void Dispose()
    {
        _engine.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A script, and its output as PowerShell shows it inside a string, items joined by a bar.</summary>
    public static TheoryData<string, string> Scripts() => new()
    {
        // Files
        { "(Get-ChildItem *.jpg).Name", "a.jpg|b[1].jpg" },
        { "(Get-ChildItem -Directory).Name; (Get-ChildItem -File).Name", "sub|a.jpg|b[1].jpg" },
        { "(Get-ChildItem -Recurse -Filter c*).Name; (Get-ChildItem -Include *.jpg -Recurse -File).Count", "c.jpg|3" },
        { "(Get-ChildItem -LiteralPath 'b[1].jpg').Name; @(Get-ChildItem 'b[1].jpg').Count", "b[1].jpg|0" },
        { "(Get-ChildItem a.jpg).GetType().FullName; (Get-Item sub).GetType().FullName", "System.IO.FileInfo|System.IO.DirectoryInfo" },
        { "(Get-Item a.jpg).PSPath -eq \"Microsoft.PowerShell.Core\\FileSystem::$((Get-Item a.jpg).FullName)\"", "True" },
        { "Get-ChildItem *.jpg | Get-Content -TotalCount 1", "one|bracket" },
        { "Get-ChildItem none.jpg -ErrorAction SilentlyContinue -ErrorVariable e; $e[0].FullyQualifiedErrorId", "PathNotFound,Get-ChildItem" },
        { "Test-Path a.jpg; Test-Path none; Test-Path sub -PathType Leaf; Test-Path sub -PathType Container; Test-Path -LiteralPath 'b[1].jpg'; Test-Path *.jpg", "True|False|False|True|True|True" },
        { "(Get-Content a.jpg).Count; (Get-Content a.jpg -Raw).Length; Get-Content a.jpg -Tail 1", "3|14|three" },
        { "Set-Content x.txt 'p', 'q'; [IO.File]::ReadAllText((Get-Item x.txt).FullName) -replace '\\r?\\n', ';'", "p;q;" },
        { "'r' | Set-Content x.txt -NoNewline; Get-Content x.txt -Raw", "r" },
        { "(New-Item n -ItemType Directory).Name; (New-Item n -ItemType Directory -Force).Name; (New-Item n/f.txt -Value 'v').Name; Get-Content n/f.txt", "n|n|f.txt|v" },
        { "New-Item sub -ItemType Directory -ErrorAction SilentlyContinue -ErrorVariable e; $e.Count", "1" },
        { "$null = New-Item w -WhatIf; Test-Path w", "False" },
        { "Remove-Item -LiteralPath 'b[1].jpg'; Remove-Item sub -Recurse; Test-Path sub; @(Get-ChildItem).Count", "False|1" },
        { "Join-Path a b c | ForEach-Object { $_ -replace '\\\\', '/' }; Split-Path /x/y.mp4 -Leaf; Split-Path /x/y.mp4 -Extension; (Split-Path /x/y.mp4) -replace '\\\\', '/'", "a/b/c|y.mp4|.mp4|/x" },
        { "(Get-FileHash 'a.jpg').Hash.Length; (Get-FileHash -LiteralPath 'b[1].jpg').Hash", "64|11C1EEE0E02516B19E263D060A3C9F80535BEE655AE7E1A3AFE8DDD045135ED1" },
        { "Push-Location sub; Split-Path (Get-Location) -Leaf; Pop-Location; Test-Path a.jpg", "sub|True" },

        // Objects
        { "1..5 | Select-Object -First 2; 1..5 | Select-Object -Last 2; 1..5 | Select-Object -Skip 3; 1..5 | Select-Object -Skip 1 -First 1; 1..5 | Select-Object -Last 1 -Skip 1", "1|2|4|5|4|5|2|4" },
        { "1..3 | Select-Object -First 0", "" },
        { "1, 1, 2 | Select-Object -Unique", "1|2" },
        { "([pscustomobject]@{ A = 1; B = 2; C = 3 } | Select-Object A, Z, @{ n = 'D'; e = { $_.B * 2 } }).PSObject.Properties | ForEach-Object { \"$($_.Name)=$($_.Value)\" }", "A=1|Z=|D=4" },
        { "([pscustomobject]@{ A = 1; B = 2; C = 3 } | Select-Object * -ExcludeProperty B).PSObject.Properties.Name", "A|C" },
        { "[pscustomobject]@{ A = 1, 2 }, [pscustomobject]@{ A = 3 } | Select-Object -ExpandProperty A", "1|2|3" },
        { "[pscustomobject]@{ A = 1 } | Select-Object -ExpandProperty B -ErrorAction SilentlyContinue -ErrorVariable e; $e[0].FullyQualifiedErrorId -like 'ExpandPropertyNotFound,*'", "True" },
        { "'b', 'A', 'c' | Sort-Object; 10, 9, 1 | Sort-Object -Descending; 3, 1, 3 | Sort-Object -Unique", "A|b|c|10|9|1|1|3" },
        { "([pscustomobject]@{ N = 'x'; V = 2 }, [pscustomobject]@{ N = 'y'; V = 1 } | Sort-Object V).N", "y|x" },
        { "([pscustomobject]@{ N = 'x'; V = 2 }, [pscustomobject]@{ N = 'y'; V = 1 } | Sort-Object { -$_.V }).N", "x|y" },
        { "'b', 'a', 'B' | Group-Object | ForEach-Object { \"$($_.Name)$($_.Count)\" }", "a1|b2" },
        { "$m = [pscustomobject]@{ V = 1.5 }, [pscustomobject]@{ V = 2 }, [pscustomobject]@{ W = 1 } | Measure-Object V -Sum -Maximum; $m.Count; $m.Sum; $m.Maximum; $null -eq $m.Average", "2|3.5|2|True" },
        { "(1..4 | Measure-Object).Count; (@() | Measure-Object).Count; (1..4 | Measure-Object -Average).Average", "4|0|2.5" },

        // CSV and JSON
        { "[pscustomobject]@{ A = 'x,\"y\"'; B = $null; C = 1.5 } | ConvertTo-Csv", "\"A\",\"B\",\"C\"|\"x,\"\"y\"\"\",,\"1.5\"" },
        { "$r = 'A,B', '1,\"two, 2\"', '3' | ConvertFrom-Csv; $r.Count; $r[0].B; $null -eq $r[1].B; $r[0].A.GetType().Name", "2|two, 2|True|String" },
        { "[pscustomobject]@{ A = \"two`nlines\" } | Export-Csv t.csv; (Import-Csv t.csv).A -eq \"two`nlines\"; Import-Csv none.csv -ErrorAction SilentlyContinue -ErrorVariable e; $e.Count", "True|1" },
        { "(ConvertFrom-Csv 'a;b', '1;2' -Delimiter ';').b", "2" },
        { "[ordered]@{ A = 1; B = 'x<y'; C = $null; D = @(1, 2); E = 0.5; F = $true } | ConvertTo-Json -Compress", "{\"A\":1,\"B\":\"x<y\",\"C\":null,\"D\":[1,2],\"E\":0.5,\"F\":true}" },
        { "1, 2 | ConvertTo-Json -Compress; ConvertTo-Json @(1) -Compress; , 1 | ConvertTo-Json -Compress -AsArray; [DayOfWeek]::Friday | ConvertTo-Json; [DayOfWeek]::Friday | ConvertTo-Json -EnumsAsStrings", "[1,2]|[1]|[1]|5|\"Friday\"" },
        { "@{ A = @{ B = @{ C = @{ D = 1 } } } } | ConvertTo-Json -Compress -Depth 1", "{\"A\":{\"B\":\"System.Collections.Hashtable\"}}" },
        { "(@{ A = 1 } | ConvertTo-Json) -replace '\\r?\\n', ';'", "{;  \"A\": 1;}" },
        { "$j = '{\"a\":1,\"b\":[1.5,\"x\"],\"c\":null,\"d\":\"2024-01-02T03:04:05Z\"}' | ConvertFrom-Json; $j.a.GetType().Name; $j.b[0].GetType().Name; $j.b.Count; $null -eq $j.c; $j.d.GetType().Name; $j.GetType().Name", "Int64|Double|2|True|DateTime|PSCustomObject" },
        { "('[1,2,3]' | ConvertFrom-Json | ForEach-Object { $_ }).Count; ('{\"a\":{\"b\":1}}' | ConvertFrom-Json -AsHashtable).a['b']", "3|1" },
        { "try { 'no' | ConvertFrom-Json } catch { 'refused' }", "refused" },

        // Streams and small things
        { "Write-Output 1, 2; (Write-Output 1, 2 -NoEnumerate).Count; 3 | Write-Output", "1|2|2|3" },
        { "Write-Error 'x' -ErrorId My -ErrorAction SilentlyContinue -ErrorVariable e; \"$($e[0])\"; $e[0].FullyQualifiedErrorId", "x|My,Write-Error" },
        { "$ErrorActionPreference = 'Stop'; try { Write-Error 'stop' } catch { \"caught $_\" }", "caught stop" },
        { "$w = Write-Warning 'w' 3>&1; \"$w\"; $v = & { $VerbosePreference = 'Continue'; Write-Verbose 'v' } 4>&1; \"$v\"; Write-Verbose 'quiet' 4>&1", "w|v" },
        { "$i = Write-Host 'a' 'b' 6>&1; \"$i\"; $i.GetType().Name", "a b|InformationRecord" },
        { "[pscustomobject]@{ A = 1 } | Format-List | Out-String | ForEach-Object Trim", "A : 1" },
        { "([pscustomobject]@{ A = 1; B = 2 } | Format-Table B | Out-String -Stream | Where-Object { $_ }).Trim()", "B|-|2" },
        { "$n = Get-Random -Minimum 3 -Maximum 5; $n -ge 3 -and $n -lt 5; (1..9 | Get-Random -Count 3).Count; (Get-Random -InputObject 7)", "True|3|7" },
        { "(Get-Date '2024-05-06' -Format 'yyyy-MM-dd'); (Get-Date).GetType().Name; (New-Guid).GetType().Name; (New-Guid) -ne (New-Guid)", "2024-05-06|DateTime|Guid|True" },
        { "(Import-PowerShellDataFile (New-Item d.psd1 -Value '@{ A = ''x''; B = @(1, 2) }').FullName).B.Count", "2" },
    };

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Script_gives_what_the_real_commands_document(string script, string expected)
    {
        EngineResult result = _engine.Run($"@(& {{ {script} }} | ForEach-Object {{ \"$_\" }}) -join '|'");
        Assert.True(result.Failure is null, result.Failure?.ToString());
        Assert.Equal(expected, result.OutputOf<string>().Single());
    }

    [Fact]
    public void Read_Host_asks_for_a_line_or_a_secret()
    {
        _engine.Capture.UI.Answers.Enqueue("a line");
        _engine.Capture.UI.Answers.Enqueue("a secret");
        EngineResult result = _engine.Run("Read-Host 'Name'; $s = Read-Host -AsSecureString; $s.GetType().Name; $s.Length").Check();
        Assert.Equal(["a line", "SecureString", "8"], result.Output.Select(item => item.ToString()));
        Assert.Contains("Name: ", _engine.Capture.UI.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Get-ChildItem -Attributes Hidden")]
    [InlineData("1 | Select-Object -SkipIndex 1")]
    [InlineData("Get-Content a.jpg -ReadCount 2")]
    public void Parameter_a_stand_in_lacks_is_an_error(string script) => 
        Assert.Contains(_engine.Run(script).AllErrors, error => error.FullyQualifiedErrorId.StartsWith("NamedParameterNotFound", StringComparison.Ordinal));
}

using System.Text.Json;
using System.Text.RegularExpressions;
using Kling.Hosting;
using Kling.Sandbox;
using Kling.Sandbox.Engine;
using Kling.Sandbox.Replies;

namespace Kling.Module.Tests.Live;

/// <summary>scripts/check-live.ps1 without -Buy: it spends nothing, and tells which belief does not hold.</summary>
[Collection(EngineCollection.Name)]
public sealed class LiveCheckTests : IDisposable
{
    private readonly LiveBench _bench = new();

    public LiveCheckTests(ModuleUnderTest module) => Assert.NotNull(module);

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(UnknownIdMode.Processing)]
    [InlineData(UnknownIdMode.TaskNotFound)]
    [InlineData(UnknownIdMode.EmptyData)]
    public void Everything_agrees_with_the_sandbox(UnknownIdMode unknown)
    {
        using var service = new ChangedService(unknown: unknown);
        LiveReport report = _bench.Check(service);
        Assert.Empty(report.No);
        Assert.Equal(unknown == UnknownIdMode.EmptyData ? ["two ids in one getResponse"] : [], report.NotSeen);
        Assert.Equal((0, 25), (report.ExitCode, report.Lines.Count));
        Assert.DoesNotContain("not run to its end", report.Text, StringComparison.Ordinal);
        Assert.Contains("- Bought: nothing\n", report.Text, StringComparison.Ordinal);
        Assert.Contains("proves nothing about the service", report.Text, StringComparison.Ordinal);
        Assert.Empty(service.StrayKeys);
    }

    [Fact]
    public void No_task_that_could_be_made_is_sent()
    {
        using var service = new ChangedService();
        _bench.Check(service);
        Assert.Equal((0, 0m), (service.Engine.TaskCount, service.Engine.TotalBilled));
        Assert.Equal(4, service.Submits.Count);
        Assert.All(service.Submits, submit =>
        {
            JsonElement task = Assert.Single(JsonDocument.Parse(submit).RootElement.EnumerateArray());

            // Each of these alone is a reason to refuse it, also for a service that lets the others pass.
            Assert.False(task.TryGetProperty("inputs", out _) || task.TryGetProperty("frameImages", out _), submit);
            Assert.False(task.TryGetProperty("positivePrompt", out _), submit);
            Assert.Equal(7, task.GetProperty("duration").GetInt32());
        });
    }

    [Theory]
    [InlineData("\"pong\":true", "\"pong\":false", "ping")]
    [InlineData("\"code\":\"invalidApiKey\"", "\"code\":\"closed\"", "wrong key")]
    [InlineData("\"code\":\"missingApiKey\"", "\"code\":\"closed\"", "no key")]
    [InlineData("\"balance\":[0-9.]+", "\"balance\":{\"free\":1}", "balance,Get-KlingAccount")]
    [InlineData("\"balance\":([0-9.]+)", "\"balance\":{\"amount\":$1,\"currency\":\"USD\"}", "")]
    [InlineData("\"status\":\"processing\"", "\"status\":\"success\"", "getResponse of an id never submitted")]
    [InlineData("taskNotFound", "internalError", "getTaskDetails of an id never submitted")]
    [InlineData("\"mediaUUID\"", "\"id\"", "upload")]
    [InlineData("\"mediaURL\"", "\"address\"", "stored image")]
    [InlineData("\"operation\":\"delete\",\"mediaUUID\":\"[^\"]*\"", "\"operation\":\"delete\"", "delete")]
    [InlineData("\"errors\":\\[\\{\"code\":\"mediaNotFound\"[^]]*\\]", "\"data\":[]", "deleted image")]
    [InlineData("\"message\":", "\"text\":", "error form")]
    [InlineData("\"parameter\":\"inputs.frameImages\"", "\"parameter\":\"image\"", "no image")]
    [InlineData("\\[5,10\\]", "[5,8]", "wrong duration")]
    [InlineData("\"allowedValues\":\\[5,10\\]", "\"allowedValues\":{\"0\":5,\"1\":10}", "")]
    [InlineData("unknownParameter", "surprise", "unknown field")]
    [InlineData("invalidCFGScale", "surprise", "codes of wrong values")]
    [InlineData("unsupportedModel", "surprise", "unknown model")]
    [InlineData("^\\{\"data\":(\\[\\{\"taskType\":\"ping\".*)\\}$", "$1", "envelope,ping")]
    public void Changed_answer_is_told(string pattern, string replacement, string expected)
    {
        using var service = new ChangedService { Change = (_, reply) => Regex.Replace(reply, pattern, replacement) };
        LiveReport report = _bench.Check(service);
        string[] lines = expected.Split(',', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(lines.Order(StringComparer.Ordinal), report.No);
        Assert.Equal(lines.Length > 0 ? 1 : 0, report.ExitCode);
    }

    [Fact]
    public void Ids_that_are_left_out_or_refused_together_are_told()
    {
        using var omitting = new ChangedService();
        omitting.Engine.AddFault(SandboxFault.Parse("OmitIds::-1"));
        Assert.Equal(["two ids in one getResponse"], _bench.Check(omitting).No);
        File.Delete(_bench.ReportPath);
        using var refusing = new ChangedService();
        refusing.Engine.AddFault(SandboxFault.Parse("ChunkRefused::-1"));
        Assert.Equal(["two ids in one getResponse"], _bench.Check(refusing).No);
    }

    [Theory]
    [InlineData("X-RateLimit-Remaining: 4", "limit headers")]
    [InlineData("Retry-After: 1", "limit headers")]
    [InlineData("Server: 1", "")]
    public void Header_of_a_limit_is_told(string header, string expected)
    {
        using var service = new ChangedService { ApiHeader = header };
        LiveReport report = _bench.Check(service);
        Assert.Equal(expected.Split(',', StringSplitOptions.RemoveEmptyEntries), report.No);
        Assert.Equal(expected.Length > 0 ? header : "none", report.Seen("limit headers"));
    }

    [Fact]
    public void Wrong_duration_that_is_not_told_beside_the_rest_was_not_seen()
    {
        using var service = new ChangedService { Change = (_, reply) => Regex.Replace(reply, ",\\{\"code\":\"unsupportedDuration\"[^}]*\\}", "") };
        LiveReport report = _bench.Check(service);
        Assert.Empty(report.No);
        Assert.Equal(["wrong duration"], report.NotSeen);
    }

    [Fact]
    public void Service_that_takes_what_it_should_refuse_is_sent_one_such_task_and_never_bought_from()
    {
        using var service = new ChangedService { TakesEverything = true };
        LiveReport report = _bench.Check(service, "-Buy -Force");
        Assert.Single(service.Submits);
        Assert.Equal(1, report.ExitCode);
        Assert.Equal(["error form", "no image", "purchase", "wrong duration"], report.No);
        Assert.Equal(["codes of wrong values", "unknown field", "unknown model"], report.NotSeen);
        string id = JsonDocument.Parse(service.Submits[0]).RootElement[0].GetProperty("taskUUID").GetString()!;
        Assert.Matches($"- Bought: perhaps something: .*{id}", report.Text);
        Assert.Contains($"Get-KlingTask -TaskId {id}", _bench.Screen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"x-status\": \"live\"", "\"x-status\": \"deprecated\", \"x-replaced-by\": \"klingai:6@1\"", "published status")]
    [InlineData("\"amount\": 0.0370", "\"amount\": 0.0500", "published price")]
    [InlineData("\"enum\": \\[5, 10\\]", "\"enum\": [5, 10, 15]", "published parameters")]
    [InlineData("\"ttl\": \\{[^}]*\\},", "", "published parameters")]
    [InlineData("klingai:5@1", "klingai:5@9", "published parameters")]
    [InlineData("\"additionalProperties\": false,\\s*\"required\"", "\"newKeyword\": 1, \"required\"", "published parameters,published price")]
    public void Published_schema_that_differs_is_told(string pattern, string replacement, string expected)
    {
        using var service = new ChangedService();
        service.Schema = Regex.Replace(service.Schema, pattern, replacement);
        LiveReport report = _bench.Check(service);
        Assert.Equal(expected.Split(','), report.No);
        Assert.Equal("live", _bench.Engine.Run("(Get-KlingModel klingai:5@1).Status").OutputOf<string>().Single());
    }

    [Fact]
    public void Schema_that_cannot_be_had_is_not_compared()
    {
        using var service = new ChangedService { Schema = "<html>moved</html>" };
        LiveReport report = _bench.Check(service);
        Assert.Empty(report.No);
        Assert.Equal(["published parameters", "published price", "published status"], report.NotSeen);
        Assert.Contains("not compared", report.Seen("published price"), StringComparison.Ordinal);
    }

    [Fact]
    public void Report_and_screen_hold_no_key_no_query_and_nothing_a_terminal_obeys()
    {
        using var service = new ChangedService();
        string hostile = $"x{service.ApiKey}y {service.ApiKey[..12]} https://user:pass@host.test/a?signature=hidden a@b.test \u001b[2J | <b>";
        service.Change = (_, reply) => Regex.Replace(reply, "\"code\":\"[^\"]*\"", $"\"code\":{JsonSerializer.Serialize(hostile)}");
        LiveReport report = _bench.Check(service);
        Assert.Equal(1, report.ExitCode);
        Assert.All([report.Text, _bench.Screen], text =>
        {
            Assert.Contains("host.test/a?…", text, StringComparison.Ordinal);
            Assert.DoesNotContain("signature", text, StringComparison.Ordinal);
            Assert.DoesNotContain("user:pass", text, StringComparison.Ordinal);
            Assert.DoesNotContain("a@b.test", text, StringComparison.Ordinal);
            Assert.DoesNotContain('\u001b', text);
            Assert.All(Enumerable.Range(0, service.ApiKey.Length - 8), start => Assert.DoesNotContain(service.ApiKey[start..(start + 8)], text, StringComparison.Ordinal));
        });
        Assert.All(report.Lines, line => Assert.Contains(line[3], new[] { "yes", "no", "not seen" }));
    }

    [Fact]
    public void Service_out_of_reach_is_a_report_too()
    {
        var service = new ChangedService();
        service.Dispose();
        LiveReport report = _bench.Check(service, "-Buy -Force");
        Assert.Equal(1, report.ExitCode);
        Assert.Contains("ping", report.No);
        Assert.Contains("nothing was bought", report.Seen("purchase"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-Endpoint http://example.test/v1", "InvalidEndpoint")]
    [InlineData("-Endpoint https://example.test/v1?x=1", "InvalidEndpoint")]
    public void Address_that_would_get_the_key_in_the_open_is_refused(string options, string expected)
    {
        EngineResult result = _bench.Engine.Run($"& '{LiveBench.Script}' -ApiKey ([Net.NetworkCredential]::new('', 'a-key-for-the-tests').SecurePassword) -Path '{_bench.ReportPath}' {options}");
        Assert.StartsWith(expected, result.AllErrors.Last().FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.False(File.Exists(_bench.ReportPath));
    }

    [Fact]
    public void Report_is_never_overwritten()
    {
        File.WriteAllText(_bench.ReportPath, "mine");
        using var service = new ChangedService();
        EngineResult result = _bench.Engine.Run(_bench.Command(service));
        Assert.Contains("exists", result.AllErrors.Last().ToString(), StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(_bench.ReportPath));
        Assert.Equal(0, service.Engine.RequestCount);
    }

    [Fact]
    public void Report_that_cannot_be_written_ends_it_before_any_call()
    {
        using var service = new ChangedService();
        EngineResult result = _bench.Engine.Run(_bench.Command(service).Replace(_bench.ReportPath, Path.Combine(_bench.Folder, "nowhere", "report.md"), StringComparison.Ordinal));
        Assert.Contains("nowhere", Assert.Single(result.AllErrors).ToString(), StringComparison.Ordinal);
        Assert.Equal(0, service.Engine.RequestCount);
        Assert.Equal("None", _bench.Engine.Run("(Get-KlingConnection).Source").OutputOf<string>().Single());
    }

    [Fact]
    public void Key_of_the_environment_does_not_go_to_a_sandbox()
    {
        using var service = new ChangedService();
        EngineResult result = _bench.Engine.Run($$"""
            $env:KLING_SANDBOX = '{{service.Endpoint}}'; $env:RUNWARE_API_KEY = '{{service.ApiKey}}'
            & '{{LiveBench.Script}}' -Path '{{_bench.ReportPath}}'
            $LASTEXITCODE
            $env:RUNWARE_API_KEY = $null
            """);
        Assert.Equal(1, result.Check().OutputOf<int>().Single());
        Assert.Contains("| ping | HTTP 200, pong is true | HTTP 401; invalidApiKey (apiKey) | no |", File.ReadAllText(_bench.ReportPath), StringComparison.Ordinal);
    }

    [Fact]
    public void Session_does_not_stay_connected()
    {
        using var service = new ChangedService();
        _bench.Check(service);
        Assert.Equal("None", _bench.Engine.Run("(Get-KlingConnection).Source").OutputOf<string>().Single());
        Assert.All(new[] { "KLING_SANDBOX", "KLING_SANDBOX_KEY" }, name => Assert.Null(Environment.GetEnvironmentVariable(name)));
        Assert.Equal(Path.Combine(_bench.Folder, "home"), Environment.GetEnvironmentVariable("KLING_HOME"));
    }

    [Fact]
    public void Key_may_come_from_a_vault()
    {
        using var service = new ChangedService();
        _bench.Engine.Run($$"""
            $null = New-Module -Name Microsoft.PowerShell.SecretManagement -ScriptBlock {
                function Get-Secret { [CmdletBinding()] param([string] $Name, [string] $Vault) if ("$Name $Vault" -eq 'runware safe') { '{{service.ApiKey}}' } }
            } | Import-Module -Scope Global
            """).Check();
        EngineResult result = _bench.Engine.Run($"& '{LiveBench.Script}' -Endpoint '{service.Endpoint}' -SecretName runware -Vault safe -Path '{_bench.ReportPath}'; $LASTEXITCODE").Check();
        Assert.Equal(0, result.OutputOf<int>().Last());
        Assert.Contains("| Connect-Kling -Test | takes the key | connected | yes |", File.ReadAllText(_bench.ReportPath), StringComparison.Ordinal);
    }

    [Fact]
    public void Sandbox_of_the_session_is_checked_and_stays_connected()
    {
        Assert.True(SandboxChecks("-ApiKey (ConvertTo-SecureString 'a-key-of-somebody' -AsPlainText -Force)"));
        File.Delete(_bench.ReportPath);
        Assert.True(SandboxChecks(""));

        bool SandboxChecks(string options)
        {
            EngineResult result = _bench.Engine.Run($$"""
                $null = Start-KlingSandbox -WarningAction Ignore; $null = Connect-Kling -Sandbox
                & '{{LiveBench.Script}}' -Path '{{_bench.ReportPath}}' {{options}} 3>$null
                $LASTEXITCODE -eq 0 -and (Get-KlingConnection).Mode -eq 'Sandbox' -and $env:KLING_SANDBOX -eq (Get-KlingSandbox).Endpoint -and $env:KLING_SANDBOX_KEY -eq (Get-KlingSandbox).ApiKey
                (Get-KlingSandbox).TaskCount
                """).Check();
            Assert.Equal(0, result.OutputOf<int>().Single());
            return result.OutputOf<bool>().Single();
        }
    }
}

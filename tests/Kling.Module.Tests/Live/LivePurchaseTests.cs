using System.Text.Json;
using System.Text.RegularExpressions;
using Kling.Hosting;
using Kling.Hosting.Service;
using Kling.Module.Tests.Console;
using Kling.Sandbox;

namespace Kling.Module.Tests.Live;

/// <summary>scripts/check-live.ps1 with -Buy: it asks, buys one video, and loses nothing of it.</summary>
[Collection(EngineCollection.Name)]
public sealed class LivePurchaseTests : IDisposable
{
    private const string BuyNow = "-Buy -Force";

    private readonly LiveBench _bench = new();

    public LivePurchaseTests(ModuleUnderTest module) => Assert.NotNull(module);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Everything_agrees_with_the_sandbox()
    {
        using var service = new ChangedService();
        LiveReport report = _bench.Check(service, BuyNow);
        Assert.Empty(report.No);
        Assert.Empty(report.NotSeen);
        Assert.Equal((0, 41), (report.ExitCode, report.Lines.Count));
        Assert.Equal(0.1848m, Assert.Single(service.Engine.Charges).Amount);
        Assert.Empty(service.StrayKeys);

        // It is the user's: on the disk, and in the journal.
        Guid id = service.Engine.Charges[0].TaskId;
        Assert.Equal($"kling-{id:D}"[..14] + ".mp4", Path.GetFileName(Assert.Single(Directory.GetFiles(_bench.Folder, "*.mp4"))));
        Assert.Equal($"{id:D} Succeeded", Journal(service));
    }

    [Fact]
    public void Video_that_does_not_come_in_time_is_in_the_journal()
    {
        using var service = new ChangedService();
        service.Engine.AddFault(SandboxFault.Parse("NeverEnding"));
        LiveReport report = _bench.Check(service, BuyNow + " -TimeoutSeconds 1");
        Assert.Equal(["getResponse at the end"], report.No);
        Assert.Contains("it may still come", report.Seen("getResponse at the end"), StringComparison.Ordinal);
        string id = JsonDocument.Parse(service.Submits[^1]).RootElement[0].GetProperty("taskUUID").GetString()!;
        Assert.Equal($"{id} Processing", Journal(service));
    }

    [Theory]
    [InlineData("\"cost\":0.1848", "\"cost\":0.2", "charged once,cost")]
    [InlineData("conflictTaskUUID", "duplicateRequest", "repeat after the end,repeat while it runs")]
    [InlineData(",\"seed\":[0-9]+", "", "getResponse at the end")]
    [InlineData("\"request\":", "\"asked\":", "getTaskDetails of the task")]
    [InlineData("\"videoInference\",(\"taskUUID\":\"[^\"]*\"\\}\\]\\})", "\"videoInference\",\"status\":\"queued\",$1", "acknowledgement")]
    [InlineData("\"taskType\":\"videoInference\",(\"taskUUID\":\"[^\"]*\"),\"status\":\"processing\"", "\"taskType\":\"videoInference\",$1,\"status\":\"queued\"", "getResponse while it runs")]
    public void Changed_answer_is_told(string pattern, string replacement, string expected)
    {
        using var service = new ChangedService { Change = (_, reply) => Regex.Replace(reply, pattern, replacement) };
        LiveReport report = _bench.Check(service, BuyNow);
        Assert.Equal(expected.Split(','), report.No);
        Assert.Equal(1, report.ExitCode);
        Assert.Single(service.Engine.Charges);
    }

    [Theory]
    [InlineData("Content-Type", "application/octet-stream", "download")]
    [InlineData("ETag", "W/\"weak\"", "resume")]
    [InlineData("Content-Range", null, "resume")]
    public void Changed_download_is_told(string header, string? value, string expected)
    {
        using var service = new ChangedService();
        service.ChangeVideo = headers =>
        {
            headers.Remove(header);
            if (value is not null)
            {
                headers[header] = value;
            }
        };
        Assert.Equal([expected], _bench.Check(service, BuyNow).No);
    }

    [Fact]
    public void Download_without_a_length_is_told()
    {
        using var service = new ChangedService { TellsLength = false };
        LiveReport report = _bench.Check(service, BuyNow);
        Assert.Equal(["download"], report.No);
        Assert.EndsWith("length not told", report.Seen("download"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("720x720-5s.mp4", "720x720", "size")]
    [InlineData("1280x720-10s.mp4", "1280x720", "length")]
    public void Video_of_another_size_or_length_is_told(string video, string size, string expected)
    {
        using var service = new ChangedService { Video = File.ReadAllBytes(Path.Combine(RepositoryPaths.Root, "src", "Kling.Sandbox", "Videos", video)) };
        LiveReport report = _bench.Check(service, BuyNow);
        Assert.Equal([expected], report.No);
        Assert.Equal(size, report.Seen("size"));
    }

    [Fact]
    public void Service_that_charges_a_repeated_id_charges_once_all_the_same()
    {
        using var service = new ChangedService(RepeatedIdMode.Charge);
        LiveReport report = _bench.Check(service, BuyNow);
        Assert.Equal(["repeat after the end", "repeat while it runs"], report.No);
        Assert.Contains("not for its id", report.Seen("repeat while it runs"), StringComparison.Ordinal);
        Assert.Equal(0.1848m, service.Engine.TotalBilled);
        Assert.Equal(1, service.Engine.TaskCount);
    }

    [Fact]
    public void Repeat_that_is_taken_is_the_last_one()
    {
        using var service = new ChangedService();
        service.Change = (request, reply) => request.Contains("\"inputs\"", StringComparison.Ordinal)
            ? Regex.Replace(reply, "\"errors\":\\[\\{\"code\":\"conflictTaskUUID\".*\"taskUUID\":(\"[^\"]*\")\\}\\]", "\"data\":[{\"taskType\":\"videoInference\",\"taskUUID\":$1}]")
                .Replace("\"data\":[],", "", StringComparison.Ordinal)
            : reply;
        LiveReport report = _bench.Check(service, BuyNow);
        Assert.Equal(["repeat while it runs"], report.No);
        Assert.Equal(["repeat after the end"], report.NotSeen);
        Assert.Contains("took the same id again", report.Text, StringComparison.Ordinal);
        Assert.Equal(2, service.Submits.Count(submit => submit.Contains("\"inputs\"", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("FailureTopLevel")]
    [InlineData("FailureNested")]
    public void Failed_task_is_told_and_its_charge(string fault)
    {
        using var service = new ChangedService();
        service.Engine.AddFault(SandboxFault.Parse(fault));
        LiveReport report = _bench.Check(service, BuyNow);
        Assert.Equal(["getResponse at the end"], report.No);
        Assert.Contains("it failed", report.Seen("getResponse at the end"), StringComparison.Ordinal);
        Assert.Equal("it fell by 0", report.Seen("charge of a failed task"));
    }

    [Fact]
    public void Error_of_a_look_says_nothing_about_the_task()
    {
        using var service = new ChangedService();
        service.Engine.AddFault(SandboxFault.Parse("TooMany429:Poll:1"));
        bool isBought = false;
        service.OnSubmit = (submit, _) =>
        {
            if (!isBought && submit.Contains("\"inputs\"", StringComparison.Ordinal))
            {
                isBought = true;
                service.Engine.AddFault(SandboxFault.Parse("Server500Envelope:Poll:6"));
            }

            return Task.CompletedTask;
        };
        LiveReport report = _bench.Check(service, BuyNow);
        Assert.Equal(["getResponse of an id never submitted", "getResponse while it runs"], report.No);
        Assert.Contains("internalServerError", report.Seen("getResponse while it runs"), StringComparison.Ordinal);
        Assert.Single(service.Engine.Charges);
    }

    [Fact]
    public void Standing_defaults_make_no_other_request()
    {
        using var service = new ChangedService();
        _bench.Engine.Run("$PSDefaultParameterValues = @{ 'New-KlingVideo:OutputQuality' = 80; 'Save-KlingVideo:OutDirectory' = 'elsewhere'; 'Test-KlingRequest:NumberResults' = 4 }").Check();
        Assert.Empty(_bench.Check(service, BuyNow).No);
        Assert.Single(service.Engine.Charges);
        Assert.Equal(3, _bench.Engine.Run("$PSDefaultParameterValues").OutputOf<System.Collections.IDictionary>().Single().Count);
    }

    [Fact]
    public void Model_that_lies_in_the_users_folder_plays_no_part()
    {
        using var service = new ChangedService();
        string models = Directory.CreateDirectory(Path.Combine(_bench.Folder, "home", "models")).FullName;
        File.WriteAllText(Path.Combine(models, "own.schema.json"), service.Schema.Replace("\"default\": 0.5", "\"default\": 0.4", StringComparison.Ordinal));
        Assert.Empty(_bench.Check(service, BuyNow).No);
        Assert.Equal(1, service.Engine.TaskCount);
    }

    [Fact]
    public void Limit_of_the_day_holds_here_too()
    {
        using var service = new ChangedService();
        Environment.SetEnvironmentVariable("KLING_MAX_COST_PER_DAY", "0.1");
        try
        {
            LiveReport report = _bench.Check(service, BuyNow);
            Assert.Equal(["purchase"], report.No);
            Assert.Contains("KLING_MAX_COST_PER_DAY", report.Seen("purchase"), StringComparison.Ordinal);
            Assert.Equal(0, service.Engine.TaskCount);
        }
        finally
        {
            Environment.SetEnvironmentVariable("KLING_MAX_COST_PER_DAY", null);
        }
    }

    [Fact]
    public void Lost_acknowledgement_is_looked_for_and_not_sent_again()
    {
        using var service = new ChangedService();
        bool isLost = false;
        service.Change = (request, reply) =>
        {
            if (isLost || !request.Contains("\"inputs\"", StringComparison.Ordinal))
            {
                return reply;
            }

            isLost = true;
            return null;
        };
        LiveReport report = _bench.Check(service, BuyNow);
        Assert.Equal(["acknowledgement"], report.No);
        Assert.Equal(1, service.Engine.TaskCount);

        // The repeats name an image that is gone; the purchase itself is sent once.
        Assert.Single(service.Submits, submit => submit.Contains("iVBOR", StringComparison.Ordinal));
    }

    [Fact]
    public void Purchase_of_which_nothing_is_known_is_not_sent_again()
    {
        using var service = new ChangedService
        {
            OnSubmit = (submit, _) => submit.Contains("\"inputs\"", StringComparison.Ordinal) ? throw new InvalidOperationException("broken") : Task.CompletedTask,
        };
        LiveReport report = _bench.Check(service, BuyNow);
        Assert.Equal(["acknowledgement"], report.No);
        Assert.Equal("acknowledgement", report.Lines[^1][0]);
        string submit = Assert.Single(service.Submits, submit => submit.Contains("\"inputs\"", StringComparison.Ordinal));
        string id = JsonDocument.Parse(submit).RootElement[0].GetProperty("taskUUID").GetString()!;
        Assert.Contains($"- Bought: perhaps one video: whether the service has the task {id} is not known\n", report.Text, StringComparison.Ordinal);
        Assert.Contains($"Get-KlingTask -TaskId {id}", _bench.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public void Refused_purchase_is_told_and_nothing_more_is_done()
    {
        using var service = new ChangedService
        {
            Change = (request, reply) => request.Contains("\"inputs\"", StringComparison.Ordinal) ? """{"errors":[{"code":"insufficientCredits","message":"no"}]}""" : reply,
        };
        LiveReport report = _bench.Check(service, BuyNow);
        Assert.Equal(["acknowledgement"], report.No);
        Assert.Contains("- Bought: nothing: the task was refused\n", report.Text, StringComparison.Ordinal);
        Assert.Equal("acknowledgement", report.Lines[^1][0]);
    }

    [Theory]
    [InlineData("No", true, 0)]
    [InlineData("Yes", true, 1)]
    [InlineData("Yes", false, 0)]
    public void Question_comes_first_and_names_service_and_price(string answer, bool canAsk, int bought)
    {
        using var service = new ChangedService();
        _bench.Engine.Capture.UI.CanAsk = canAsk;
        _bench.Engine.Capture.UI.Choices.Enqueue(answer);
        LiveReport report = _bench.Check(service, "-Buy");
        Assert.Equal(bought, service.Engine.Charges.Count);
        Assert.Equal(1 - bought, report.ExitCode);
        string question = Assert.Single(_bench.Engine.Capture.UI.TextsOf(CapturedKind.Question));
        Assert.Matches($"one video of 5 seconds at {service.Endpoint} for 0\\.185 USD .*at most 0\\.19.* default 1", question);
    }

    [Fact]
    public void Ctrl_C_leaves_the_id_on_the_screen_and_in_the_report()
    {
        var reached = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var service = new ChangedService
        {
            OnSubmit = async (submit, gone) =>
            {
                if (submit.Contains("\"inputs\"", StringComparison.Ordinal))
                {
                    reached.TrySetResult(submit);
                    await Task.Delay(Timeout.Infinite, gone);
                }
            },
        };
        using RunningScript running = _bench.Engine.StartConsole(_bench.Command(service, BuyNow));
        string submit = Guard.Wait(reached.Task, "nothing was sent", Guard.ScriptLimit);
        string id = JsonDocument.Parse(submit).RootElement[0].GetProperty("taskUUID").GetString()!;
        Assert.Contains($"Wait-KlingTask -TaskId {id}", _bench.Screen, StringComparison.Ordinal);
        Assert.Contains(id, File.ReadAllText(_bench.ReportPath), StringComparison.Ordinal);
        Assert.True(Guard.Returns(running.Stop, "it did not stop").Stopped);
        Assert.Matches($"- Bought: one video, task {id}[^\n]*\n- It has not run to its end\\.", File.ReadAllText(_bench.ReportPath));
        Assert.Contains($"It has not run to its end. Bought: one video, task {id}", _bench.Screen, StringComparison.Ordinal);
        Assert.Equal("None", _bench.Engine.Run("(Get-KlingConnection).Source").OutputOf<string>().Single());
    }

    // The tasks as the user's journal has them.
    private string Journal(ChangedService service) => _bench.Engine.Run($$"""
        $null = Connect-Kling -Endpoint '{{service.Endpoint}}' -ApiKey ([Net.NetworkCredential]::new('', '{{service.ApiKey}}').SecurePassword)
        Get-KlingTask -Local | ForEach-Object { "$($_.TaskId) $($_.Status)" }
        """).Check().OutputOf<string>().Single();

    [Theory]
    [InlineData("", 0)]
    [InlineData("-Fault Server500Envelope:Any:1", 1)]
    public void Exit_code_is_that_of_the_process(string fault, int expected)
    {
        using var pwsh = new Pwsh();
        PwshResult result = pwsh.RunFile($"$null = Start-KlingSandbox -GenerationSeconds 0 {fault}; $null = Connect-Kling -Sandbox\n& '{LiveBench.Script}' -Path report.md\nexit $LASTEXITCODE");
        result.CheckExit(expected);
        Assert.Equal("", result.Errors);
        Assert.Contains(expected == 0 ? "ping | HTTP 200, pong is true | HTTP 200; ping; pong | yes" : "internalServerError | no", File.ReadAllText(Path.Combine(pwsh.Folder, "report.md")), StringComparison.Ordinal);
    }
}

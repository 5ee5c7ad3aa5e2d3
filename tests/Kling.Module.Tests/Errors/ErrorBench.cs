using Kling.Hosting;

namespace Kling.Module.Tests.Errors;

/// <summary>A session in which one scenario's command fails: in the sandbox, or at a service that says always the same.</summary>
internal sealed class ErrorBench : IDisposable
{
    private readonly ExampleBench _bench = new(withSandbox: false);
    private readonly FixedService? _service;
    private readonly string? _modulePath = Environment.GetEnvironmentVariable("PSModulePath");

    internal ErrorBench(ErrorScenario scenario)
    {
        // Nobody answers, as in automation: a question would be an error of its own.
        _bench.Engine.Capture.UI.CanAsk = false;
        const string key = "$key = [Net.NetworkCredential]::new('', 'a-key-for-the-tests').SecurePassword";
        Run(key).Check();
        if (scenario.Submit is string submit)
        {
            _service = new FixedService(submit, scenario.Poll);
            Run($"$null = Connect-Kling -Endpoint {_service.Endpoint} -ApiKey $key").Check();
        }
        else
        {
            string fault = scenario.Fault.Length == 0 ? "" : $" -Fault {scenario.Fault}";
            Run($"$null = Start-KlingSandbox -GenerationSeconds {scenario.GenerationSeconds}{fault}; $null = Connect-Kling -Sandbox").Check();
        }

        Run(scenario.Before).Check();
    }

    /// <summary>Runs a script in the session.</summary>
    internal EngineResult Run(string script) => _bench.Engine.Run(script);

    /// <inheritdoc/>
    public void Dispose()
    {
        _bench.Dispose();
        _service?.Dispose();
        Environment.SetEnvironmentVariable("PSModulePath", _modulePath);
    }
}

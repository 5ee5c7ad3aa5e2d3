using System.Management.Automation;
using Kling.Hosting;
using Kling.Quickstart;

// The demo must neither see nor change what the user has.
string home = Directory.CreateTempSubdirectory("kling-quickstart-").FullName;
Environment.SetEnvironmentVariable("KLING_HOME", home);
Environment.SetEnvironmentVariable("KLING_MODULE", RepositoryPaths.ModuleManifest);
try
{
    string script = args.Length > 0 ? Path.GetFullPath(args[0]) : Path.Combine(RepositoryPaths.Root, "tests", "Quickstart", "quickstart.ps1");
    var host = new ConsolePSHost();
    using var engine = new EngineHost(new EngineOptions { Host = host, Location = RepositoryPaths.Root });
    using RunningScript running = engine.StartConsole($"$ErrorActionPreference = 'Stop'; & '{script.Replace("'", "''", StringComparison.Ordinal)}'");
    Console.CancelKeyPress += (_, pressed) =>
    {
        // The pipeline is stopped as PowerShell does it, so that cmdlets can say what goes on without them.
        pressed.Cancel = true;
        running.RequestStop();
    };
    EngineResult result = running.Wait();
    if (result.Failure is { } failure)
    {
        host.UI.WriteErrorLine(failure is PipelineStoppedException ? "Stopped." : $"{failure.Message} {failure.ErrorRecord?.InvocationInfo?.PositionMessage}");
        return 1;
    }

    return host.ExitCode;
}
finally
{
    Directory.Delete(home, recursive: true);
}

using System.Collections;
using System.Management.Automation;
using Kling.Hosting.StandIns;

namespace Kling.Hosting;

/// <summary>Reads and runs Pester files with the shim, each in a fresh runspace. It is not Pester, and reports say so.</summary>
public static class PesterRunner
{
    /// <summary>The cases of a file, without running them.</summary>
    public static PesterFile Discover(string path)
    {
        using var engine = new EngineHost(new EngineOptions { Location = Path.GetDirectoryName(path) });
        return Discover(engine, path);
    }

    /// <summary>Runs a file.</summary>
    public static PesterFile Run(string path)
    {
        string drive = Directory.CreateTempSubdirectory("kling-testdrive-").FullName;
        try
        {
            using var engine = new EngineHost(new EngineOptions { Location = Path.GetDirectoryName(path) });
            PesterFile found = Discover(engine, path);
            if (found.Failure is not null)
            {
                return found;
            }

            engine.Run("""
                param($drive)
                $global:TestDrive = $drive
                $null = $ExecutionContext.SessionState.Drive.New([Management.Automation.PSDriveInfo]::new('TestDrive', $ExecutionContext.SessionState.Provider.GetOne('FileSystem'), $drive, '', $null), 'Global')
                """, null, new Hashtable { ["drive"] = drive }).Check();
            EngineResult result = engine.Run("param($drive) Start-ShimRun -TestDrive $drive", null, new Hashtable { ["drive"] = drive });
            if (result.Failure is not null)
            {
                return found with { Failure = $"The run ended early: {Describe(result.Failure)}" };
            }

            // What a test left loaded must not reach the next file: the module's state is the process's.
            engine.Run("Get-Module Kling | Remove-Module -Force");
            var cases = result.Output.Select(ToCase).ToList();
            return cases.Count == found.Cases.Count
                ? new PesterFile(cases, null)
                : found with { Failure = $"{found.Cases.Count} cases were discovered, {cases.Count} reported." };
        }
        finally
        {
            Directory.Delete(drive, recursive: true);
        }
    }

    private static PesterFile Discover(EngineHost engine, string path)
    {
        engine.Run(StandInCatalog.PesterShim).Check();
        EngineResult result = engine.Run("param($path) Start-ShimDiscovery -Path $path", null, new Hashtable { ["path"] = path });
        if (result.Failure is not null)
        {
            return new PesterFile([], $"Discovery failed: {Describe(result.Failure)}");
        }

        // Pester ends discovery on a terminating error only; an error record there is a broken file all the same.
        if (result.Errors.Count > 0)
        {
            return new PesterFile([], $"Discovery wrote an error: {result.Errors[0]} {result.Errors[0].InvocationInfo?.PositionMessage}");
        }

        return result.Output.Count == 0
            ? new PesterFile([], "The file has no It.")
            : new PesterFile([.. result.Output.Select(ToCase)], null);
    }

    private static PesterCase ToCase(PSObject item) => new(
        (string)item.Properties["Name"].Value,
        item.Properties["Result"]?.Value as string ?? "NotRun",
        item.Properties["Message"]?.Value as string);

    private static string Describe(RuntimeException failure) =>
        $"{failure.Message} {failure.ErrorRecord?.InvocationInfo?.PositionMessage} {failure.ErrorRecord?.ScriptStackTrace}";
}

using System.Management.Automation;
using Kling.Hosting;

// Runs one script with the packaged module, to be killed at a moment the parent chooses. Each object it writes is one line
// on standard output, at once; an error is a line on standard error. It dies with its parent, which holds its standard input.
if (args is not [string script])
{
    await Console.Error.WriteLineAsync("One argument: the script's text.");
    return 2;
}

var orphaned = new Thread(() =>
{
    while (Console.In.Read() >= 0)
    {
    }

    Environment.Exit(3);
})
{ IsBackground = true };
orphaned.Start();

using var engine = new EngineHost(new EngineOptions { ModulePath = RepositoryPaths.ModuleManifest });
EngineResult result = engine.Run($"& {{ {script} }} | ForEach-Object {{ [Console]::Out.WriteLine(\"$_\") }}");
foreach (ErrorRecord error in result.AllErrors)
{
    await Console.Error.WriteLineAsync($"{error.FullyQualifiedErrorId}: {error}");
}

return result.AllErrors.Any() ? 1 : 0;

using Kling.Hosting;
using Microsoft.PowerShell;

// The demo must neither see nor change what the user has.
string home = Directory.CreateTempSubdirectory("kling-quickstart-").FullName;
Environment.SetEnvironmentVariable("KLING_HOME", home);
Environment.SetEnvironmentVariable("KLING_MODULE", RepositoryPaths.ModuleManifest);
if (Console.IsOutputRedirected)
{
    Environment.SetEnvironmentVariable("NO_COLOR", "1");
}

try
{
    // PowerShell's own console, in this process.
    string script = args.Length > 0 ? Path.GetFullPath(args[0]) : Path.Combine(RepositoryPaths.Root, "tests", "Quickstart", "quickstart.ps1");
    string[] console = ["-NoProfile", "-NoLogo", "-NonInteractive", "-WorkingDirectory", RepositoryPaths.Root, "-File", script];
    return UnmanagedPSEntry.Start(console, console.Length);
}
finally
{
    Directory.Delete(home, recursive: true);
}

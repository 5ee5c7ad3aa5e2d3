using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using Kling.Hosting;
using Kling.Module.Tests.Console;

namespace Kling.Module.Tests.Release;

/// <summary>The scripts that make and try packages, run by pwsh with a folder of their own.</summary>
internal sealed class PackageBench : IDisposable
{
    private readonly Pwsh _pwsh = new();

    /// <summary>A folder for what a test makes.</summary>
    internal string Folder => _pwsh.Folder;

    internal static string Module => Path.GetDirectoryName(RepositoryPaths.ModuleManifest)!;

    public void Dispose() => _pwsh.Dispose();

    /// <summary>Runs a script of the repository in a fresh pwsh.</summary>
    /// <param name="script">Its name in scripts/.</param>
    /// <param name="arguments">Its arguments, as PowerShell.</param>
    internal PwshResult Run(string script, string arguments) =>
        _pwsh.RunCommand($"$PSStyle.OutputRendering = 'PlainText'; $env:GALLERY_KEY = $null; & '{Path.Combine(RepositoryPaths.Root, "scripts", script)}' {arguments}");

    /// <summary>Runs PowerShell.</summary>
    internal PwshResult Run(string command) => _pwsh.RunCommand(command);

    /// <summary>The package of a module's folder.</summary>
    internal string Pack(string module, string name)
    {
        string folder = Path.Combine(Folder, name);
        Run("package.ps1", $"-Module '{module}' -Destination '{folder}'").Check();
        return Assert.Single(Directory.GetFiles(folder));
    }

    /// <summary>A copy of the packaged module's folder.</summary>
    internal string Copy(string name)
    {
        string target = Path.Combine(Folder, name, "Kling");
        Copy(Module, target);
        return target;
    }

    /// <summary>The packaged module, built from the same sources in another folder.</summary>
    internal string BuildElsewhere(string configuration)
    {
        string clone = Path.Combine(Folder, "clone");
        Copy(Path.Combine(RepositoryPaths.Root, "src"), Path.Combine(clone, "src"));
        foreach (string file in Directory.EnumerateFiles(RepositoryPaths.Root).Where(file => Path.GetFileName(file) != ".git"))
        {
            File.Copy(file, Path.Combine(clone, Path.GetFileName(file)));
        }

        string module = Path.Combine(clone, "out", "Kling");
        var start = new ProcessStartInfo("dotnet", ["publish", Path.Combine(clone, "src", "Kling"), "-c", configuration, "-o", module, "-nodeReuse:false", "-v:q", "-nologo"])
        {
            WorkingDirectory = clone,
            RedirectStandardOutput = true,
        };
        using Process build = Process.Start(start)!;
        string said = build.StandardOutput.ReadToEnd();
        build.WaitForExit();
        Assert.True(build.ExitCode == 0, said);
        return module;
    }

    /// <summary>The files of a folder by name, with their hashes.</summary>
    internal static SortedDictionary<string, string> Files(string folder) => new(
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(file => Path.GetRelativePath(folder, file).Replace('\\', '/'), Hash), StringComparer.Ordinal);

    /// <summary>A file's SHA-256.</summary>
    internal static string Hash(string file) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));

    /// <summary>The names of a package's entries, in order.</summary>
    internal static string[] Entries(string package)
    {
        using ZipArchive archive = ZipFile.OpenRead(package);
        return [.. archive.Entries.Select(entry => entry.FullName)];
    }

    private static void Copy(string source, string target)
    {
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string relative = Path.GetRelativePath(source, file);
            if (!relative.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            {
                string copy = Path.Combine(target, relative);
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }
        }
    }
}

using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

// Imports one module in a process that has nothing else in it: the bare engine and this file. It writes "name=value" lines.
//   cold MANIFEST [SCRIPT]   the first import of a process, what it loaded, and what the script then loaded
//   warm MANIFEST TIMES      each import in a fresh runspace of the same process; the first is not counted
//   first MANIFEST SCRIPT    imports, then runs the script and says when it began, in ticks of the machine's clock
return args switch
{
    ["cold", var manifest] => Cold(manifest, "$null"),
    ["cold", var manifest, var script] => Cold(manifest, script),
    ["warm", var manifest, var times] => Warm(manifest, int.Parse(times)),
    ["first", var manifest, var script] => First(manifest, script),
    _ => Usage(),
};

static int Cold(string manifest, string script)
{
    using Runspace runspace = Open();
    string[] before = Loaded();
    double milliseconds = Import(runspace, manifest);
    string[] after = Loaded();
    Console.WriteLine(FormattableString.Invariant($"milliseconds={milliseconds:0.000}"));
    Console.WriteLine($"before={string.Join(';', before)}");
    Console.WriteLine($"loaded={string.Join(';', after.Except(before))}");
    int ended = Run(runspace, script);
    Console.WriteLine($"used={string.Join(';', Loaded().Except(after))}");
    return ended;
}

static int Warm(string manifest, int times)
{
    var milliseconds = new List<double>();
    for (int i = 0; i <= times; i++)
    {
        using Runspace runspace = Open();
        milliseconds.Add(Import(runspace, manifest));
    }

    double[] counted = [.. milliseconds.Skip(1).Order()];
    Console.WriteLine(FormattableString.Invariant($"milliseconds={counted[counted.Length / 2]:0.000}"));
    Console.WriteLine(FormattableString.Invariant($"least={counted[0]:0.000}"));
    return 0;
}

static int First(string manifest, string script)
{
    using Runspace runspace = Open();
    Import(runspace, manifest);
    Console.WriteLine(FormattableString.Invariant($"began={Stopwatch.GetTimestamp()}"));
    return Run(runspace, script);
}

static int Run(Runspace runspace, string script)
{
    using var shell = PowerShell.Create(runspace);
    shell.AddScript(script).Invoke();
    foreach (ErrorRecord error in shell.Streams.Error)
    {
        Console.Error.WriteLine($"{error.FullyQualifiedErrorId}: {error}");
    }

    return shell.HadErrors ? 1 : 0;
}

static Runspace Open()
{
    Runspace runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
    runspace.Open();
    using var shell = PowerShell.Create(runspace);
    shell.AddScript("1 | ForEach-Object { $_ }").Invoke();
    return runspace;
}

static double Import(Runspace runspace, string manifest)
{
    using var shell = PowerShell.Create(runspace);
    shell.AddCommand("Import-Module").AddParameter("Name", manifest).AddParameter("ErrorAction", "Stop");
    long began = Stopwatch.GetTimestamp();
    shell.Invoke();
    return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
}

static string[] Loaded() => [.. AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetName().Name!)];

static int Usage()
{
    Console.Error.WriteLine("cold MANIFEST [SCRIPT] | warm MANIFEST TIMES | first MANIFEST SCRIPT");
    return 2;
}

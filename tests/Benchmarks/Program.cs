using Kling.Benchmarks;

return args switch
{
    // Other roles of this program, started by it.
    ["serve", var shortest, var longest, .. var fault] => SandboxProcess.Serve(shortest, longest, fault.FirstOrDefault()),
    ["measure", .. var command] => WholeProcess.Run(command),
    ["open", var endpoint, var tasks] => OpenTasksProcess.Run(endpoint, int.Parse(tasks)),
    ["read", var endpoint, var home, var script] => JournalProcess.Run(endpoint, home, script),
    ["call", var endpoint, var items, var image] => CallProcess.Run(endpoint, int.Parse(items), image),

    ["all"] => All(),
    [var command, .. var arguments] => Commands.Run(command, arguments) ? 0 : Usage(),
    _ => Usage(),
};

static int All()
{
    Commands.RunAll();
    return 0;
}

static int Usage()
{
    Console.Error.WriteLine(Commands.Help);
    return 2;
}

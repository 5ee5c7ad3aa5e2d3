using Kling.Benchmarks;

return args switch
{
    // Other roles of this program, started by it.
    ["serve", var shortest, var longest, .. var fault] => SandboxProcess.Serve(shortest, longest, fault.FirstOrDefault()),
    ["job", var endpoint, var tasks, var throttle, var image, var upload] => JobProcess.Run(endpoint, int.Parse(tasks), int.Parse(throttle), image, upload),
    ["open", var endpoint, var tasks] => OpenTasksProcess.Run(endpoint, int.Parse(tasks)),
    ["call", var endpoint, var items, var image] => CallProcess.Run(endpoint, int.Parse(items), image),

    ["all"] => All(),
    [var command] => Commands.Run(command, null) ? 0 : Usage(),
    [var command, var argument] => Commands.Run(command, argument) ? 0 : Usage(),
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

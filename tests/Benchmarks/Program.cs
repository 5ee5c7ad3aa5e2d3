using Kling.Benchmarks;

return args switch
{
    ["serve", var shortest, var longest] => SandboxProcess.Serve(shortest, longest),
    ["job", var endpoint, var tasks, var throttle, var image] => JobProcess.Run(endpoint, int.Parse(tasks), int.Parse(throttle), image),
    ["open", var endpoint, var tasks] => OpenTasksProcess.Run(endpoint, int.Parse(tasks)),
    ["batch", ..] => BatchBenchmark.Run(args.ElementAtOrDefault(1) ?? "500"),
    ["journal", ..] => JournalBenchmark.Run(args.ElementAtOrDefault(1) ?? "100000"),
    ["scale", ..] => ScaleBenchmark.Run(args.ElementAtOrDefault(1) ?? "10000"),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("batch [tasks]   the whole job against a sandbox in its own process; writes Markdown\nscale [tasks]   many open tasks in one session\njournal [tasks] reading a journal of that many tasks");
    return 2;
}

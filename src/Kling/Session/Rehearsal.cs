using Kling.Journal;
using Kling.Requests;
using Kling.Submit;

namespace Kling.Session;

/// <summary>
/// Runs a sample request through the engine once, beside the first command. The code is compiled then when the command's own request comes
/// to it. The sample is neither sent nor kept.
/// </summary>
internal static class Rehearsal
{
    private static readonly Lazy<Task> s_once = new(() => Task.Run(Run));

    /// <summary>Begins, where it has not begun before; what is returned ends with it.</summary>
    internal static Task Begin() => s_once.Value;

    private static void Run()
    {
        // The command itself begins with the check of its request, so that is left to it.
        VideoRequest request = RequestTree.Sample(ModelSpec.Kling21Standard)! with { TaskId = Guid.NewGuid() };
        KlingTask task = KlingTaskBuilder.From(request, Pricing.Estimate(request), new Uri("https://localhost/"));
        RequestJson.Write(request);
        JournalWriter.Write(JournalEvent.Intent, task, task.Endpoint!, DateTimeOffset.UnixEpoch);
    }
}

using System.Collections;
using System.Management.Automation.Language;
using Kling.Journal;
using Kling.Session;
using static System.FormattableString;

namespace Kling.Binding;

/// <summary>Completes task ids from this machine's journal, newest first: local data only, and only the end of the file.</summary>
public sealed class TaskIdCompleter : IArgumentCompleter
{
    private const int MostShown = 50;

    // With the start of an id typed, it may be an older task; the end of the file is still all that is read.
    private const int MostRead = 1000;

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string typed = CompletionText.Typed(wordToComplete);

        // The command that sends takes an id again only where it is not known whether the service has the task.
        bool sends = string.Equals(commandName, "New-KlingVideo", StringComparison.OrdinalIgnoreCase);
        DateTimeOffset now = SystemClock.Instance.UtcNow;
        return Newest(typed.Length == 0 ? MostShown : MostRead)
            .Where(task => task.TaskId.ToString("D").StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .Where(task => !sends || task.BillingState == BillingState.Unknown)
            .Take(MostShown)
            .Select(task => Result(task, now));
    }

    private static IEnumerable<KlingTask> Newest(int most)
    {
        try
        {
            return KlingSession.OpenJournal().Last(most).Reverse();
        }
        catch (Exception failure) when (failure is InputException or JournalException)
        {
            // No connection, or no journal that can be read: there is nothing to offer, and no place to say so.
            return [];
        }
    }

    private static CompletionResult Result(KlingTask task, DateTimeOffset now)
    {
        string id = task.TaskId.ToString("D");
        string image = CompletionText.Short(Formatting.KlingFormat.FileName(task.Image), 30);
        string label = $"{id[..8]} {(image.Length == 0 ? task.Status : image)}, {Age(task, now)}";
        string[] facts =
        [
            task.Status.ToString(),
            CompletionText.Short(task.Prompt, 160),
            CompletionText.Short(task.Image, 100),
            Age(task, now),
            Cost(task),
        ];
        return CompletionText.Offer(id, label, string.Join("; ", facts.Where(fact => fact.Length > 0)));
    }

    private static string Age(KlingTask task, DateTimeOffset now) => (now - task.SubmittedAt) switch
    {
        null => "never acknowledged",
        { TotalMinutes: < 1 } => "just now",
        { TotalHours: < 1 } age => Invariant($"{(int)age.TotalMinutes} min ago"),
        { TotalDays: < 1 } age => Invariant($"{(int)age.TotalHours} h ago"),
        TimeSpan age => Invariant($"{(int)age.TotalDays} d ago"),
    };

    private static string Cost(KlingTask task) => task switch
    {
        { Cost: decimal billed } => Invariant($"{billed:0.0000} USD billed"),
        { BillingState: BillingState.NotCharged } => "not charged",
        { EstimatedCost: decimal estimate } => Invariant($"about {estimate:0.0000} USD"),
        _ => "cost unknown",
    };
}

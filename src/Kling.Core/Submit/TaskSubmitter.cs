using Kling.Client;
using Kling.Journal;
using Kling.Models;
using Kling.Requests;
using Kling.Support;

namespace Kling.Submit;

/// <summary>
/// Sends tasks under the money rule: recorded before they are sent, never under a second id, and never sent again
/// before a look found that the service does not have them.
/// </summary>
public sealed class TaskSubmitter(IKlingApi api, ITaskJournal journal, IClock clock)
{
    private readonly SubmitGate _gate = new(clock);

    internal SubmitLimits Limits { get; init; } = new();

    /// <summary>Receives a line for each look, retry and pause.</summary>
    internal EngineLog Log { get; init; } = EngineLog.None;

    /// <summary>How many of so many tasks may be under way now: fewer while the service says it has too much to do; at least one.</summary>
    /// <param name="wanted">How many the caller wants.</param>
    public int AtOnce(int wanted) => _gate.AtOnce(wanted);

    /// <summary>
    /// Sends one task and returns once the service has it: Status Processing, BillingState Accepted. A task whose
    /// BillingState is Unknown was sent before (the same id again): it is looked for first and only sent where it is not found.
    /// </summary>
    /// <param name="task">The task; its states are kept up to date, also when this throws.</param>
    /// <param name="body">The request's bytes, written once per attempt.</param>
    /// <param name="token">Stops the attempt; a task whose request had begun is Unknown then, and its record stays open.</param>
    /// <exception cref="InvalidOperationException">The task was accepted before; nothing was sent.</exception>
    /// <exception cref="JournalException">The intent could not be recorded (nothing was sent), or the acceptance could not (BillingState is Accepted).</exception>
    /// <exception cref="KlingApiException">It was refused or never arrived (NotCharged), or that could not be found out (Unknown).</exception>
    /// <exception cref="OperationCanceledException"><paramref name="token"/> was cancelled.</exception>
    public Task SubmitAsync(KlingTask task, RequestBody body, CancellationToken token) => SubmitAsync(task, body, looksFirst: false, CancellationToken.None, token);

    /// <summary>Sends one task, as the other overload does.</summary>
    /// <param name="task">The task.</param>
    /// <param name="body">The request's bytes.</param>
    /// <param name="looksFirst">
    /// Whether somebody else may have sent this id (another machine, or this one before its record was removed): then it is
    /// looked for once, and only sent where it is not found.
    /// </param>
    /// <param name="ending">Ends the attempt gently: no pause goes on and no second attempt begins, but the answer to a request is awaited.</param>
    /// <param name="token">Stops the attempt at once.</param>
    /// <inheritdoc cref="SubmitAsync(KlingTask, RequestBody, CancellationToken)" path="/exception"/>
    public Task SubmitAsync(KlingTask task, RequestBody body, bool looksFirst, CancellationToken ending, CancellationToken token) =>
        new Submission(api, journal, clock, Limits, _gate, Log, task, body) { LooksFirst = looksFirst }.RunAsync(ending, token);
}

/// <summary>How long a submit tries before it says what it knows.</summary>
internal sealed class SubmitLimits
{
    /// <summary>Most attempts for one task; a round of looks that got no answer counts as one.</summary>
    public int Attempts { get; init; } = 6;

    /// <summary>Most attempts that provably never left; a dead endpoint is not worth more.</summary>
    public int UnsentAttempts { get; init; } = 3;

    /// <summary>No attempt starts later than this after the first.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Pauses before each look of a round. Their sum is the settle time: how late the service may show what it accepted.</summary>
    public IReadOnlyList<TimeSpan> LookPauses { get; init; } =
        [TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2)];
}

using Kling.Client;
using Kling.Journal;
using Kling.Requests;

namespace Kling.Submit;

/// <summary>
/// Sends tasks under the money rule: recorded before they are sent, never under a second id, and never sent again
/// before a look found that the service does not have them. <see cref="SubmitRules"/> says what a reply means.
/// </summary>
public sealed class TaskSubmitter(IKlingApi api, ITaskJournal journal, IClock clock)
{
    internal IKlingApi Api => api;

    internal ITaskJournal Journal => journal;

    internal IClock Clock => clock;

    /// <summary>All tasks of this submitter pass one gate.</summary>
    internal SubmitGate Gate { get; } = new(clock);

    /// <summary>Receives a line for each look, retry and pause.</summary>
    internal ModuleLog Log { get; init; } = ModuleLog.None;

    /// <summary>
    /// Sends one task and returns once the service has it: Status Processing, BillingState Accepted. A task whose
    /// BillingState is Unknown was sent before (the same id again): it is looked for first and only sent where it is not found.
    /// </summary>
    /// <param name="task">The task; its states are kept up to date, also when this throws.</param>
    /// <param name="body">The request's bytes, written once per attempt.</param>
    /// <param name="looksFirst">
    /// Whether somebody else may have sent this id (another machine, or this one before its record was removed). Then it is
    /// looked for before each attempt, and only sent where it is not found. Where it is found, the archive must hold the same request.
    /// </param>
    /// <param name="ending">
    /// Ends the attempts gently: no pause goes on and no second attempt begins. The first is still made where nothing holds it back, and the
    /// answer to a request is awaited.
    /// </param>
    /// <param name="token">Stops the attempt at once; a task whose request had begun is Unknown then, and its record stays open.</param>
    /// <exception cref="InvalidOperationException">The task was accepted before; nothing was sent.</exception>
    /// <exception cref="JournalException">The intent could not be recorded (nothing was sent), or the acceptance could not (it is Accepted).</exception>
    /// <exception cref="KlingApiException">It was refused or never arrived (NotCharged), or that could not be found out (Unknown).</exception>
    /// <exception cref="OperationCanceledException">A token was cancelled.</exception>
    public Task SubmitAsync(KlingTask task, RequestBody body, bool looksFirst, CancellationToken ending, CancellationToken token) =>
        SubmitAsync(task, body, new SubmitOptions { LooksFirst = looksFirst }, ending, token);

    /// <summary>As above.</summary>
    /// <param name="task">The task.</param>
    /// <param name="body">The request's bytes.</param>
    /// <param name="options">Who records the intent, and who else may send this id.</param>
    /// <param name="ending">Ends the attempts gently.</param>
    /// <param name="token">Stops the attempt at once.</param>
    /// <returns>Null when the task was sent. Else the task that was bought instead, or this one where it was found before it was sent.</returns>
    internal async Task<KlingTask?> SubmitAsync(
        KlingTask task, RequestBody body, SubmitOptions options, CancellationToken ending, CancellationToken token)
    {
        if (task.BillingState is BillingState.Accepted or BillingState.Billed)
        {
            throw new InvalidOperationException($"Task {task.TaskId:D} was accepted before; it is not sent again.");
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(token, ending);
        token.ThrowIfCancellationRequested();
        return await new Submission(this, task, body, options, either.Token, token).RunAsync().ConfigureAwait(false);
    }
}

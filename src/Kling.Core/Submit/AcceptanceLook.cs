using Kling.Client;
using Kling.Requests;
using Kling.Wire;

namespace Kling.Submit;

/// <summary>Looks for a task whose submit got no clear answer: first for its results, then in the archive, over the settle time.</summary>
internal sealed class AcceptanceLook(IKlingApi api, IClock clock, ModuleLog log)
{
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(1);

    // The pauses before each look. Their sum is the settle time: so late may the service show a task that it accepted.
    private static readonly TimeSpan[] s_pauses = [TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2)];

    /// <param name="taskId">The task.</param>
    /// <param name="overSettleTime">Whether to look several times, over the whole settle time. One look is enough for an id that was not sent just now.</param>
    /// <param name="token">Stops the looks.</param>
    internal async Task<LookRound> RunAsync(Guid taskId, bool overSettleTime, CancellationToken token)
    {
        log.Decide($"Task {taskId:D}: whether the service has it is not known; it is looked for before anything is sent.");
        LookRound round = await LookAsync(taskId, overSettleTime ? s_pauses : s_pauses[..1], token).ConfigureAwait(false);
        string found = round.IsFound ? "the service has it; nothing is sent again"
            : round.LastLookAnswered ? "the service does not show it; only the same id may be sent again" : "the looks got no answer; nothing is sent blindly";
        log.Decide($"Task {taskId:D}: {found}.");
        return round;
    }

    /// <summary>
    /// Why a task that was found under somebody else's id is not this request, as far as its archive tells; null where it is. The video of
    /// another request must not be saved as this one's.
    /// </summary>
    internal async Task<string?> ForeignAsync(KlingTask task, LookRound found, CancellationToken token)
    {
        ApiReply? last = found.Last;
        for (int i = 0; last?.Stored?.Find(task.TaskId) is null && i < s_pauses.Length; i++)
        {
            await clock.DelayAsync(s_pauses[i], token).ConfigureAwait(false);
            last = await api.SendSafelyAsync(RequestBody.FromBytes(RequestJson.WriteGetTaskDetails(task.TaskId)), token).ConfigureAwait(false);
        }

        string take = $"Wait-KlingTask -TaskId {task.TaskId:D} takes what the service has; for another purchase leave -TaskId out.";
        if (last?.Stored?.Find(task.TaskId) is not { Settings.Model: not null } stored)
        {
            return $"TaskId: {task.TaskId:D} was given, which the service has; whether with this request, its archive does not tell. {take}";
        }

        string[] differences = SubmitRules.Differences(task, stored);
        return differences.Length == 0 ? null
            : $"TaskId: {task.TaskId:D} was given, which the service has with another request; it differs in {string.Join(", ", differences)}. {take}";
    }

    private async Task<LookRound> LookAsync(Guid taskId, TimeSpan[] pauses, CancellationToken token)
    {
        bool answered = false;
        ApiReply? last = null;
        foreach (TimeSpan planned in pauses)
        {
            TimeSpan pause = Backoff.AtLeast(last?.RetryAfter, planned);
            if (pause > s_longestPause)
            {
                return new LookRound(false, false, last);
            }

            if (pause > TimeSpan.Zero)
            {
                await clock.DelayAsync(pause, token).ConfigureAwait(false);
            }

            last = await api.SendSafelyAsync(RequestBody.FromBytes(RequestJson.WriteGetResponse([taskId])), token).ConfigureAwait(false);
            if (SubmitRules.ProvesAcceptance(last, taskId))
            {
                return new LookRound(true, true, last);
            }

            answered = ReplyReading.IsAnswered(last);
            if (last.RetryAfter is not null)
            {
                answered = false;
                continue;
            }

            last = await api.SendSafelyAsync(RequestBody.FromBytes(RequestJson.WriteGetTaskDetails(taskId)), token).ConfigureAwait(false);
            if (SubmitRules.ProvesAcceptance(last, taskId))
            {
                return new LookRound(true, true, last);
            }

            answered &= ReplyReading.IsAnswered(last);
        }

        return new LookRound(false, answered, last);
    }
}

/// <summary>What a round of looks found out.</summary>
/// <param name="IsFound">Whether the service provably has the task.</param>
/// <param name="LastLookAnswered">Whether both questions of the last look were answered. If not, nothing may be sent again.</param>
/// <param name="Last">The last reply.</param>
internal sealed record LookRound(bool IsFound, bool LastLookAnswered, ApiReply? Last);

using System.Runtime.ExceptionServices;
using Kling.Client;
using Kling.Requests;
using Kling.Submit;
using Kling.Wire;

namespace Kling.Polling;

/// <summary>
/// Videos that the service sends inside of its reply and not at an address. Nobody keeps them: whoever saves one asks for the task again and
/// takes the video out of the reply as it comes in.
/// </summary>
internal sealed class InlineVideos(IKlingApi api)
{
    /// <summary>Asks for a task and hands out the bytes of one of its videos.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="videoId">The video.</param>
    /// <param name="number">Which of the reply's videos it was the last time, from 0; the guess for the first time.</param>
    /// <param name="write">Takes the next bytes of that video.</param>
    /// <param name="token">Stops.</param>
    /// <returns>
    /// Which of the reply's videos it is: where that is not <paramref name="number"/>, the bytes are another one's. Null where the reply does
    /// not carry it. Minus one where no reply came.
    /// </returns>
    internal async Task<int?> ReadAsync(Guid taskId, string videoId, int number, Func<ReadOnlyMemory<byte>, Task> write, CancellationToken token)
    {
        Exception? failure = null;
        ApiReply reply = await api.SendAsync(RequestBody.FromBytes(RequestJson.WriteGetResponse([taskId])), async (video, bytes) =>
        {
            try
            {
                if (video == number)
                {
                    await write(bytes).ConfigureAwait(false);
                }
            }
            catch (Exception failed)
            {
                failure = failed;
                throw;
            }
        }, token).ConfigureAwait(false);
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        return reply.Outcome != ApiOutcome.Envelope || ApiCalls.IsTransient(reply)
            ? -1
            : reply.Items.FirstOrDefault(item => item.TaskId == taskId && string.Equals(item.Video?.VideoId, videoId, StringComparison.OrdinalIgnoreCase))?.InlineNumber;
    }
}

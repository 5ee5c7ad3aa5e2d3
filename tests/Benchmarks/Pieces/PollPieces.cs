using BenchmarkDotNet.Attributes;
using Kling.Models;
using Kling.Polling;
using Kling.Support;
using Kling.Wire;

namespace Kling.Pieces;

/// <summary>What one look at 10,000 open tasks costs beside the network and the parsing, per task.</summary>
public class PollPieces
{
    private const int Tasks = 10_000;
    private const int Chunk = 50;

    private readonly WatchList _list = new();
    private readonly PollTiming _timing = new(loopback: false);
    private readonly DateTimeOffset _now = DateTimeOffset.UtcNow;
    private WatchedTask[] _watched = [];
    private AnsweringApi _api = null!;

    /// <summary>Opens the tasks, and answers "processing" for each.</summary>
    [GlobalSetup]
    public void Open()
    {
        for (int i = 0; i < Tasks; i++)
        {
            var task = new KlingTask
            {
                TaskId = Guid.NewGuid(),
                Model = "klingai:5@1",
                Prompt = "slow dolly in",
                Status = KlingTaskStatus.Processing,
                BillingState = BillingState.Accepted,
                SubmittedAt = _now,
            };
            _list.Add(task, null, TimeSpan.FromMinutes(30), _now, _timing, default);
        }

        _watched = _list.DueBy(DateTimeOffset.MaxValue);
        ApiReply[] replies = [.. _watched.Chunk(Chunk).Select(chunk => new ApiReply
        {
            Outcome = ApiOutcome.Envelope,
            HttpStatus = 200,
            Items = [.. chunk.Select(watched => new ResultItem { TaskId = watched.TaskId, TaskType = "videoInference", Status = "processing" })],
        })];
        _api = new AnsweringApi(replies);
    }

    /// <summary>Whose turn it is, whose time is over, who has ended.</summary>
    [Benchmark(Description = "A turn of the poll loop without a look, per open task of 10,000", OperationsPerInvoke = Tasks)]
    public int Turn()
    {
        _list.CompleteEnded();
        (DateTimeOffset due, DateTimeOffset deadline) = _list.EarliestTimes();
        _list.Expire(_now, _now, null);
        return _list.DueBy((due < deadline ? due : deadline) - TimeSpan.FromHours(1)).Length;
    }

    /// <summary>The requests' bytes, and what the replies change: nothing.</summary>
    [Benchmark(Description = "A look at unfinished tasks without network and parsing, per open task of 10,000", OperationsPerInvoke = Tasks)]
    public Task Look() => new StatusRound(_api, SystemClock.Instance, _ => { }, isOneShot: false).SendAsync(_watched, CancellationToken.None);
}

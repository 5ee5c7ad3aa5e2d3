using BenchmarkDotNet.Attributes;
using Kling.Journal;
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
    private readonly PollSchedule _schedule = new(loopback: false);
    private readonly DateTimeOffset _now = DateTimeOffset.UtcNow;
    private TaskWatch[] _watches = [];
    private TaskLook _look = null!;

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
            _list.Add(task, TimeSpan.FromMinutes(30), _now, _schedule, default);
        }

        _watches = _list.Due(DateTimeOffset.MaxValue);
        ApiReply[] replies = [.. _watches.Chunk(Chunk).Select(chunk => new ApiReply
        {
            Outcome = ApiOutcome.Envelope,
            HttpStatus = 200,
            Items = [.. chunk.Select(watch => new ResultItem { TaskId = watch.TaskId, TaskType = "videoInference", Status = "processing" })],
        })];
        _look = new TaskLook(new AnsweringApi(replies), new Unrecorded(), SystemClock.Instance);
    }

    /// <summary>Whose turn it is, whose time is over, who has ended.</summary>
    [Benchmark(Description = "A turn of the poll loop without a look, per open task of 10,000", OperationsPerInvoke = Tasks)]
    public int Turn()
    {
        _list.CompleteEnded();
        DateTimeOffset next = _list.NextDue() < _list.NextDeadline() ? _list.NextDue() : _list.NextDeadline();
        _list.Expire(_now, TimeSpan.Zero, _now, null);
        return _list.Due(next - TimeSpan.FromHours(1)).Length;
    }

    /// <summary>The requests' bytes, and what the replies change: nothing.</summary>
    [Benchmark(Description = "A look at unfinished tasks without network and parsing, per open task of 10,000", OperationsPerInvoke = Tasks)]
    public Task Look() => _look.RunAsync(_watches, onlyLook: false, CancellationToken.None);

    private sealed class Unrecorded : ITaskJournal
    {
        public void Append(JournalEvent what, KlingTask task)
        {
        }
    }
}

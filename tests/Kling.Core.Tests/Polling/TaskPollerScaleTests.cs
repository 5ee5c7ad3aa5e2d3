using Kling.Core.Tests.Submit;
using Kling.Core.Tests.Support;
using Kling.Models;
using Kling.Polling;

namespace Kling.Core.Tests.Polling;

/// <summary>Thousands of open tasks in one loop, in virtual time.</summary>
public sealed class TaskPollerScaleTests
{
    private const int IdsPerRequest = 50;
    private static readonly int s_count = TestDepth.Of(10_000);
    private readonly FakeClock _clock = new();

    [Fact]
    public async Task Wait_ThousandsOfTasks_AllEnd_SharingRequests_AndNoneIsNoticedLate()
    {
        var random = new Random(4);
        DateTimeOffset start = _clock.UtcNow;
        KlingTask[] tasks = [.. Enumerable.Range(0, s_count).Select(_ => Sample.Accepted(start))];
        Dictionary<Guid, DateTimeOffset> ready = tasks.ToDictionary(task => task.TaskId, _ => start.AddSeconds(60 + (60 * random.NextDouble())));
        int polls = 0;
        int largest = 0;
        var looks = new HashSet<DateTimeOffset>();
        var api = new ScriptedApi(_clock, call =>
        {
            lock (looks)
            {
                polls++;
                largest = Math.Max(largest, call.Ids.Count);
                looks.Add(call.At);
            }

            return Replies.Data([.. call.Ids.Select(id => _clock.UtcNow >= ready[id] ? Replies.Video(id, $"v-{id:N}") : Replies.Running(id))]);
        });
        var all = new TaskCompletionSource();
        _clock.Held = all.Task;
        var journal = new MemoryJournal();
        var poller = new TaskPoller(api, journal, _clock);

        Task<KlingTask>[] waits = [.. tasks.Select(task => poller.WaitAsync(task, TimeSpan.FromHours(1), default))];
        all.SetResult();
        await Task.WhenAll(waits).WaitAsync(TimeSpan.FromMinutes(5));

        Assert.All(tasks, task => Assert.Equal((KlingTaskStatus.Succeeded, BillingState.Billed), (task.Status, task.BillingState)));

        // What one group of replies brought is one record on the disk, not one for each task.
        Assert.Equal(s_count, journal.Writings.Sum());
        Assert.InRange(journal.Writings.Count, 1, looks.Count * (1 + (s_count / (4 * IdsPerRequest))));

        // 5 % of what tasks took lately, which is 120 s at the end, and the tenth that looks vary by.
        Assert.All(tasks, task => Assert.InRange((task.CompletedAt!.Value - ready[task.TaskId]).TotalSeconds, 0, 6.6));
        Assert.Equal(IdsPerRequest, largest);
        Assert.All(looks.Order().Zip(looks.Order().Skip(1)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromSeconds(1)));

        // No look asks for more than is open, 50 at a time.
        Assert.InRange(polls, s_count / IdsPerRequest, looks.Count * s_count / IdsPerRequest);
    }

    [Fact]
    public async Task Wait_LooksThatTakeLong_LeaveTheServiceAloneForFiveTimesAsLong()
    {
        DateTimeOffset end = _clock.UtcNow.AddSeconds(60);
        KlingTask[] tasks = [.. Enumerable.Range(0, 2 * IdsPerRequest).Select(_ => Sample.Accepted(_clock.UtcNow))];
        var calls = new List<DateTimeOffset>();
        var api = new ScriptedApi(_clock, call =>
        {
            calls.Add(call.At);
            _clock.Advance(TimeSpan.FromSeconds(0.75));
            return Replies.Data([.. call.Ids.Select(id => _clock.UtcNow >= end ? Replies.Video(id, $"v-{id:N}") : Replies.Running(id))]);
        });
        var all = new TaskCompletionSource();
        _clock.Held = all.Task;
        var poller = new TaskPoller(api, new MemoryJournal(), _clock);

        Task<KlingTask>[] waits = [.. tasks.Select(task => poller.WaitAsync(task, TimeSpan.FromHours(1), default))];
        all.SetResult();
        await Task.WhenAll(waits).WaitAsync(TimeSpan.FromMinutes(5));

        // Two calls of 0.75 s are a look. The pause after it varies by a tenth.
        DateTimeOffset[] looks = [.. calls.Where((_, i) => i % 2 == 0)];
        Assert.Equal(2 * looks.Length, calls.Count);
        Assert.All(looks.Zip(looks.Skip(1)), pair => Assert.InRange((pair.Second - pair.First).TotalSeconds, 1.5 + (0.9 * 7.5), 1.5 + (1.1 * 7.5)));
    }
}

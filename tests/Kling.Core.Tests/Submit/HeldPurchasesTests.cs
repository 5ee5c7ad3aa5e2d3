using Kling.Core.Tests.Support;
using Kling.Submit;

namespace Kling.Core.Tests.Submit;

/// <summary>What is held leaves when no input came for a moment, when it is enough, or when the reader takes it; never otherwise.</summary>
public sealed class HeldPurchasesTests : IDisposable
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(1);
    private readonly FakeClock _clock = new() { Manual = true };
    private readonly CancellationTokenSource _stop = new();
    private readonly HeldPurchases<int> _held;
    private Task _watch = Task.CompletedTask;
    private bool _maySend = true;
    private int _sends;

    public HeldPurchasesTests() => _held = new HeldPurchases<int>(_clock);

    public void Dispose()
    {
        _held.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public void Input_that_comes_in_time_releases_nothing()
    {
        Read(0);
        Watch();
        for (int item = 1; item <= 20; item++)
        {
            Pass(HeldPurchases<int>.Moment - s_tick);
            Read(item);
        }

        Assert.Equal((21, 0), (_held.Count, _sends));
        Assert.False(_held.TryTakeReleased(out _));
    }

    [Fact]
    public void A_moment_after_the_last_record_everything_is_released()
    {
        Read(1);
        Watch();
        Pass(TimeSpan.FromSeconds(1));
        Read(2);
        Pass(HeldPurchases<int>.Moment - s_tick);
        Assert.False(_held.TryTakeReleased(out _));

        Pass(s_tick);
        Assert.Equal(1, _sends);
        Assert.True(_held.TryTakeReleased(out int first));
        Assert.True(_held.TryTakeReleased(out int second));
        Assert.Equal((1, 2, false), (first, second, _held.TryTakeReleased(out _)));
    }

    [Fact]
    public void A_record_that_takes_long_is_no_pause_of_the_input()
    {
        _held.BeginRecord();
        _held.Add(1);
        Watch();
        Pass(TimeSpan.FromSeconds(30));
        Assert.Equal(0, _sends);
        _held.EndRecord();
        Pass(HeldPurchases<int>.Moment);
        Pass(HeldPurchases<int>.Moment);
        Assert.True(_held.TryTakeReleased(out _));
    }

    [Fact]
    public void The_next_record_withdraws_what_was_not_taken()
    {
        Read(1);
        Watch();
        Pass(HeldPurchases<int>.Moment);
        Pass(HeldPurchases<int>.Moment);
        Assert.True(_sends > 0);
        _held.BeginRecord();
        Assert.False(_held.TryTakeReleased(out _));
        Assert.True(_held.TryTake(out int item));
        Assert.Equal(1, item);
    }

    [Fact]
    public void What_needs_a_question_is_not_released_but_overdue_until_it_is_taken()
    {
        _maySend = false;
        Read(1);
        Watch();
        Pass(HeldPurchases<int>.Moment);
        Pass(HeldPurchases<int>.Moment);
        Assert.Equal((true, 0, 1), (_held.IsOverdue, _sends, _held.Count));
        Assert.False(_held.TryTakeReleased(out _));
        _held.BeginRecord();
        Assert.True(_held.TryTake(out _));
        Assert.False(_held.IsOverdue);
    }

    [Fact]
    public void A_thousand_items_are_enough()
    {
        _held.BeginRecord();
        for (int item = 1; item < HeldPurchases<int>.Most; item++)
        {
            _held.Add(item);
        }

        Assert.False(_held.IsFull);
        _held.Add(0);
        Assert.True(_held.IsFull);
    }

    [Fact]
    public void A_thousand_records_are_enough_also_where_most_bring_nothing()
    {
        Read(1);
        for (int record = 1; record < HeldPurchases<int>.Most; record++)
        {
            Read();
        }

        Assert.False(_held.IsFull);
        Read();
        Assert.True(_held.IsFull);
        Assert.True(_held.TryTake(out _));
        Assert.False(_held.IsFull);
    }

    [Fact]
    public void A_minute_is_enough()
    {
        Read(1);
        _clock.Advance(HeldPurchases<int>.Longest - s_tick);
        Read(2);
        Assert.False(_held.IsFull);
        _clock.Advance(s_tick);
        Assert.True(_held.IsFull);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_watch_ends_with_the_holding_or_a_stop(bool closes)
    {
        Read(1);
        Watch();
        if (closes)
        {
            _held.Close();
        }
        else
        {
            await _stop.CancelAsync();
        }

        await _watch.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((!closes, 0, 1), (_held.IsOpen, _sends, _held.Count));
    }

    private void Watch()
    {
        _watch = _held.WatchAsync(() => _maySend, () => Interlocked.Increment(ref _sends), _stop.Token);
        AwaitPause();
    }

    private void Read(params int[] items)
    {
        _held.BeginRecord();
        foreach (int item in items)
        {
            _held.Add(item);
        }

        _held.EndRecord();
    }

    private void Pass(TimeSpan time)
    {
        _clock.Advance(time);
        AwaitPause();
    }

    // The watch looks on another thread; when it has looked, it waits again.
    private void AwaitPause() => Assert.True(SpinWait.SpinUntil(() => _clock.Waiting == 1, TimeSpan.FromSeconds(30)));
}

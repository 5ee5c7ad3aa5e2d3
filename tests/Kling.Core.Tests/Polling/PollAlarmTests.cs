using Kling.Polling;

namespace Kling.Core.Tests.Polling;

public sealed class PollAlarmTests
{
    private static readonly DateTimeOffset s_noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly PollAlarm _alarm = new();

    [Theory]
    [InlineData(0, null, false)]
    [InlineData(5, 60, false)]
    [InlineData(5, 61, false)]
    [InlineData(-1, null, true)]
    [InlineData(5, 59, true)]
    public void RingFor_WakesOnlyForWhatIsEarlier(int due, int? deadline, bool wakes)
    {
        Task wake = _alarm.Set(s_noon, s_noon.AddSeconds(60));

        _alarm.RingFor(s_noon.AddSeconds(due), deadline is int seconds ? s_noon.AddSeconds(seconds) : null);

        Assert.Equal(wakes, wake.IsCompleted);
    }

    [Fact]
    public void Set_AfterARing_WaitsAnew()
    {
        Task first = _alarm.Set(s_noon, s_noon);
        _alarm.Ring();

        Task second = _alarm.Set(s_noon, s_noon);

        Assert.True(first.IsCompleted);
        Assert.False(second.IsCompleted);
        _alarm.Ring();
        Assert.True(second.IsCompleted);
    }
}

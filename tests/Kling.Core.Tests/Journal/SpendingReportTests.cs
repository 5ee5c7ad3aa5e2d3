using Kling.Journal;
using Kling.Models;

namespace Kling.Core.Tests.Journal;

/// <summary>Spending by day and model: every task once, on the day it was sent, and no sum of what is not owed.</summary>
public class SpendingReportTests
{
    private const string Endpoint = "https://api.example/v1";
    private static readonly DateTimeOffset s_noon = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void NoTask_IsNoLine() => Assert.Empty(Of());

    [Fact]
    public void OneDayAndModel_IsOneLine_AndSeveralHaveATotal()
    {
        KlingSpending day = Assert.Single(Of((s_noon, Billed()), (s_noon.AddHours(2), Billed())));
        Assert.Equal(("2026-11-27", "klingai:5@1", 2, 2, 0, 0.37m, 0, 0.3696m, Endpoint),
            (day.Day, day.ModelId, day.TaskCount, day.VideoCount, day.FailedCount, day.EstimatedCost, day.UnpricedCount, day.BilledCost, day.Endpoint));

        KlingTask other = Billed();
        other.Model = "klingai:9@9";
        other.EstimatedCost = null;
        IReadOnlyList<KlingSpending> lines = Of((s_noon, Billed()), (s_noon.AddDays(-1), Billed()), (s_noon, other));
        Assert.Equal(["2026-11-26 klingai:5@1", "2026-11-27 klingai:5@1", "2026-11-27 klingai:9@9", "Total "], lines.Select(line => $"{line.Day} {line.ModelId}"));
        Assert.Equal((3, 3, 0.37m, 1, 0.5544m), (lines[^1].TaskCount, lines[^1].VideoCount, lines[^1].EstimatedCost, lines[^1].UnpricedCount, lines[^1].BilledCost));
    }

    [Fact]
    public void WhatWasNotCharged_CountsAsATask_AndCostsNothing()
    {
        KlingTask refused = Billed();
        (refused.Status, refused.BillingState, refused.Cost, refused.Videos) = (KlingTaskStatus.Failed, BillingState.NotCharged, null, []);
        KlingTask failed = Billed();
        (failed.Status, failed.BillingState, failed.Cost, failed.Videos) = (KlingTaskStatus.Failed, BillingState.Accepted, null, []);
        KlingSpending day = Assert.Single(Of((s_noon, refused), (s_noon, failed)));
        Assert.Equal((2, 0, 2, 0.185m, 0), (day.TaskCount, day.VideoCount, day.FailedCount, day.EstimatedCost, day.UnpricedCount));
        Assert.Null(day.BilledCost);
    }

    [Fact]
    public void AmountsThatCannotBe_AreInNoSum()
    {
        KlingTask odd = Billed();
        (odd.Cost, odd.EstimatedCost) = (decimal.MaxValue, decimal.MaxValue);
        KlingSpending day = Assert.Single(Of((s_noon, odd), (s_noon, odd), (s_noon, Billed())));
        Assert.Equal((0.185m, 2, 0.1848m), (day.EstimatedCost, day.UnpricedCount, day.BilledCost));
    }

    [Theory]
    [InlineData(-5, "2026-11-26")]
    [InlineData(0, "2026-11-27")]
    [InlineData(14, "2026-11-27")]
    public void Days_AreThoseOfTheZone(int hours, string expected)
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(hours), "test", "test");
        Assert.Equal(expected, SpendingReport.Of([(s_noon.AddHours(-9), Billed())], zone, Endpoint)[0].Day);
    }

    private static IReadOnlyList<KlingSpending> Of(params (DateTimeOffset, KlingTask)[] tasks) => SpendingReport.Of(tasks, TimeZoneInfo.Utc, Endpoint);

    private static KlingTask Billed() => new()
    {
        TaskId = Guid.NewGuid(),
        Status = KlingTaskStatus.Succeeded,
        BillingState = BillingState.Billed,
        Model = "klingai:5@1",
        EstimatedCost = 0.185m,
        Cost = 0.1848m,
        Videos = [new KlingVideo { VideoId = "v", VideoCost = 0.1848m }],
    };
}

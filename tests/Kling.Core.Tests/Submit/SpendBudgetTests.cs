using Kling.Models;
using Kling.Submit;

namespace Kling.Core.Tests.Submit;

public class SpendBudgetTests
{
    private static readonly Guid s_id = Guid.NewGuid();

    [Fact]
    public void TryReserve_UpToTheCeiling_FitsExactly()
    {
        var budget = new SpendBudget(0.37m);

        Assert.True(budget.TryReserve(Guid.NewGuid(), 0.185m));
        Assert.True(budget.TryReserve(Guid.NewGuid(), 0.185m));
        Assert.False(budget.TryReserve(Guid.NewGuid(), 0.0001m));
        Assert.Equal(0m, budget.Left);
    }

    [Fact]
    public void TryReserve_UnknownPrice_PassesOnlyWithoutACeiling()
    {
        Assert.False(new SpendBudget(1000m).TryReserve(s_id, null));
        Assert.True(new SpendBudget(null).TryReserve(s_id, null));
    }

    [Fact]
    public void Settle_NotCharged_ReleasesTheReservation()
    {
        SpendBudget budget = Reserved();

        budget.Settle(new KlingTask { TaskId = s_id, Status = KlingTaskStatus.Failed, BillingState = BillingState.NotCharged });

        Assert.Equal(0m, budget.Committed);
    }

    [Theory]
    [InlineData(KlingTaskStatus.Failed, BillingState.Accepted)]
    [InlineData(KlingTaskStatus.Unknown, BillingState.Unknown)]
    [InlineData(KlingTaskStatus.Processing, BillingState.Accepted)]
    public void Settle_MoneyNotKnown_KeepsTheEstimate(string status, string billing)
    {
        SpendBudget budget = Reserved();

        budget.Settle(new KlingTask { TaskId = s_id, Status = status, BillingState = billing });

        Assert.Equal(0.185m, budget.Committed);
    }

    [Fact]
    public void Close_SettlesForGood()
    {
        SpendBudget budget = Reserved();

        budget.Close(Ended(KlingTaskStatus.Succeeded, 0.1848m));
        budget.Settle(new KlingTask { TaskId = s_id, Status = KlingTaskStatus.Failed, BillingState = BillingState.NotCharged });

        Assert.Equal(0.1848m, budget.Committed);
    }

    [Fact]
    public void Settle_CompleteBill_ReplacesTheEstimate()
    {
        SpendBudget budget = Reserved();

        budget.Settle(Ended(KlingTaskStatus.Succeeded, 0.1848m));

        Assert.Equal(0.1848m, budget.Committed);
    }

    [Fact]
    public void Settle_PartialSuccess_IsWhatWasReported()
    {
        SpendBudget budget = Reserved();

        budget.Settle(Ended(KlingTaskStatus.PartiallySucceeded, 0.0924m));

        Assert.Equal(0.0924m, budget.Committed);
    }

    [Fact]
    public void BillAboveItsEstimate_CountsForEqualOnes_OpenAndNext_AndIsToldOnce()
    {
        var budget = new SpendBudget(1m);
        Guid open = Guid.NewGuid();
        Assert.True(budget.TryReserve(s_id, 0.185m, "five seconds"));
        Assert.True(budget.TryReserve(open, 0.185m, "five seconds"));
        Assert.True(budget.TryReserve(Guid.NewGuid(), 0.1m, "another kind"));

        budget.Close(Ended(KlingTaskStatus.Succeeded, 0.4m));

        Assert.Equal(0.4m + 0.4m + 0.1m, budget.Committed);
        Assert.False(budget.TryReserve(Guid.NewGuid(), 0.05m, "five seconds"));
        Assert.True(budget.TryReserve(Guid.NewGuid(), 0.05m, "another kind"));
        Assert.Equal((s_id, 0.185m, 0.4m), budget.TakeOverrun() is Overrun told ? (told.TaskId, told.Estimate, told.Bill) : default);
        Assert.Null(budget.TakeOverrun());

        // An open one that is billed less is settled at that.
        budget.Close(new KlingTask { TaskId = open, Status = KlingTaskStatus.Succeeded, BillingState = BillingState.Billed, Cost = 0.2m, Videos = [new KlingVideo { VideoId = "a", VideoCost = 0.2m }] });
        Assert.Equal(0.4m + 0.2m + 0.1m + 0.05m, budget.Committed);
        Assert.Null(budget.TakeOverrun());
    }

    [Fact]
    public void BillBelowItsEstimate_ChangesNoOther()
    {
        var budget = new SpendBudget(1m);
        Assert.True(budget.TryReserve(s_id, 0.185m, "five seconds"));
        budget.Close(Ended(KlingTaskStatus.Succeeded, 0.1m));
        Assert.Equal(0.185m, budget.Price(0.185m, "five seconds"));
        Assert.Null(budget.TakeOverrun());
    }

    [Fact]
    public void Settle_CostNotReportedForAVideo_KeepsTheEstimate()
    {
        SpendBudget budget = Reserved();
        KlingTask task = Ended(KlingTaskStatus.Succeeded, 0.1848m);
        task.Videos = [.. task.Videos, new KlingVideo { VideoId = "b" }];

        budget.Settle(task);

        Assert.Equal(0.185m, budget.Committed);
    }

    [Fact]
    public void AnySequence_CommittedNeverPassesTheCeiling()
    {
        var random = new Random(7);
        for (int round = 0; round < 200; round++)
        {
            decimal ceiling = random.Next(0, 300) / 100m;
            var budget = new SpendBudget(ceiling);
            var open = new List<(Guid Id, decimal Estimate)>();
            for (int step = 0; step < 40; step++)
            {
                if (random.Next(3) > 0 || open.Count == 0)
                {
                    (Guid Id, decimal Estimate) item = (Guid.NewGuid(), random.Next(1, 80) / 100m);
                    bool fits = budget.Committed + item.Estimate <= ceiling;
                    Assert.Equal(fits, budget.TryReserve(item.Id, item.Estimate));
                    if (fits)
                    {
                        open.Add(item);
                    }
                }
                else
                {
                    int index = random.Next(open.Count);
                    KlingTask task = new() { TaskId = open[index].Id, BillingState = BillingState.NotCharged };
                    budget.Settle(task);
                    open.RemoveAt(index);
                }

                Assert.True(budget.Committed <= ceiling);
                Assert.Equal(open.Sum(item => item.Estimate), budget.Committed);
            }
        }
    }

    private static SpendBudget Reserved()
    {
        var budget = new SpendBudget(1m);
        Assert.True(budget.TryReserve(s_id, 0.185m));
        return budget;
    }

    private static KlingTask Ended(string status, decimal cost) => new()
    {
        TaskId = s_id,
        Status = status,
        BillingState = BillingState.Billed,
        Cost = cost,
        Videos = [new KlingVideo { VideoId = "a", VideoCost = cost }],
    };
}

using Kling.Core.Tests.Support;
using Kling.Journal;
using Kling.Models;
using Kling.Submit;
using Kling.Wire;

namespace Kling.Core.Tests.Submit;

/// <summary>Random faults against a small model of the service: whatever happens, nothing is billed twice and no charge is denied.</summary>
public sealed class MoneyModelTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Submit_RandomFaults_BillsAtMostOnceAndNeverDeniesACharge(bool refusesRepeatedIds)
    {
        var ends = new Dictionary<string, int>();
        for (int seed = 0; seed < TestDepth.Of(4000, least: 1500); seed++)
        {
            var clock = new FakeClock();
            using var stop = new CancellationTokenSource();
            var model = new ServiceModel(new Random(seed), clock, stop, refusesRepeatedIds);
            var api = new ScriptedApi(clock, model.Answer);
            var journal = new MemoryJournal();
            KlingTask task = Sample.New();
            string end = "accepted";
            try
            {
                await new TaskSubmitter(api, journal, clock).SubmitAsync(task, Sample.Body(task), stop.Token);
            }
            catch (KlingApiException failure)
            {
                end = failure.Message;
                Assert.Equal(failure.BillingState, task.BillingState);
            }
            catch (OperationCanceledException)
            {
                end = "cancelled";
            }

            // What is still on its way arrives.
            clock.Advance(TimeSpan.FromMinutes(1));
            int charges = model.Charges;
            string told = $"seed {seed}: {end}, {task.BillingState}, charged {charges} times, {api.Submits.Count} submits";
            Assert.True(charges <= 1, told);
            Assert.True(task.BillingState != BillingState.NotCharged || charges == 0, told);
            Assert.True(task.BillingState != BillingState.Accepted || charges == 1, told);
            Assert.All(api.Calls, call => Assert.Equal(task.TaskId, Assert.Single(call.Ids)));
            Assert.True(api.Submits.Count == 0 || journal.Events[0] == JournalEvent.Intent, told);
            ends[task.BillingState] = ends.GetValueOrDefault(task.BillingState) + 1;
        }

        // The walk must really reach all three ends.
        Assert.True(ends.Count == 3 && ends.Values.All(count => count > 100), string.Join(", ", ends));
    }

    /// <summary>Accepts, loses, delays and refuses at random; its looks tell the truth once the settle time is over.</summary>
    private sealed class ServiceModel(Random random, FakeClock clock, CancellationTokenSource stop, bool refusesRepeatedIds)
    {
        private readonly List<(DateTimeOffset Accepted, DateTimeOffset Visible)> _accepted = [];
        private readonly bool _invalid = random.Next(10) == 0;
        private readonly int _trouble = random.Next(1, 10);

        public int Charges => _accepted.Count;

        public ApiReply Answer(ApiCall call)
        {
            if (random.Next(60) == 0)
            {
                stop.Cancel();
            }

            return call.IsSubmit ? Submit(call.Ids[0]) : Look(call);
        }

        private ApiReply Submit(Guid id)
        {
            if (random.Next(10) >= _trouble)
            {
                return Decide(id, TimeSpan.Zero);
            }

            switch (random.Next(9))
            {
                case 0:
                    return Replies.Unsent();
                case 1:
                    return Replies.Limited(random.Next(2) == 0 ? TimeSpan.FromSeconds(random.Next(1, 400)) : null);
                case 2:
                    return Replies.NoCredit(id);
                case 3:
                    return Replies.RefusedKey();
                case 4:
                    return Replies.Ambiguous(503);
                case 5:
                    return Replies.Error(400, Replies.Failure(id, "invalidValueUploadFailed", KlingErrorCategory.Validation, parameter: "inputs.frameImages"));
                default:
                    // It arrives, perhaps late, and the answer is lost.
                    Decide(id, TimeSpan.FromSeconds(random.NextDouble() * 2));
                    clock.Advance(TimeSpan.FromSeconds(random.Next(3) * 20));
                    return Replies.Ambiguous(random.Next(2) == 0 ? null : 502, random.Next(5) == 0 ? TimeSpan.FromSeconds(random.Next(1, 900)) : null);
            }
        }

        private ApiReply Decide(Guid id, TimeSpan late)
        {
            if (_accepted.Count > 0 && refusesRepeatedIds)
            {
                return Replies.Conflict(id);
            }

            if (_invalid)
            {
                return Replies.Invalid(id);
            }

            DateTimeOffset accepted = clock.UtcNow + late;
            _accepted.Add((accepted, accepted + TimeSpan.FromSeconds(random.NextDouble() * 3)));
            return Replies.Acknowledged(id);
        }

        private ApiReply Look(ApiCall call)
        {
            Guid id = call.Ids[0];
            if (random.Next(12) < _trouble)
            {
                switch (random.Next(6))
                {
                    case 0:
                        return Replies.Ambiguous(500);
                    case 1:
                        return Replies.Limited(TimeSpan.FromSeconds(2));
                    case 2:
                        return Replies.RefusedKey();
                    case 3:
                        return Replies.Unsent();
                    default:
                        break;
                }
            }

            bool visible = _accepted.Any(entry => entry.Visible <= clock.UtcNow);
            if (call.IsDetails)
            {
                return visible ? Replies.Archive(id) : random.Next(2) == 0 ? Replies.NotFound(id) : Replies.Empty();
            }

            // Processing is answered for anything, as the protocol note warns.
            return visible && random.Next(2) == 0 ? Replies.Data(Replies.Video(id)) : random.Next(3) switch
            {
                0 => Replies.Processing(id),
                1 => Replies.NotFound(id),
                _ => Replies.Empty(),
            };
        }
    }
}

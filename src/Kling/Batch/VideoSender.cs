using Kling.Journal;
using Kling.Pipeline;
using Kling.Requests;
using Kling.Session;
using Kling.Submit;

namespace Kling.Batch;

/// <summary>
/// Sends the items of one invocation that are checked. Items are held first while a question about the whole may still come. Used on the
/// pipeline thread, but for what says otherwise.
/// </summary>
internal sealed class VideoSender : IDisposable
{
    private readonly KlingCmdlet _cmdlet;
    private readonly VideoBatchOptions _options;
    private readonly BatchState _state;
    private readonly BatchOutput _output;
    private readonly UploadPlan _uploadPlan;
    private readonly HeldPurchases<HeldItem> _held = new(SystemClock.Instance);
    private readonly List<PurchaseClaims> _claims = [];
    private bool _isWatched;

    internal VideoSender(KlingCmdlet cmdlet, VideoBatchOptions options, BatchState state, BatchOutput output)
    {
        _cmdlet = cmdlet;
        _options = options;
        _state = state;
        _output = output;
        _uploadPlan = new UploadPlan(options.Upload);
        output.Ending = Drop;

        // Where nobody knows what the input will bring, the question can only name the whole if nothing is sent before it.
        if (cmdlet.IsWhatIf || !(options.CheckFirst || (options.Guard.MayAsk && cmdlet.MyInvocation.ExpectingInput)))
        {
            _held.Close();
        }
    }

    /// <summary>What was checked and reserved so far: held, sent, or only described.</summary>
    internal Purchase Bought { get; private set; }

    /// <summary>What sends; null before the first item.</summary>
    internal KlingServices? Services { get; private set; }

    /// <summary>Whether items are held now.</summary>
    internal bool Holds => _held.IsOpen;

    /// <summary>How many items are held. Safe from every thread.</summary>
    internal int NotSent => _held.Count;

    /// <summary>Counts an item whose price is reserved.</summary>
    internal void Count(HeldItem item) => Bought += Purchase.Of(item.Item);

    /// <summary>Gives up an item that is not sent.</summary>
    internal void Release(HeldItem item)
    {
        if (item.IsPurchase)
        {
            _options.Guard.Budget.Release(item.Request.TaskId);
            lock (_claims)
            {
                _claims.ForEach(claims => claims.Forget(item.Request.TaskId));
            }

            Bought -= Purchase.Of(item.Item);
        }
    }

    /// <summary>A record has come: what is held waits for its end.</summary>
    internal void BeginRecord() => _held.BeginRecord();

    /// <summary>Ends a record: sends what is held where that has waited for long enough, after the question if it is due.</summary>
    internal void EndRecord()
    {
        if (Holds && !_options.CheckFirst && (_held.IsFull || _held.IsOverdue))
        {
            SendHeld(mayGrow: true);
        }

        _held.EndRecord();
    }

    /// <summary>Sends all that is held, after the question if it is due: no more input comes.</summary>
    internal void EndInput()
    {
        if (!Holds)
        {
            return;
        }

        _held.BeginRecord();
        if (_options.CheckFirst)
        {
            Review();
        }

        SendHeld(mayGrow: false);
    }

    /// <summary>Holds an item while a question may still come; else sends it.</summary>
    internal void HoldOrSend(HeldItem item)
    {
        if (!Holds)
        {
            Send(item);
            return;
        }

        if (!_isWatched && !_options.CheckFirst)
        {
            // Without a key, or a journal, every item would fail. So no more of the input is read then.
            Connect();
            _isWatched = true;
            _cmdlet.Bridge.Start(stop => _held.WatchAsync(() => !_options.Guard.MustAsk(), SendReleased, stop));
        }

        _held.Add(item);
    }

    /// <summary>Takes up what was bought before. That costs nothing and is not held; but with -CheckFirst nothing begins before the check is over.</summary>
    internal void TakeUp(HeldItem item)
    {
        if (Holds && _options.CheckFirst)
        {
            _held.Add(item);
        }
        else
        {
            Begin(Prepare(item));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _held.Dispose();
        _claims.ForEach(claims => claims.Dispose());
    }

    /// <summary>With -CheckFirst: says what is about to be bought, or ends the command where something is wrong with any item.</summary>
    private void Review()
    {
        HeldItem[] items = _held.Items();
        if (_state.Failed > 0 && !_options.Force)
        {
            _output.End(new InputException(ErrorCatalog.InvalidRequest,
                $"{PriceText.Count(_state.Failed, "item")} cannot be bought; the errors before this one say why. Nothing was sent. "
                + "Correct them, or buy the others with -Force.",
                $"… | Test-KlingRequest | Where-Object IsValid -eq $false # every bad row, with its number"), _cmdlet.MyInvocation.MyCommand.Name);
        }

        int known = items.Count(item => !item.IsPurchase);
        new FirstCheck(_cmdlet, _options).Say(Bought, items.Length - known, known);
    }

    /// <summary>Sends what is held, after the question if it is due. The holding ends where no question can come any more.</summary>
    private void SendHeld(bool mayGrow)
    {
        if (NotSent > 0)
        {
            Connect();
        }

        if (_options.Guard.MustAsk())
        {
            Purchase waiting = Purchase.Of(_held.Items().Where(item => item.IsPurchase).Select(item => item.Item));
            _cmdlet.Run(() => _options.Guard.Confirm(_cmdlet, Bought, Bought.All - waiting.All, mayGrow), _cmdlet.MyInvocation.MyCommand.Name, _output.End);
        }

        if (!mayGrow || !_options.Guard.MayAsk)
        {
            _held.Close();
        }

        while (_held.TryTake(out HeldItem? next))
        {
            Send(next);
        }
    }

    private void Connect() => _cmdlet.Run(() => Services = KlingSession.Services(), _cmdlet.MyInvocation.MyCommand.Name, _output.End);

    /// <summary>Starts to send what was released, as far as the throttle allows. Called on the pool.</summary>
    private void SendReleased()
    {
        // The watch over what is held is one piece of work too.
        int free = Services!.Submitter.Gate.AtOnce(_options.ThrottleLimit) - (_cmdlet.Bridge.Running - 1);
        for (int i = Math.Min(free, NotSent); i > 0; i--)
        {
            _cmdlet.Bridge.Start(SendReleasedAsync);
        }
    }

    private async Task SendReleasedAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && _held.TryTakeReleased(out HeldItem? next))
        {
            Func<CancellationToken, Task> run;
            try
            {
                run = Prepare(next);
            }
            catch (Exception failure) when (failure is InputException or JournalException or KlingApiException)
            {
                _cmdlet.Bridge.Post(() => Fail(failure, next));
                continue;
            }

            await run(stop).ConfigureAwait(false);
        }
    }

    private void Send(HeldItem item)
    {
        Func<CancellationToken, Task>? run = null;
        _cmdlet.Run(() => run = Prepare(item), item.Item.Target, (failure, _) => Fail(failure, item));
        if (run is not null)
        {
            Begin(run);
        }
    }

    private void Begin(Func<CancellationToken, Task> run)
    {
        _cmdlet.Bridge.Start(run);

        // One less, which leaves room for the next item. The watch over what is held takes no room.
        _cmdlet.Bridge.Drain(() => Services!.Submitter.Gate.AtOnce(_options.ThrottleLimit) - (Holds && _isWatched ? 0 : 1));
    }

    /// <summary>Makes the task of an item. What is returned sends the task, or takes it up. Safe from every thread.</summary>
    private Func<CancellationToken, Task> Prepare(HeldItem held)
    {
        (RequestItem item, VideoRequest request, KlingTask? known, bool isPurchase, TaskIdSeries? series) = held;
        KlingServices services = KlingSession.Services();
        KlingTask own = KlingTaskBuilder.From(request, item.Estimate, services.Api.Endpoint);
        bool isNamed = isPurchase && series is null && _options.TaskId != Guid.Empty;
        if (isNamed)
        {
            RepeatedTask.Prepare(services.Journal, own);
        }

        bool looksFirst = series is not null || isNamed;
        ImageDelivery delivery = isPurchase ? _uploadPlan.For(item, services.Uploads) : default;
        Services = services;
        _output.Journal = services.Journal;
        _state.Add(known ?? own, item);
        _cmdlet.TellNow(() => known is null
            ? $"{item.Name} ({request.Image?.Kind.ToString() ?? "no image"}) becomes task {own.TaskId:D}, {PriceText.Money(item.Estimate)} at list price, and is sent."
            : isPurchase ? $"{item.Name} was sent before as task {known.TaskId:D}; whether the service has it is not known."
            : $"{item.Name} was bought before as task {known.TaskId:D} ({known.Status}); nothing is bought.");
        var run = new VideoRun(_cmdlet, _options, _state, _output, services, known ?? own, item);
        return isPurchase
            ? stop => run.BuyAsync(own, held, Claims(services.Journal), delivery, looksFirst, stop)
            : run.AttachAsync;
    }

    /// <summary>What this invocation buys and takes up. Another journal comes only with another connection. Safe from every thread.</summary>
    internal PurchaseClaims Claims(TaskJournal journal)
    {
        lock (_claims)
        {
            PurchaseClaims? claims = _claims.Find(known => known.Journal.FullPath == journal.FullPath && known.Journal.Endpoint == journal.Endpoint);
            if (claims is null)
            {
                _claims.Add(claims = new PurchaseClaims(journal, _options.Resume, _options.DayLimit));
            }

            return claims;
        }
    }

    /// <summary>Writes why an item could not be sent; ends the batch where every other item would fail the same way.</summary>
    private void Fail(Exception failure, HeldItem item)
    {
        Release(item);
        if (_state.IsEnded)
        {
            return;
        }

        if (ErrorCatalog.EndsTheBatch(failure))
        {
            _output.End(failure, item.Item.Target);
        }

        _output.Fail(failure, item.Item.Target);
    }

    /// <summary>Gives up what is held.</summary>
    private void Drop()
    {
        _held.Close();
        while (_held.TryTake(out HeldItem? item))
        {
            Release(item);
            _state.GivenUp++;
        }
    }
}

/// <summary>An item that is checked.</summary>
/// <param name="Item">The item.</param>
/// <param name="Request">Its request under an id of its own.</param>
/// <param name="Known">The task that the journal holds of it (-Resume, -IdempotencyKey); null where there is none.</param>
/// <param name="IsPurchase">Whether it may cost anything: there is no such task, or whether the service has it is not known.</param>
/// <param name="Series">Its ids under the idempotency key; null where there is none.</param>
internal sealed record HeldItem(RequestItem Item, VideoRequest Request, KlingTask? Known, bool IsPurchase, TaskIdSeries? Series);

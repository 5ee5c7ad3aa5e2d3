using System.Management.Automation;
using Kling.Errors;
using Kling.Journal;
using Kling.Session;
using Kling.Support;

namespace Kling.Pipeline;

/// <summary>Base of all cmdlets that wait: owns the bridge and writes errors from the catalog.</summary>
public abstract class KlingCmdlet : PSCmdlet, IDisposable
{
    private EngineListener? _listener;
    private ProgressMeter? _progress;
    private bool? _isVerbose;

    private protected KlingCmdlet() => Bridge.FirstStart = () => _listener = EngineListener.For(this);

    internal PipelineBridge Bridge { get; } = new();

    /// <summary>What is being sent and fetched, for the progress; null where nobody watches.</summary>
    internal RunningTransfers? Transfers => _progress?.Transfers;

    /// <summary>Whether -WhatIf or $WhatIfPreference asks only for a description.</summary>
    internal bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? given)
        ? given is SwitchParameter { IsPresent: true }
        : LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));

    /// <summary>Whether -ErrorAction or $ErrorActionPreference makes any error stop the command.</summary>
    internal bool StopsOnError =>
        LanguagePrimitives.TryConvertTo(
            MyInvocation.BoundParameters.TryGetValue("ErrorAction", out object? given) ? given : GetVariableValue("ErrorActionPreference"), out ActionPreference action)
        && action == ActionPreference.Stop;

    /// <summary>Cancels the work; it runs on another thread and must not write.</summary>
    protected override void StopProcessing() => Bridge.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends all work; called after every way a pipeline can end.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _listener?.Dispose();
            Bridge.Dispose();
            _progress?.Abandon();
        }
    }

    /// <summary>Shows progress while the cmdlet waits, where the user wants to see it; otherwise does nothing at all.</summary>
    /// <param name="activity">What the cmdlet does.</param>
    /// <param name="read">How far it is; called a few times a second on the pipeline thread.</param>
    internal void ShowProgress(string activity, Func<ProgressState> read)
    {
        if (ProgressMeter.IsWanted(this))
        {
            _progress = new ProgressMeter(this, activity, SystemClock.Instance);
            Bridge.Idle = () => _progress.Show(read);
        }
    }

    /// <summary>Waits for all work, and takes the progress off the screen.</summary>
    internal void FinishWork()
    {
        Bridge.Drain(0);
        _progress?.Complete();
    }

    /// <summary>Runs one piece of work to its end while writing what it posts.</summary>
    internal void RunToEnd(Func<CancellationToken, Task> work)
    {
        Bridge.Start(work);
        Bridge.Drain(0);
    }

    /// <summary>Says once that the journal missed something a look found out; nothing ends by it.</summary>
    internal void WriteUnrecorded(KlingEngine engine)
    {
        if (engine.Poller.TakeJournalFault() is JournalException unwritten)
        {
            WriteFailure(new UnrecordedResultException(unwritten), null);
        }
    }

    /// <summary>
    /// Writes to the verbose stream where that was asked for as the cmdlet began: with -Debug alone PowerShell would ask a question at each
    /// line. The text is only made where it is wanted.
    /// </summary>
    internal void Tell(Func<string> text)
    {
        _isVerbose ??= EngineListener.Wants(this, "Verbose", "VerbosePreference");
        if (_isVerbose.Value)
        {
            WriteVerbose(text());
        }
    }

    /// <summary>Writes the catalog's record for an exception.</summary>
    /// <param name="exception">The failure.</param>
    /// <param name="target">The input it is about.</param>
    /// <param name="task">The task it is about, where neither of them names it.</param>
    internal void WriteFailure(Exception exception, object? target, Guid? task = null)
    {
        ErrorRecord record = ErrorCatalog.ToRecord(exception, target, task);
        if (ErrorCatalog.EndsTheBatch(exception))
        {
            ThrowTerminatingError(record);
        }

        WriteError(record);
    }
}

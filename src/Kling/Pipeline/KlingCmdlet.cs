using System.Collections;
using Kling.Journal;
using Kling.Polling;
using Kling.Session;

namespace Kling.Pipeline;

/// <summary>The base of the cmdlets: it runs their work, shows their progress, and turns their failures into error records.</summary>
public abstract class KlingCmdlet : PSCmdlet, IDisposable
{
    private LogForwarder? _log;
    private ProgressMeter? _progress;
    private bool? _isVerbose;
    private bool _toldOfDamage;
    private Action? _showProgress;

    // While no status request is answered, somebody should know; but not all the time.
    private static readonly TimeSpan s_troubleTold = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_troubleLasts = TimeSpan.FromMinutes(2);
    private readonly UpdateLimit _trouble = new(SystemClock.Instance, s_troubleTold);

    private protected KlingCmdlet()
    {
        Bridge.FirstStart = () => _log = new LogForwarder(this);
        Bridge.Idle = WarnOfTrouble;
    }

    /// <summary>Whose tasks are waited for; null while none is. Set by any thread.</summary>
    internal KlingServices? Waited { get; set; }

    internal PipelineBridge Bridge { get; } = new();

    /// <summary>What is being sent and fetched, for the progress; null where nobody watches.</summary>
    internal RunningTransfers? Transfers => _progress?.Transfers;

    /// <summary>Whether -WhatIf or $WhatIfPreference asks only for a description.</summary>
    internal bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? given)
        ? given is SwitchParameter { IsPresent: true }
        : LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));

    /// <summary>Whether -ErrorAction or $ErrorActionPreference makes any error stop the command.</summary>
    internal bool StopsOnError => Preference("ErrorAction", "ErrorActionPreference") == ActionPreference.Stop;

    /// <summary>Whether the verbose stream was asked for when it was first used.</summary>
    internal bool IsVerbose => _isVerbose ??= IsShown("Verbose", "VerbosePreference");

    /// <summary>Whether warnings were wanted when the cmdlet began.</summary>
    private protected bool ShowsWarnings { get; private set; }

    /// <summary>Whether a switch, or the preference behind it, asks for a stream.</summary>
    internal bool IsShown(string parameter, string variable) =>
        Preference(parameter, variable) is not (null or ActionPreference.SilentlyContinue or ActionPreference.Ignore);

    /// <summary>Refuses a parameter that was given by name without a value. A cell of the pipeline may be empty; it is not bound yet.</summary>
    protected override void BeginProcessing() => Run(() =>
    {
        ShowsWarnings = IsShown("WarningAction", "WarningPreference");
        foreach ((string name, object? value) in MyInvocation.BoundParameters)
        {
            if (!CommonParameters.Contains(name) && IsEmpty(value) && !MayBeEmpty(name, value))
            {
                throw new InputException(ErrorCatalog.InvalidRequest,
                    $"{name}: an empty value was given; allowed: a value. Is its variable set? To do without it, leave -{name} out.",
                    $"Get-Help {MyInvocation.MyCommand} -Parameter {MyInvocation.MyCommand.Parameters[name]}");
            }
        }
    });

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
            _log?.Dispose();
            Bridge.Dispose();
            _progress?.Abandon();
        }
    }

    /// <summary>
    /// Shows progress while the cmdlet waits, where the user wants to see it. How far the cmdlet is, is read a few times a second on the
    /// pipeline thread.
    /// </summary>
    internal void ShowProgress(string activity, Func<ProgressState> read)
    {
        if (Preference("ProgressAction", "ProgressPreference") is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore))
        {
            _progress = new ProgressMeter(this, activity, SystemClock.Instance);
            _showProgress = () => _progress.Show(read);
            Bridge.Idle += _showProgress;
        }
    }

    /// <summary>Keeps the progress up to date where the cmdlet is busy and does not wait.</summary>
    internal void KeepProgress() => _showProgress?.Invoke();

    /// <summary>How long open tasks and those that have not begun will still take, by what tasks took lately; null where none was seen to end.</summary>
    internal TimeSpan? TimeLeft(IEnumerable<KlingTask> open, int notBegun, int limit)
    {
        DateTimeOffset now = SystemClock.Instance.UtcNow;
        IEnumerable<TimeSpan> ages = open.Select(task => now - (task.SubmittedAt < now ? task.SubmittedAt.Value : now));
        return RemainingTime.Estimate(Waited?.Poller.TypicalDuration, ages, Math.Max(0, notBegun), limit);
    }

    /// <summary>
    /// Says that no status request is answered: at once where the key is refused, since that does not pass by itself, and then every few
    /// minutes. The waiting goes on: the tasks go on at the service.
    /// </summary>
    private void WarnOfTrouble()
    {
        if (Waited?.Poller is TaskPoller poller && poller.Trouble is PollTrouble trouble
            && (trouble.IsRefused || poller.TroubledFor(trouble) >= s_troubleLasts) && _trouble.TryTake())
        {
            string what = trouble.IsRefused ? "The service refuses to say how the tasks stand" : "The service has not said for some time how the tasks stand";
            WriteWarning($"{what} ({trouble.Reason}). They go on there, and the waiting goes on until its time is over."
                + (trouble.IsRefused ? " With a key that works: Connect-Kling; Get-KlingTask -Unsaved | Save-KlingVideo -OutDirectory clips" : ""));
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

    /// <summary>
    /// Runs a part of the cmdlet. A failure that the user can do something about ends the command: with its record, or as
    /// <c>end</c> does it.
    /// </summary>
    internal void Run(Action work, object? target = null, Action<Exception, object?>? end = null)
    {
        try
        {
            work();
        }
        catch (Exception failure) when (failure is InputException or JournalException or KlingApiException)
        {
            if (end is not null)
            {
                end(failure, target);
                return;
            }

            ThrowTerminatingError(ErrorCatalog.ToRecord(failure, target));
        }
    }

    /// <summary>Warns once where the last reading of the journal met damaged lines.</summary>
    internal void WarnOfDamage(TaskJournal journal)
    {
        if (journal.SkippedLines > 0 && !_toldOfDamage)
        {
            _toldOfDamage = true;
            WriteWarning($"The journal '{journal.FullPath}' has {journal.SkippedLines} damaged line(s); what they recorded is missing here. New-KlingVideo -Resume stops at them and names them.");
        }
    }

    /// <summary>Writes once that the journal missed something that a look found out, or has damaged lines. It ends nothing.</summary>
    internal void WriteUnrecorded(KlingServices services)
    {
        WarnOfDamage(services.Journal);
        if (services.Poller.TakeJournalFault() is JournalException unwritten)
        {
            WriteFailure(new UnrecordedResultException(unwritten), null);
        }
    }

    /// <summary>Writes a warning. Like the next ones, it hides PowerShell's own method, which would send a text from outside to the terminal as it is.</summary>
    internal new void WriteWarning(string text) => base.WriteWarning(ConsoleText.Of(text));

    /// <summary>Writes to the verbose stream.</summary>
    internal new void WriteVerbose(string text) => base.WriteVerbose(ConsoleText.Of(text));

    /// <summary>Writes to the debug stream.</summary>
    internal new void WriteDebug(string text) => base.WriteDebug(ConsoleText.Of(text));

    /// <summary>Whether an action may be done; -WhatIf and -Confirm show it.</summary>
    internal new bool ShouldProcess(string target, string action) => base.ShouldProcess(ConsoleText.Of(target), ConsoleText.Of(action));

    /// <summary>
    /// Writes to the verbose stream where that is wanted; elsewhere the text is not even made. With -Debug alone it is not wanted:
    /// PowerShell would ask a question at each line.
    /// </summary>
    internal void WriteVerboseLazily(Func<string> text)
    {
        if (IsVerbose)
        {
            WriteVerbose(text());
        }
    }

    /// <summary>Writes to the verbose stream, where that is wanted, what happens now. Safe from every thread once work was started.</summary>
    internal void TellNow(Func<string> text)
    {
        if (IsVerbose)
        {
            string line = FormattableString.Invariant($"{SystemClock.Instance.UtcNow:HH:mm:ss}Z {text()}");
            Bridge.TryPost(() => WriteVerbose(line));
        }
    }

    /// <summary>
    /// Sets the variable that the caller named for the summary. This comes before anything can fail, or the variable would keep the numbers
    /// of another command. As with -OutVariable, a plus sign adds to what the variable holds.
    /// </summary>
    private protected KlingBatchSummary? SetSummary(string? variable)
    {
        // An empty name is refused with the other empty values.
        string name = variable?.TrimStart('+') ?? "";
        if (string.IsNullOrWhiteSpace(name))
        {
            return null;
        }

        var summary = new KlingBatchSummary();
        object value = summary;
        if (name.Length < variable!.Length)
        {
            object? before = SessionState.PSVariable.GetValue(name);
            value = new ArrayList(before as ICollection ?? (before is null ? Array.Empty<object>() : new[] { before })) { summary };
        }

        SessionState.PSVariable.Set(name, value);
        return summary;
    }

    /// <summary>
    /// Writes the catalog's record of a failure; ends the command where every other item would fail the same way. The task is only
    /// needed where neither failure nor target names it.
    /// </summary>
    internal void WriteFailure(Exception exception, object? target, Guid? task = null)
    {
        ErrorRecord record = ErrorCatalog.ToRecord(exception, target, task);
        if (ErrorCatalog.EndsTheBatch(exception))
        {
            ThrowTerminatingError(record);
        }

        WriteError(record);
    }

    /// <summary>Shows a line to the person, as Write-Host does; not where -InformationAction or its preference asks for silence.</summary>
    internal void Say(string text)
    {
        bool isGiven = MyInvocation.BoundParameters.ContainsKey("InformationAction");
        ActionPreference? wanted = Preference("InformationAction", "InformationPreference");
        if (wanted != ActionPreference.Ignore && !(isGiven && wanted == ActionPreference.SilentlyContinue))
        {
            WriteInformation(new HostInformationMessage { Message = ConsoleText.Of(text) }, ["PSHOST"]);
        }
    }

    // A variable that was never set arrives as one of these.
    private static bool IsEmpty(object? value) => value switch
    {
        null => true,
        PSObject wrapped => IsEmpty(wrapped.BaseObject),
        string text => string.IsNullOrWhiteSpace(text),
        Guid id => id == Guid.Empty,
        IList items => items.Cast<object?>().All(IsEmpty),
        _ => false,
    };

    /// <summary>Whether the parameter's own attributes allow it.</summary>
    private bool MayBeEmpty(string parameter, object? value) => value is not null && MyInvocation.MyCommand.Parameters[parameter].Attributes
        .Any(attribute => value is IList { Count: 0 } ? attribute is AllowEmptyCollectionAttribute : attribute is AllowEmptyStringAttribute);

    /// <summary>What a common parameter asks for, or the preference variable behind it; null where that cannot be read.</summary>
    private ActionPreference? Preference(string parameter, string variable)
    {
        object? value = MyInvocation.BoundParameters.TryGetValue(parameter, out object? given) ? given : GetVariableValue(variable);
        return value is SwitchParameter isOn
            ? isOn ? ActionPreference.Continue : ActionPreference.SilentlyContinue
            : LanguagePrimitives.TryConvertTo(value, out ActionPreference action) ? action : null;
    }
}

using System.Runtime.InteropServices;

namespace Kling.Pipeline;

/// <summary>
/// The progress of one cmdlet: a bar of its own, and one below it for each transfer that takes long enough to be watched.
/// At most five updates a second, and taken off the screen however the cmdlet ends. Used on the pipeline thread.
/// </summary>
internal sealed class ProgressMeter(PSCmdlet cmdlet, string activity, IClock clock)
{
    // Hosts tell bars apart by the source and this number; any constant of our own will do.
    private const int ParentId = 0x4B11;
    private const int MostChildren = 4;
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_worthWatching = TimeSpan.FromSeconds(1);

    // PowerShell counts the sources of its own cmdlets from 1.
    private static long s_lastSource = (long)ParentId << 32;
    private readonly long _source = Interlocked.Increment(ref s_lastSource);
    private readonly UpdateLimit _limit = new(clock, s_period);
    private readonly Transfer?[] _children = new Transfer?[MostChildren];
    private bool _isShown;

    /// <summary>What is being sent and fetched.</summary>
    internal RunningTransfers Transfers { get; } = new(clock);

    /// <summary>Shows the present state, unless the last update was a moment ago.</summary>
    internal void Show(Func<ProgressState> read)
    {
        if (!_limit.TryTake())
        {
            return;
        }

        ProgressState state = read();
        _isShown = true;
        Write(new ProgressRecord(ParentId, activity, ConsoleText.Of(state.Status)) { PercentComplete = state.Percent, SecondsRemaining = state.SecondsRemaining });
        ShowTransfers();
    }

    /// <summary>Takes what was shown off the screen.</summary>
    internal void Complete() => Complete(Write);

    /// <summary>As above, for a cmdlet that may not write any more: it was stopped, it failed, or its reader left.</summary>
    internal void Abandon() => Complete(record => cmdlet.Host.UI.WriteProgress(_source, record));

    private void Complete(Action<ProgressRecord> write)
    {
        if (!_isShown)
        {
            return;
        }

        // Writing may throw in a stopped cmdlet. What was not taken off then stays marked as shown.
        for (int i = 0; i < _children.Length; i++)
        {
            if (_children[i] is Transfer transfer)
            {
                write(Ended(ParentId + 1 + i, transfer.What));
                _children[i] = null;
            }
        }

        write(Ended(ParentId, activity));
        _isShown = false;
    }

    private void ShowTransfers()
    {
        IReadOnlyList<Transfer> running = Transfers.RunningFor(s_worthWatching, MostChildren);
        for (int i = 0; i < _children.Length; i++)
        {
            if (_children[i] is Transfer gone && !running.Contains(gone))
            {
                _children[i] = null;
                Write(Ended(ParentId + 1 + i, gone.What));
            }
        }

        // A transfer keeps its line while it is shown.
        foreach (Transfer transfer in running)
        {
            int slot = Array.IndexOf(_children, transfer);
            slot = slot >= 0 ? slot : Array.IndexOf(_children, null);
            _children[slot] = transfer;
            long bytes = transfer.Bytes;
            string of = transfer.Total is long total ? $" of {Size(total)}" : "";
            Write(new ProgressRecord(ParentId + 1 + slot, transfer.What, ConsoleText.Of($"{transfer.Name}: {Size(bytes)}{of}"))
            {
                ParentActivityId = ParentId,
                PercentComplete = transfer.Total is long whole and > 0 ? (int)Math.Min(100, 100 * bytes / whole) : -1,
            });
        }
    }

    private void Write(ProgressRecord record) => cmdlet.CommandRuntime.WriteProgress(_source, record);

    private static ProgressRecord Ended(int id, string what) => new(id, what, "Done") { RecordType = ProgressRecordType.Completed };

    private static string Size(long bytes) => FormattableString.Invariant($"{bytes / 1_000_000m:0.0} MB");
}

/// <summary>How far a cmdlet is.</summary>
/// <param name="Status">What to say about it.</param>
/// <param name="Percent">0 to 100; -1 where the whole is not known.</param>
/// <param name="SecondsRemaining">Seconds to the end; -1 where they are not known.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProgressState(string Status, int Percent = -1, int SecondsRemaining = -1)
{
    /// <summary>The share that is done, in percent; -1 while the whole is not known.</summary>
    internal static int PercentOf(int done, int? all) => all is int whole ? Math.Min(100, 100 * done / Math.Max(1, whole)) : -1;
}

using System.Globalization;
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

    // PowerShell draws "activity [status]" in one line of at most 120 columns, and cuts what is longer.
    private const int MostColumns = 120;
    private const int Frame = 4;
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
        Write(new ProgressRecord(ParentId, activity, ConsoleText.Of(Fitting(state.Forms, Columns() - activity.Length - Frame))) { PercentComplete = state.Percent });
        ShowTransfers();
    }

    /// <summary>The longest form that is not cut; the shortest one where all are too long.</summary>
    internal static string Fitting(IReadOnlyList<string> forms, int room) => forms.FirstOrDefault(form => form.Length <= room) ?? forms[^1];

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

    private int Columns()
    {
        try
        {
            int columns = cmdlet.Host.UI?.RawUI?.BufferSize.Width ?? 0;
            return columns > 0 ? Math.Min(MostColumns, columns) : MostColumns;
        }
        catch (Exception unknown) when (unknown is not PipelineStoppedException)
        {
            // A host without a screen may say so in several ways.
            return MostColumns;
        }
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
            long? whole = transfer.Total is long total and > 0 ? Math.Max(total, bytes) : null;

            // The name comes last: it may be long, and what is too long is cut.
            Write(new ProgressRecord(ParentId + 1 + slot, transfer.What, ConsoleText.Of($"{Amount(bytes, whole)}, {transfer.Name}"))
            {
                ParentActivityId = ParentId,
                PercentComplete = ProgressState.PercentOf(bytes, whole),
            });
        }
    }

    private void Write(ProgressRecord record) => cmdlet.CommandRuntime.WriteProgress(_source, record);

    private static ProgressRecord Ended(int id, string what) => new(id, what, "Done") { RecordType = ProgressRecordType.Completed };

    /// <summary>The bytes so far, and of how many, in the unit that fits the whole.</summary>
    private static string Amount(long bytes, long? whole)
    {
        (decimal size, string format, string unit) = (whole ?? bytes) < 1_000_000 ? (1000m, "0", "KB") : (1_000_000m, "0.0", "MB");
        string Text(long number) => (number / size).ToString(format, CultureInfo.InvariantCulture);
        return whole is long all ? $"{Text(bytes)} of {Text(all)} {unit}" : $"{Text(bytes)} {unit}";
    }
}

/// <summary>How far a cmdlet is.</summary>
/// <param name="Forms">What to say about it, from the fullest form to the shortest.</param>
/// <param name="Percent">0 to 100; 0 where the whole is not known.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProgressState(IReadOnlyList<string> Forms, int Percent = 0)
{
    private const string Between = " · ";

    /// <summary>Counts, money and time, the most important first. What a narrow screen has no room for is left out from the end.</summary>
    /// <param name="counts">How many are done, failed and open.</param>
    /// <param name="money">What is spent; null where that is not counted.</param>
    /// <param name="gone">How long it has taken.</param>
    /// <param name="left">How long it will still take; null where nobody knows.</param>
    /// <param name="percent">0 to 100; 0 where the whole is not known.</param>
    internal static ProgressState Of(string counts, string? money, TimeSpan gone, TimeSpan? left, int percent)
    {
        string been = NumberText.Duration(gone);
        string start = money is null ? counts : counts + Between + money;
        string? rest = left is TimeSpan time ? NumberText.Duration(time) + " left" : null;
        return new ProgressState(rest is null
            ? [$"{start}{Between}{been} gone", $"{counts}{Between}{been} gone", counts]
            : [$"{start}{Between}{been} gone, {rest}", $"{start}{Between}{been}, {rest}", $"{start}{Between}{rest}", $"{counts}{Between}{rest}", counts], percent);
    }

    /// <summary>The share that is done, in percent. While the whole is not known it is 0, since PowerShell fills the bar for a share that is not known.</summary>
    internal static int PercentOf(long done, long? all) => all is long whole and > 0 ? (int)Math.Min(100, 100 * done / whole) : 0;
}

using System.Management.Automation;

namespace Kling.Pipeline;

/// <summary>One progress record of a cmdlet, updated while the pipeline thread waits and always completed.</summary>
internal sealed class ProgressMeter(PSCmdlet cmdlet, string activity)
{
    // Hosts tell progress bars apart by this number; any constant of our own will do.
    private const int ActivityId = 0x4B11;
    private string? _shown;

    /// <summary>Shows the state if it differs from what is on the screen.</summary>
    internal void Show(string status, int percent)
    {
        if (status == _shown)
        {
            return;
        }

        _shown = status;
        cmdlet.WriteProgress(new ProgressRecord(ActivityId, activity, status) { PercentComplete = percent });
    }

    /// <summary>Takes the bar off the screen, if one was shown.</summary>
    internal void Complete()
    {
        if (_shown is null)
        {
            return;
        }

        _shown = null;
        cmdlet.WriteProgress(new ProgressRecord(ActivityId, activity, "Done") { RecordType = ProgressRecordType.Completed });
    }
}

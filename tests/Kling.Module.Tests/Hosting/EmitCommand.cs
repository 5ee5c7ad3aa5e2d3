using System.Management.Automation;

namespace Kling.Module.Tests.Hosting;

/// <summary>Writes numbers to every stream, asks, and can be stopped: what the host's tests need of a cmdlet.</summary>
[Cmdlet("Test", "Emit", SupportsShouldProcess = true)]
public sealed class EmitCommand : PSCmdlet, IDisposable
{
    private readonly ManualResetEventSlim _stop = new();

    /// <summary>How many numbers it wrote in all invocations since this was reset.</summary>
    public static int Written { get; set; }

    /// <summary>How many numbers.</summary>
    [Parameter(Position = 0)]
    public int Numbers { get; set; } = 3;

    /// <summary>Waits to be stopped at the end.</summary>
    [Parameter]
    public SwitchParameter Forever { get; set; }

    /// <summary>Reads a secret and writes its length.</summary>
    [Parameter]
    public SwitchParameter Secret { get; set; }

    protected override void EndProcessing()
    {
        if (Secret)
        {
            WriteObject(Host.UI.ReadLineAsSecureString().Length);
            return;
        }

        for (int i = 1; i <= Numbers && ShouldProcess($"item {i}", "Emit"); i++)
        {
            WriteProgress(new ProgressRecord(1, "emit", $"{i} of {Numbers}"));
            Written++;
            WriteObject(i);
        }

        WriteVerbose("verbose text");
        WriteDebug("debug text");
        WriteWarning("warning text");
        WriteError(new ErrorRecord(new InvalidOperationException("error text"), "EmitError", ErrorCategory.InvalidOperation, 7));
        if (Forever)
        {
            _stop.Wait();
        }
    }

    protected override void StopProcessing() => _stop.Set();

    public void Dispose() => _stop.Dispose();
}

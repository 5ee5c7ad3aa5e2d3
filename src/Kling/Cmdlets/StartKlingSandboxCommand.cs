using System.Management.Automation;
using Kling.Binding;
using Kling.Models;
using Kling.Sandbox;
using Kling.Session;

namespace Kling.Cmdlets;

/// <summary>Starts the simulator of the service on loopback. It costs nothing, and the session uses it only after Connect-Kling -Sandbox.</summary>
[Cmdlet(VerbsLifecycle.Start, "KlingSandbox")]
[OutputType(typeof(KlingSandboxInfo))]
public sealed class StartKlingSandboxCommand : PSCmdlet
{
    /// <summary>Seconds a video takes; 2 when left out.</summary>
    [Parameter]
    [DecimalCell("GenerationSeconds")]
    [ValidateRange(0, 3600)]
    public decimal? GenerationSeconds { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (KlingSession.Sandbox is not null)
        {
            WriteWarning("A sandbox already runs in this process; it was left as it is.");
        }

        KlingSession.StartSandbox(new SandboxOptions { GenerationDelay = TimeSpan.FromSeconds((double)(GenerationSeconds ?? 2m)) });
        WriteObject(SandboxReport.Current());
    }
}

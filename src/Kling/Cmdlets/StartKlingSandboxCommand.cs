using Kling.Binding;
using Kling.Pipeline;
using Kling.Sandbox;
using Kling.Session;

namespace Kling.Cmdlets;

/// <summary>Starts the simulator of the service on loopback. It costs nothing, and the session uses it only after Connect-Kling -Sandbox.</summary>
[Cmdlet(VerbsLifecycle.Start, "KlingSandbox")]
[OutputType(typeof(KlingSandboxInfo))]
public sealed class StartKlingSandboxCommand : KlingCmdlet
{
    // A number: a field of the enum's own type would load the sandbox's assembly when the module is imported.
    private int _repeatedId;

    /// <summary>Seconds a video takes; 2 when left out.</summary>
    [Parameter]
    [DecimalCell("GenerationSeconds")]
    [ValidateRange(0, 3600)]
    public decimal? GenerationSeconds { get; set; }

    /// <summary>The longest a video takes, in seconds; each task's own time is drawn between this and GenerationSeconds.</summary>
    [Parameter]
    [DecimalCell("MaxGenerationSeconds")]
    [ValidateRange(0, 3600)]
    public decimal? MaxGenerationSeconds { get; set; }

    /// <summary>
    /// Faults to rehearse, each as <c>Kind</c>, <c>Kind:Target</c> or <c>Kind:Target:Times</c>, for example
    /// <c>LostAckAfterAccept:Submit:1</c>; about_Kling_Sandbox lists them.
    /// </summary>
    [Parameter]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public string[] Fault { get; set; } = [];

    /// <summary>Whether the service refuses a repeated task id (the default) or runs and bills it again.</summary>
    [Parameter]
    public RepeatedIdMode RepeatedId { get => (RepeatedIdMode)_repeatedId; set => _repeatedId = (int)value; }

    /// <summary>The account's balance in USD at the start; 1000 when left out. A task that it does not cover is refused.</summary>
    [Parameter]
    [MoneyCell("Balance")]
    public decimal? Balance { get; set; }

    /// <summary>The sandbox without a parameter.</summary>
    internal static SandboxOptions Usual => new() { GenerationDelay = TimeSpan.FromSeconds(2) };

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(() =>
    {
        if (KlingSession.Sandbox is not null)
        {
            WriteWarning("A sandbox already runs in this process; it was left as it is.");
        }

        KlingSession.StartSandbox(new SandboxOptions
        {
            GenerationDelay = GenerationSeconds is decimal seconds ? TimeSpan.FromSeconds((double)seconds) : Usual.GenerationDelay,
            MaxGenerationDelay = MaxGenerationSeconds is decimal longest ? TimeSpan.FromSeconds((double)longest) : null,
            RepeatedIdMode = RepeatedId,
            Faults = [.. Fault.Select(ReadFault)],
            Balance = Balance ?? SandboxOptions.DefaultBalance,
        });
        WriteObject(KlingSession.DescribeSandbox());
    });

    private static SandboxFault ReadFault(string text)
    {
        try
        {
            return SandboxFault.Parse(text);
        }
        catch (FormatException invalid)
        {
            throw new InputException(ErrorCatalog.InvalidRequest,
                $"Fault: {invalid.Message}", $"Start-KlingSandbox -Fault LostAckAfterAccept:Submit:1")
            {
                Target = text,
            };
        }
    }
}

/// <summary>Stops the sandbox. A session that used it stays off the live service until Connect-Kling.</summary>
[Cmdlet(VerbsLifecycle.Stop, "KlingSandbox")]
public sealed class StopKlingSandboxCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => KlingSession.StopSandbox();
}

/// <summary>Shows the sandbox: what it would have billed, and each request it answered.</summary>
[Cmdlet(VerbsCommon.Get, "KlingSandbox")]
[OutputType(typeof(KlingSandboxInfo))]
public sealed class GetKlingSandboxCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteObject(KlingSession.DescribeSandbox());
}

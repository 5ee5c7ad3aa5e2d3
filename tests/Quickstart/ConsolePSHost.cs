using System.Globalization;
using System.Management.Automation.Host;

namespace Kling.Quickstart;

/// <summary>A host that shows everything on the console as it happens.</summary>
internal sealed class ConsolePSHost : PSHost
{
    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override string Name => "KlingQuickstart";

    public override ConsolePSHostUI UI { get; } = new();

    public override Version Version { get; } = new(1, 0);

    /// <summary>What the script gave to exit; 0 when it did not.</summary>
    internal int ExitCode { get; private set; }

    public override void EnterNestedPrompt() => throw new NotSupportedException("No nested prompt here.");

    public override void ExitNestedPrompt() => throw new NotSupportedException("No nested prompt here.");

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;
}

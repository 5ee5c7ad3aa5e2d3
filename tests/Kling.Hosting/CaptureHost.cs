using System.Globalization;
using System.Management.Automation.Host;

namespace Kling.Hosting;

/// <summary>A host that records what a person would see, and answers from a script.</summary>
public sealed class CaptureHost : PSHost
{
    /// <inheritdoc/>
    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    /// <inheritdoc/>
    public override CultureInfo CurrentUICulture => CultureInfo.GetCultureInfo("en-US");

    /// <inheritdoc/>
    public override Guid InstanceId { get; } = Guid.NewGuid();

    /// <inheritdoc/>
    public override string Name => "KlingCaptureHost";

    /// <inheritdoc/>
    public override CaptureUI UI { get; } = new();

    /// <inheritdoc/>
    public override Version Version { get; } = new(1, 0);

    /// <summary>The exit code a script asked for; null when none did.</summary>
    public int? ExitCode { get; private set; }

    /// <inheritdoc/>
    public override void EnterNestedPrompt() => throw new NotSupportedException("No nested prompt in a test.");

    /// <inheritdoc/>
    public override void ExitNestedPrompt() => throw new NotSupportedException("No nested prompt in a test.");

    /// <inheritdoc/>
    public override void NotifyBeginApplication()
    {
    }

    /// <inheritdoc/>
    public override void NotifyEndApplication()
    {
    }

    /// <inheritdoc/>
    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;
}

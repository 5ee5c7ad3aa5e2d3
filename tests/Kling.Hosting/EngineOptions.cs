using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;

namespace Kling.Hosting;

/// <summary>What an <see cref="EngineHost"/> starts with.</summary>
public sealed class EngineOptions
{
    /// <summary>Full path of the module manifest to import; null for none.</summary>
    public string? ModulePath { get; init; }

    /// <summary>The host; null for a <see cref="CaptureHost"/> of its own.</summary>
    public PSHost? Host { get; init; }

    /// <summary>The starting location; null for the process's.</summary>
    public string? Location { get; init; }

    /// <summary>More to put into the session, such as a cmdlet type of a test.</summary>
    public IReadOnlyList<SessionStateCommandEntry> Commands { get; init; } = [];
}

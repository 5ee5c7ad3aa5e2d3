using System.Management.Automation;
using Kling.Session;

namespace Kling.Pipeline;

/// <summary>
/// Writes what the engine tells to one cmdlet's verbose and debug streams, while the cmdlet runs and only where it asked for them.
/// The engine is the process's: a cmdlet also hears what others wait for at the same time.
/// </summary>
internal sealed class EngineListener : IDisposable
{
    private readonly KlingCmdlet _cmdlet;
    private readonly bool _decisions;
    private readonly bool _wire;

    private EngineListener(KlingCmdlet cmdlet, bool decisions, bool wire)
    {
        (_cmdlet, _decisions, _wire) = (cmdlet, decisions, wire);
        if (decisions)
        {
            KlingEngine.Log.Decided += OnDecided;
        }

        if (wire)
        {
            KlingEngine.Log.Wired += OnWired;
        }
    }

    /// <summary>Listens where -Verbose or -Debug, or the preference behind them, asks for it; null where neither does.</summary>
    internal static EngineListener? For(KlingCmdlet cmdlet)
    {
        bool decisions = Wants(cmdlet, "Verbose", "VerbosePreference");
        bool wire = Wants(cmdlet, "Debug", "DebugPreference");
        return decisions || wire ? new EngineListener(cmdlet, decisions, wire) : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_decisions)
        {
            KlingEngine.Log.Decided -= OnDecided;
        }

        if (_wire)
        {
            KlingEngine.Log.Wired -= OnWired;
        }
    }

    /// <summary>Whether a switch or the preference behind it asks for a stream.</summary>
    internal static bool Wants(KlingCmdlet cmdlet, string parameter, string preference)
    {
        if (cmdlet.MyInvocation.BoundParameters.TryGetValue(parameter, out object? given))
        {
            return given is SwitchParameter { IsPresent: true };
        }

        object value = cmdlet.GetVariableValue(preference);
        return LanguagePrimitives.TryConvertTo(value, out ActionPreference action)
            && action is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);
    }

    private void OnDecided(string text) => _cmdlet.Bridge.TryPost(() => _cmdlet.WriteVerbose(text));

    private void OnWired(string text) => _cmdlet.Bridge.TryPost(() => _cmdlet.WriteDebug(text));
}

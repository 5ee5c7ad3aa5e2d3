using Kling.Session;

namespace Kling.Pipeline;

/// <summary>
/// Writes the process's log to one cmdlet's verbose and debug streams, while the cmdlet runs and where it asked for them.
/// A cmdlet also hears of what other cmdlets wait for at the same time.
/// </summary>
internal sealed class LogForwarder : IDisposable
{
    private readonly KlingCmdlet _cmdlet;
    private readonly bool _decisions;
    private readonly bool _wire;

    /// <summary>Listens where -Verbose or -Debug, or the preference behind them, asks for it.</summary>
    internal LogForwarder(KlingCmdlet cmdlet)
    {
        _cmdlet = cmdlet;
        _decisions = cmdlet.IsVerbose;
        _wire = cmdlet.IsShown("Debug", "DebugPreference");
        if (_decisions)
        {
            KlingServices.Log.Decided += OnDecided;
        }

        if (_wire)
        {
            KlingServices.Log.Wired += OnWired;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_decisions)
        {
            KlingServices.Log.Decided -= OnDecided;
        }

        if (_wire)
        {
            KlingServices.Log.Wired -= OnWired;
        }
    }

    private void OnDecided(string text) => _cmdlet.TellNow(() => text);

    private void OnWired(string text) => _cmdlet.Bridge.TryPost(() => _cmdlet.WriteDebug(text));
}

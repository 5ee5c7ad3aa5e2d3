using System.Management.Automation;

namespace Kling.Session;

/// <summary>Stops the sandbox and forgets the key when the module is removed.</summary>
public sealed class ModuleCleanup : IModuleAssemblyCleanup
{
    /// <inheritdoc/>
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        KlingSession.StopSandbox();
        KlingSession.Disconnect();
    }
}

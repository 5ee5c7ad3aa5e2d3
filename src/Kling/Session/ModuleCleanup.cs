using System.Management.Automation.Runspaces;
using Kling.Requests;

namespace Kling.Session;

/// <summary>
/// Stops the sandbox and forgets the key when the module is removed. Both are the process's: while another open runspace has
/// the module (a ThreadJob, ForEach-Object -Parallel), they stay.
/// </summary>
public sealed class ModuleCleanup : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    private static readonly List<Runspace> s_users = [];

    /// <inheritdoc/>
    public void OnImport()
    {
        ModelSpec.Imported = ImportedModels.Read;
        lock (s_users)
        {
            Forget(Runspace.DefaultRunspace);
            s_users.Add(Runspace.DefaultRunspace);
        }
    }

    /// <inheritdoc/>
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        lock (s_users)
        {
            Forget(Runspace.DefaultRunspace);
            if (s_users.Count > 0)
            {
                return;
            }
        }

        KlingSession.StopSandbox();
        KlingSession.Disconnect();
    }

    // A runspace that was closed with the module in it never says so.
    private static void Forget(Runspace leaving) =>
        s_users.RemoveAll(user => user == leaving || user.RunspaceStateInfo.State is not (RunspaceState.Opened or RunspaceState.Opening or RunspaceState.BeforeOpen));
}

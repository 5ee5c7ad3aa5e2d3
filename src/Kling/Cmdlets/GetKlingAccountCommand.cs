using System.Management.Automation;
using Kling.Errors;
using Kling.Journal;
using Kling.Models;
using Kling.Pipeline;
using Kling.Session;

namespace Kling.Cmdlets;

/// <summary>Shows balance and usage of the account behind the key; never its members or keys.</summary>
[Cmdlet(VerbsCommon.Get, "KlingAccount")]
[OutputType(typeof(KlingAccount))]
public sealed class GetKlingAccountCommand : KlingCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        KlingAccount? account = null;
        try
        {
            KlingEngine engine = KlingSession.Engine();
            RunToEnd(async token => account = await engine.Service.GetAccountAsync(token).ConfigureAwait(false));
        }
        catch (Exception failure) when (failure is InputException or JournalException)
        {
            ThrowTerminatingError(ErrorCatalog.ToRecord(failure, null));
        }
        catch (KlingApiException failure)
        {
            WriteFailure(failure, null);
        }

        if (account is not null)
        {
            WriteObject(account);
        }
    }
}

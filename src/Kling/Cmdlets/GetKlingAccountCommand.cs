using Kling.Pipeline;
using Kling.Session;

namespace Kling.Cmdlets;

/// <summary>Shows balance and usage of the account behind the key; never its members or keys.</summary>
[Cmdlet(VerbsCommon.Get, "KlingAccount")]
[OutputType(typeof(KlingAccount))]
public sealed class GetKlingAccountCommand : KlingCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(() =>
    {
        KlingServices services = KlingSession.Services();
        RunToEnd(async token =>
        {
            try
            {
                KlingAccount account = await services.Service.GetAccountAsync(token).ConfigureAwait(false);
                Bridge.Post(() => WriteObject(account));
            }
            catch (KlingApiException failure)
            {
                Bridge.Post(() => WriteFailure(failure, null));
            }
        });
    });
}

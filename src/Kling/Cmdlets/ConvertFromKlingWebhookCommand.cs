using Kling.Journal;
using Kling.Pipeline;
using Kling.Polling;
using Kling.Session;
using Kling.Wire;

namespace Kling.Cmdlets;

/// <summary>
/// Looks at the tasks that a webhook's bodies name. Anybody may have sent a body, so it only says where to look: what is emitted and
/// recorded is the service's own answer. With -Local, what the bodies claim; then nothing is asked and nothing is recorded.
/// </summary>
[Cmdlet(VerbsData.ConvertFrom, "KlingWebhook")]
[OutputType(typeof(KlingTask))]
public sealed class ConvertFromKlingWebhookCommand : KlingCmdlet
{
    private readonly WebhookTasks _claims = new(SystemClock.Instance);
    private KlingServices? _services;
    private TaskLookup? _lookup;
    private int _bodies;

    /// <summary>Bodies as they arrived: one a string, or one a line of a string.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("RawBody", "Content")]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public string[] Body { get; set; } = [];

    /// <summary>Emits what the bodies claim, without asking the service. The journal is neither read nor written.</summary>
    [Parameter]
    [Alias("NoJournal")]
    public SwitchParameter Local { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => Run(() =>
    {
        base.BeginProcessing();
        _services = Local ? null : KlingSession.Services();
        _lookup = _services is null ? null : new TaskLookup(_services.Journal, _services.Api.Endpoint);
    });

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string body in Body.SelectMany(WebhookReader.Split))
        {
            // A body is named by its number and not shown: it may be anything, of any size.
            string name = $"body {++_bodies}";
            Run(() => Convert(body, name), name);
        }
    }

    private void Convert(string body, string name)
    {
        ApiReply claimed;
        try
        {
            claimed = WebhookReader.Read(body);
        }
        catch (WebhookException failure)
        {
            WriteFailure(failure, name);
            return;
        }

        if (_services is null)
        {
            WriteObject(_claims.Claims(claimed), enumerateCollection: true);
        }
        else
        {
            RunToEnd(token => LookAsync(_services, WebhookTasks.IdsOf(claimed), name, token));
        }
    }

    /// <summary>Emits the tasks as the service shows them now. One that has ended is not asked about again, however often its body comes.</summary>
    private async Task LookAsync(KlingServices services, IReadOnlyList<Guid> ids, string name, CancellationToken token)
    {
        try
        {
            IReadOnlyList<KlingTask> tasks = await _lookup!.ByIdAsync(ids, token).ConfigureAwait(false);
            try
            {
                KlingTask[] open = [.. tasks.Where(task => !task.IsTerminal)];
                if (open.Length > 0)
                {
                    await services.Poller.LookAsync(open, token).ConfigureAwait(false);
                }
            }
            catch (KlingApiException failure)
            {
                // It is written beside what the journal knows. What the body claims is not taken instead.
                Bridge.Post(() => WriteFailure(failure, name));
            }

            Bridge.Post(() =>
            {
                WriteObject(tasks.Select(task => task.Snapshot()), enumerateCollection: true);
                WriteUnrecorded(services);
            });
        }
        catch (JournalException failure)
        {
            Bridge.Post(() => WriteFailure(failure, name));
        }
    }
}

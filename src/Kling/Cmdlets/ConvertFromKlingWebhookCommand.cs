using Kling.Journal;
using Kling.Pipeline;
using Kling.Polling;
using Kling.Session;
using Kling.Wire;

namespace Kling.Cmdlets;

/// <summary>Turns the bodies the service posts to a webhook into tasks. Makes no call.</summary>
[Cmdlet(VerbsData.ConvertFrom, "KlingWebhook")]
[OutputType(typeof(KlingTask))]
public sealed class ConvertFromKlingWebhookCommand : KlingCmdlet
{
    private WebhookTasks? _tasks;
    private int _bodies;

    /// <summary>Bodies as they arrived: one a string, or one a line of a string.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("RawBody", "Content")]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public string[] Body { get; set; } = [];

    /// <summary>Neither reads nor writes this machine's journal.</summary>
    [Parameter]
    public SwitchParameter NoJournal { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => Run(() =>
    {
        base.BeginProcessing();
        Uri? endpoint = NoJournal ? null : KlingSession.Address();
        _tasks = new WebhookTasks(endpoint is null ? null : KlingSession.OpenJournal(endpoint), endpoint, SystemClock.Instance);
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
        try
        {
            foreach (KlingTask task in _tasks!.Take(WebhookReader.Read(body)))
            {
                WriteObject(task);
            }
        }
        catch (WebhookException failure)
        {
            WriteFailure(failure, name);
        }

        if (_tasks!.JournalFault is JournalException unwritten)
        {
            throw unwritten;
        }
    }
}

using System.Management.Automation;
using Kling.Errors;
using Kling.Journal;
using Kling.Models;
using Kling.Polling;
using Kling.Session;
using Kling.Support;
using Kling.Wire;

namespace Kling.Cmdlets;

/// <summary>Turns the bodies the service posts to a webhook into tasks. Makes no call.</summary>
[Cmdlet(VerbsData.ConvertFrom, "KlingWebhook")]
[OutputType(typeof(KlingTask))]
public sealed class ConvertFromKlingWebhookCommand : PSCmdlet
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
    protected override void BeginProcessing()
    {
        try
        {
            IClock clock = SystemClock.Instance;
            Uri? endpoint = NoJournal ? null : KlingSession.Address();
            _tasks = new WebhookTasks(endpoint is null ? null : new JournalFolder().Open(endpoint, clock), endpoint, clock);
        }
        catch (Exception failure) when (failure is InputException or JournalException)
        {
            ThrowTerminatingError(ErrorCatalog.ToRecord(failure, null));
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string body in Body.SelectMany(WebhookReader.Split))
        {
            Convert(body, ++_bodies);
        }
    }

    private void Convert(string body, int number)
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
            // The body itself is not shown: it may be anything, of any size.
            WriteError(ErrorCatalog.ToRecord(failure, $"body {number}"));
        }
        catch (JournalException failure)
        {
            ThrowTerminatingError(ErrorCatalog.ToRecord(failure, $"body {number}"));
        }

        if (_tasks!.JournalFault is JournalException unwritten)
        {
            ThrowTerminatingError(ErrorCatalog.ToRecord(unwritten, $"body {number}"));
        }
    }
}

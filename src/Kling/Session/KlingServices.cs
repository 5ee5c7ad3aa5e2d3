using Kling.Client;
using Kling.Downloads;
using Kling.Journal;
using Kling.Polling;
using Kling.Submit;

namespace Kling.Session;

/// <summary>What serves the cmdlets on one connection: the client, the journal, and what sends, polls, uploads and downloads with them.</summary>
internal sealed class KlingServices : IDisposable
{
    private readonly HttpClient _http = HttpClientFactory.CreateApi();

    internal KlingServices(Uri endpoint, Credential credential)
    {
        IClock clock = SystemClock.Instance;
        Api = new KlingApi(_http, endpoint, credential, clock, log: Log);
        var folder = new JournalFolder();
        Journal = folder.Open(endpoint, clock);
        Uploads = folder.OpenUploads(endpoint, clock);
        Submitter = new TaskSubmitter(Api, Journal, clock) { Log = Log };
        Poller = new TaskPoller(Api, Journal, clock) { Log = Log };
        Inline = new InlineVideos(Api);
        Uploader = new ImageUploader(Api, Uploads, clock);
        ImageSubmitter = new ImageSubmitter(Submitter, Uploader, Uploads);
        Service = new ServiceCalls(Api, clock);
    }

    /// <summary>The log of all connections of this process; -Verbose and -Debug show it.</summary>
    internal static ModuleLog Log { get; } = new();

    internal IKlingApi Api { get; }

    internal TaskJournal Journal { get; }

    internal TaskSubmitter Submitter { get; }

    internal TaskPoller Poller { get; }

    internal InlineVideos Inline { get; }

    internal UploadIndex Uploads { get; }

    internal ImageUploader Uploader { get; }

    internal ImageSubmitter ImageSubmitter { get; }

    internal ServiceCalls Service { get; }

    internal VideoDownloader Downloader { get; } = new();

    /// <summary>Whether <see cref="OpenConnection"/> was called.</summary>
    internal bool IsOpened { get; private set; }

    /// <summary>Opens the connection for the first request, beside what is done until then. Only once: later there is one.</summary>
    internal void OpenConnection()
    {
        if (!IsOpened)
        {
            IsOpened = true;
            _ = Task.Run(() => EarlyConnection.OpenAsync(_http, Api.Endpoint));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        Downloader.Dispose();
    }
}

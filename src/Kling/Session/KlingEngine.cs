using System.Net.Http;
using Kling.Client;
using Kling.Downloads;
using Kling.Journal;
using Kling.Polling;
using Kling.Submit;
using Kling.Support;

namespace Kling.Session;

/// <summary>The engine of one connection: the rooms, put together.</summary>
internal sealed class KlingEngine : IDisposable
{
    private readonly HttpClient _http = HttpClientFactory.CreateApi();

    internal KlingEngine(Uri endpoint, Credential credential)
    {
        IClock clock = SystemClock.Instance;
        Api = new KlingApi(_http, endpoint, credential, clock, log: Log);
        var folder = new JournalFolder();
        Journal = folder.Open(endpoint, clock);
        Uploads = folder.OpenUploads(endpoint, clock);
        Submitter = new TaskSubmitter(Api, Journal, clock) { Log = Log };
        Poller = new TaskPoller(Api, Journal, clock) { Log = Log };
        Uploader = new ImageUploader(Api, Uploads, clock);
        ImageSubmitter = new ImageSubmitter(Submitter, Uploader, Uploads);
        Service = new ServiceCalls(Api, clock);
    }

    /// <summary>What all engines of this process tell; -Verbose and -Debug listen.</summary>
    internal static EngineLog Log { get; } = new();

    internal IKlingApi Api { get; }

    internal TaskJournal Journal { get; }

    internal TaskSubmitter Submitter { get; }

    internal TaskPoller Poller { get; }

    internal UploadIndex Uploads { get; }

    internal ImageUploader Uploader { get; }

    internal ImageSubmitter ImageSubmitter { get; }

    internal ServiceCalls Service { get; }

    internal VideoDownloader Downloader { get; } = new();

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        Downloader.Dispose();
    }
}

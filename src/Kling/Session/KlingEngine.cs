using System.Net.Http;
using Kling.Client;
using Kling.Journal;
using Kling.Media;
using Kling.Support;
using Kling.Tasks;

namespace Kling.Session;

/// <summary>The engine of one connection: the rooms, put together.</summary>
internal sealed class KlingEngine : IDisposable
{
    private readonly HttpClient _http = HttpClientFactory.CreateApi();

    internal KlingEngine(Uri endpoint, Credential credential)
    {
        IClock clock = SystemClock.Instance;
        Api = new KlingApi(_http, endpoint, credential, clock);
        var folder = new JournalFolder();
        Journal = folder.Open(endpoint, clock);
        Uploads = folder.OpenUploads(endpoint, clock);
        Submitter = new TaskSubmitter(Api, Journal, clock);
        Poller = new TaskPoller(Api, Journal, clock);
        Uploader = new ImageUploader(Api, Uploads, clock);
        Service = new ServiceCalls(Api, clock);
    }

    internal IKlingApi Api { get; }

    internal TaskJournal Journal { get; }

    internal TaskSubmitter Submitter { get; }

    internal TaskPoller Poller { get; }

    internal UploadIndex Uploads { get; }

    internal ImageUploader Uploader { get; }

    internal ServiceCalls Service { get; }

    internal VideoDownloader Downloader { get; } = new();

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        Downloader.Dispose();
    }
}

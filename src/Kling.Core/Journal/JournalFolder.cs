namespace Kling.Journal;

/// <summary>Where the journals live: one folder per user, with a file for live tasks and one for sandbox tasks.</summary>
public sealed class JournalFolder
{
    /// <summary>The environment variable that names another folder.</summary>
    public const string HomeVariable = "KLING_HOME";

    /// <summary>The file of the tasks that cost money.</summary>
    public const string LiveFile = "tasks.jsonl";

    /// <summary>The file of the tasks of a sandbox or of any other endpoint on this machine.</summary>
    public const string SandboxFile = "sandbox-tasks.jsonl";

    /// <summary>The file of the images that were uploaded to the live service.</summary>
    public const string UploadsFile = "uploads.jsonl";

    /// <summary>The file of the images that were uploaded to a sandbox.</summary>
    public const string SandboxUploadsFile = "sandbox-uploads.jsonl";

    /// <summary>Finds the folder; nothing is created yet.</summary>
    /// <param name="environment">Looks up an environment variable; the process's own when null.</param>
    /// <exception cref="JournalException"><c>KLING_HOME</c> is not an absolute path, or there is no place for user data.</exception>
    public JournalFolder(Func<string, string?>? environment = null)
    {
        string? home = (environment ?? Environment.GetEnvironmentVariable)(HomeVariable);
        if (string.IsNullOrWhiteSpace(home))
        {
            // Not verified: the folder may not exist yet, and then the lookup would answer nothing.
            string data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
            if (data.Length == 0)
            {
                throw new JournalException($"This user has no folder for application data; set {HomeVariable} to an absolute path.");
            }

            FullPath = Path.Combine(data, "Kling");
            return;
        }

        if (!Path.IsPathFullyQualified(home))
        {
            // A relative path would mean another journal in every working directory, and nobody would find the tasks again.
            throw new JournalException($"{HomeVariable} must be an absolute path; it is '{home}'.");
        }

        FullPath = Path.GetFullPath(home);
    }

    /// <summary>The folder's absolute path.</summary>
    public string FullPath { get; }

    /// <summary>The journal's file for the tasks of an endpoint.</summary>
    public string FileFor(Uri endpoint) => Path.Combine(FullPath, endpoint.IsLoopback ? SandboxFile : LiveFile);

    /// <summary>The journal of an endpoint; its file is made by the first record.</summary>
    public TaskJournal Open(Uri endpoint, IClock clock) => new(FileFor(endpoint), endpoint, clock);

    /// <summary>The index of the images that were uploaded to an endpoint.</summary>
    public UploadIndex OpenUploads(Uri endpoint, IClock clock) =>
        new(Path.Combine(FullPath, endpoint.IsLoopback ? SandboxUploadsFile : UploadsFile), endpoint, clock);
}

using Kling.Files;
using Kling.Journal;
using Kling.Requests;

namespace Kling.Session;

/// <summary>The models that this user imported. They are kept beside the journal, and read again when their folder has changed.</summary>
internal static class ImportedModels
{
    private static readonly object s_lock = new();
    private static (string Folder, DateTime Changed, IReadOnlyList<ModelSpec> Models)? s_read;

    private static string Folder => Path.Combine(new JournalFolder().FullPath, "models");

    /// <summary>The files.</summary>
    /// <exception cref="JournalException">There is no place for user data.</exception>
    internal static ModelFiles Files() => new(Folder);

    /// <summary>The models; none where there is no place for them.</summary>
    internal static IReadOnlyList<ModelSpec> Read()
    {
        try
        {
            string folder = Folder;
            DateTime changed = Directory.GetLastWriteTimeUtc(folder);
            lock (s_lock)
            {
                if (s_read is not var (known, then, models) || known != folder || then != changed)
                {
                    models = new ModelFiles(folder).Read();
                    s_read = (folder, changed, models);
                }

                return models;
            }
        }
        catch (Exception failure) when (failure is JournalException or IOException or UnauthorizedAccessException)
        {
            // Whoever needs the folder for more says so.
            return [];
        }
    }
}

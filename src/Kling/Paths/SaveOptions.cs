using Kling.Files;

namespace Kling.Paths;

/// <summary>Where and how one invocation saves videos. Safe to use from several threads.</summary>
internal sealed class SaveOptions
{
    private readonly FileNameTemplate _template;
    private readonly FileNameTemplate _strayTemplate;
    private readonly Dictionary<string, string> _taken = new(StringComparer.OrdinalIgnoreCase);

    internal SaveOptions(string directory, FileNameTemplate? template, bool sidecar, bool force)
    {
        Directory = System.IO.Path.GetFullPath(directory);
        _template = template ?? FileNameTemplate.Default;
        _strayTemplate = template ?? FileNameTemplate.ForVideos;
        Sidecar = sidecar;
        Force = force;
    }

    /// <summary>The folder's full path.</summary>
    internal string Directory { get; }

    /// <summary>Whether each video gets a sidecar.</summary>
    internal bool Sidecar { get; }

    /// <summary>Whether files that are already there are replaced.</summary>
    internal bool Force { get; }

    /// <summary>Where transfers are listed for the progress; null where nobody watches.</summary>
    internal RunningTransfers? Transfers { get; set; }

    /// <summary>How long the download of one video may take; null for no limit.</summary>
    internal TimeSpan? DownloadTime { get; set; }

    /// <summary>The field that a video without its task cannot fill; null when there is none.</summary>
    internal string? TaskField => _strayTemplate.TaskField;

    /// <summary>The version that sidecars name.</summary>
    internal static string ModuleVersion => typeof(SaveOptions).Assembly.GetName().Version!.ToString(3);

    /// <summary>
    /// Reads what the user gave, before anything is spent. The folder is the current location when left out; it is made, but not
    /// with -WhatIf.
    /// </summary>
    /// <exception cref="InputException">The folder or the template cannot be used.</exception>
    internal static SaveOptions From(PathIntrinsics paths, string? directory, string? fileName, bool sidecar, bool force, bool prepare)
    {
        try
        {
            FileNameTemplate? template = fileName is null ? null : FileNameTemplate.Parse(fileName);
            return new SaveOptions(prepare ? Prepare(paths, directory ?? ".") : ".", template, sidecar, force);
        }
        catch (FormatException failure)
        {
            throw new InputException(ErrorCatalog.InvalidRequest, failure.Message,
                $"Get-Help Save-KlingVideo -Parameter FileName # the fields; for example -FileName '{{Source}}-{{Date}}-{{ShortId}}'")
            {
                Target = fileName,
            };
        }
    }

    /// <summary>Whether a failure says that a path cannot be used or written.</summary>
    internal static bool IsPathFault(Exception failure) => failure is IOException or UnauthorizedAccessException or ArgumentException
        or NotSupportedException or System.Management.Automation.DriveNotFoundException or ProviderNotFoundException;

    /// <summary>The path of a task's video. A name that another task of this invocation has gets the task's id at its end.</summary>
    internal string PathFor(KlingTask task, int index, KlingVideo video)
    {
        string owner = FormattableString.Invariant($"{task.TaskId:N}/{index}");
        string field = _template.Has(FileNameTemplate.ShortId) ? FileNameTemplate.TaskId : FileNameTemplate.ShortId;
        return Take(owner, _template.For(task, video, index), () => _template.With(field).For(task, video, index));
    }

    /// <summary>The path of a video without its task.</summary>
    internal string PathFor(KlingVideo video, int index) =>
        Take(video.VideoId, _strayTemplate.For(video, index), () => _strayTemplate.With(FileNameTemplate.VideoId).For(video, index));

    private string Take(string owner, string name, Func<string> other)
    {
        lock (_taken)
        {
            if (!_taken.TryGetValue(name, out string? known))
            {
                _taken.Add(name, owner);
            }
            else if (known != owner)
            {
                name = other();
            }
        }

        return System.IO.Path.Combine(Directory, name);
    }

    /// <summary>Makes the folder.</summary>
    private static string Prepare(PathIntrinsics paths, string given)
    {
        try
        {
            string path = paths.GetUnresolvedProviderPathFromPSPath(given);
            System.IO.Directory.CreateDirectory(path);
            return path;
        }
        catch (Exception failure) when (IsPathFault(failure))
        {
            throw new InputException(ErrorCatalog.DirectoryUnusable,
                $"OutDirectory: '{given}' was given; allowed: a folder that exists or can be made. {failure.Message}")
            {
                Target = given,
            };
        }
    }
}

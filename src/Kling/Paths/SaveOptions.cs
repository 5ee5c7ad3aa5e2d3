using System.Management.Automation;
using Kling.Errors;
using Kling.Files;
using Kling.Models;
using Kling.Support;

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

    /// <summary>The field that a video without its task cannot fill; null when there is none.</summary>
    internal string? TaskField => _strayTemplate.TaskField;

    /// <summary>The version that sidecars name.</summary>
    internal static string ModuleVersion => typeof(SaveOptions).Assembly.GetName().Version!.ToString(3);

    /// <summary>Reads what the user gave; ends the cmdlet where it cannot be used, before anything is spent.</summary>
    /// <param name="cmdlet">The cmdlet.</param>
    /// <param name="directory">The folder; the current location when left out.</param>
    /// <param name="fileName">The template; the usual names when left out.</param>
    /// <param name="sidecar">Whether to write sidecars.</param>
    /// <param name="force">Whether to replace files.</param>
    /// <param name="prepare">Whether to make the folder; not with -WhatIf.</param>
    internal static SaveOptions From(PSCmdlet cmdlet, string? directory, string? fileName, bool sidecar, bool force, bool prepare)
    {
        try
        {
            FileNameTemplate? template = fileName is null ? null : FileNameTemplate.Parse(fileName);
            return new SaveOptions(prepare ? OutDirectories.Prepare(cmdlet, directory ?? ".") : ".", template, sidecar, force);
        }
        catch (FormatException failure)
        {
            cmdlet.ThrowTerminatingError(ErrorCatalog.ToRecord(
                new InputException(ErrorCatalog.InvalidRequest, failure.Message, "Get-Help Save-KlingVideo -Parameter FileName # the fields; for example -FileName '{Source}-{Date}-{ShortId}'"), fileName));
            throw;
        }
    }

    /// <summary>The path of a task's video. A name that another task of this invocation has gets the task's id at its end.</summary>
    internal string PathFor(KlingTask task, int index)
    {
        KlingVideo video = task.Videos[index];
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
}

/// <summary>Resolves and makes the folder for saved videos before anything is spent.</summary>
internal static class OutDirectories
{
    internal static string Prepare(PSCmdlet cmdlet, string given)
    {
        try
        {
            string path = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(given);
            Directory.CreateDirectory(path);
            return path;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException
            or NotSupportedException or System.Management.Automation.DriveNotFoundException or ProviderNotFoundException)
        {
            cmdlet.ThrowTerminatingError(ErrorCatalog.ToRecord(new InputException(ErrorCatalog.DirectoryUnusable,
                $"OutDirectory: '{given}' was given; allowed: a folder that exists or can be made. {failure.Message}"), given));
            throw;
        }
    }
}

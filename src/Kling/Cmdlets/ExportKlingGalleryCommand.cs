using Kling.Files;
using Kling.Paths;
using Kling.Pipeline;

namespace Kling.Cmdlets;

/// <summary>Writes one HTML page of tasks with their videos, prompts, settings, costs and failures. Makes no call.</summary>
[Cmdlet(VerbsData.Export, "KlingGallery", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportKlingGalleryCommand : KlingCmdlet
{
    private readonly List<KlingTask> _tasks = [];

    /// <summary>The tasks, in the order to show, for example from Get-KlingTask.</summary>
    [Parameter(ValueFromPipeline = true, Mandatory = true)]
    public KlingTask[] Task { get; set; } = [];

    /// <summary>The page's file; its folder is made when it does not exist. Keep it with the videos and images: the links are relative.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    public string Path { get; set; } = "";

    /// <summary>The page's title.</summary>
    [Parameter]
    public string Title { get; set; } = "Kling videos";

    /// <summary>Overwrites a file that is already there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _tasks.AddRange(Task);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_tasks.Count == 0)
        {
            WriteWarning("No task was given, so no gallery was written.");
            return;
        }

        try
        {
            string path = System.IO.Path.GetFullPath(SessionState.Path.GetUnresolvedProviderPathFromPSPath(Path));
            if (!ShouldProcess(path, "Write a gallery"))
            {
                return;
            }

            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path) ?? path);
            Gallery.Save(path, _tasks, Title, Force);
            WriteObject(FileItem.Of(this, path));
        }
        catch (OutputFileException failure)
        {
            WriteFailure(failure, Path);
        }
        catch (Exception failure) when (SaveOptions.IsPathFault(failure))
        {
            string message = $"Path: '{Path}' was given; allowed: a file in a folder that exists or can be made. {failure.Message}";
            WriteFailure(new OutputFileException(Path, message, exists: false, failure), Path);
        }
    }
}

using Kling.Files;
using Kling.Paths;
using Kling.Pipeline;
using Kling.Requests;
using Kling.Schemas;
using Kling.Session;

namespace Kling.Cmdlets;

/// <summary>Adds models from the schemas that the service publishes for them, for this user.</summary>
[Cmdlet(VerbsData.Import, "KlingModel", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(KlingModel))]
public sealed class ImportKlingModelCommand : KlingCmdlet
{
    private LiteralPaths? _paths;

    /// <summary>The schemas' files.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    public string[] Path { get; set; } = [];

    /// <summary>Replaces an earlier schema of the same model.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        _paths ??= new LiteralPaths(SessionState.Path);
        foreach (string path in Path)
        {
            Run(() => Import(path), path);
        }
    }

    private void Import(string path)
    {
        try
        {
            string file = _paths!.Resolve(path);
            ModelSpec model = ModelFiles.ReadFile(file);
            if (ShouldProcess(model.Id, "Import the model"))
            {
                WriteObject(GetKlingModelCommand.Describe(ImportedModels.Files().Add(file, Force)));
            }
        }
        catch (SchemaException failure)
        {
            WriteFailure(new InputException(ErrorCatalog.ModelUnreadable, $"Path: '{path}' was given; allowed: the published schema of a video model. {failure.Message}"), path);
        }
        catch (OutputFileException failure) when (failure.Exists)
        {
            WriteFailure(new InputException(ErrorCatalog.ModelUnreadable, $"Path: a schema of the model of '{path}' was imported before; allowed: -Force, which replaces it.",
                $"Import-KlingModel {path} -Force"), path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or OutputFileException or NotSupportedException or ArgumentException
            or ProviderNotFoundException or System.Management.Automation.DriveNotFoundException)
        {
            WriteFailure(new InputException(ErrorCatalog.ModelUnreadable, $"Path: '{path}' was given; allowed: a file that can be read. {failure.Message}"), path);
        }
    }
}

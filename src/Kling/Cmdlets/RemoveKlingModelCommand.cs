using Kling.Binding;
using Kling.Pipeline;
using Kling.Requests;
using Kling.Session;

namespace Kling.Cmdlets;

/// <summary>Takes an imported model away. The models of the module stay, and tasks of the model stay too.</summary>
[Cmdlet(VerbsCommon.Remove, "KlingModel", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
public sealed class RemoveKlingModelCommand : KlingCmdlet
{
    /// <summary>The model's id or name.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [ArgumentCompleter(typeof(SpecCompleter))]
    public string[] Model { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string name in Model)
        {
            Run(() => Remove(name), name);
        }
    }

    private void Remove(string name)
    {
        if (ModelSpec.FindByName(name) is not { IsImported: true } model)
        {
            string[] imported = [.. ModelSpec.Imported().Select(other => other.Id)];
            WriteFailure(new InputException(ErrorCatalog.ModelNotFound,
                $"Model: '{name}' was given; allowed: {(imported.Length == 0 ? "an imported model, and there is none" : string.Join(", ", imported))}."), name);
            return;
        }

        if (ShouldProcess(model.Id, "Take the imported model away"))
        {
            try
            {
                ImportedModels.Files().Remove(model.Id);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                WriteFailure(new InputException(ErrorCatalog.ModelUnreadable, $"Model: '{model.Id}' could not be taken away. {failure.Message}"), name);
            }
        }
    }
}

using Kling.Binding;
using Kling.Pipeline;
using Kling.Requests;

namespace Kling.Cmdlets;

/// <summary>Lists the models with what they allow and cost. Local data only.</summary>
[Cmdlet(VerbsCommon.Get, "KlingModel")]
[OutputType(typeof(KlingModel))]
public sealed class GetKlingModelCommand : KlingCmdlet
{
    /// <summary>The model's id; wildcards are allowed.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SpecCompleter))]
    public string Model { get; set; } = "*";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var pattern = new WildcardPattern(Model, WildcardOptions.IgnoreCase);
        bool found = false;
        foreach (ModelSpec spec in ModelSpec.All.Where(spec => pattern.IsMatch(spec.Id)))
        {
            found = true;
            WriteObject(Describe(spec));
        }

        if (!found && !WildcardPattern.ContainsWildcardCharacters(Model))
        {
            WriteFailure(new InputException(ErrorCatalog.ModelNotFound,
                $"Model: '{Model}' was given; allowed: {string.Join(", ", ModelSpec.All.Select(s => s.Id))}."), Model);
        }
    }

    private static KlingModel Describe(ModelSpec spec) => new()
    {
        Id = spec.Id,
        Name = spec.Name,
        Capabilities = spec.Capabilities,
        Sizes = [.. spec.Sizes.Select(size => $"{size.Width}x{size.Height} ({size.AspectRatio})")],
        Durations = spec.Parameter("Duration")?.AllowedValues ?? [],
        PricePerSecond = spec.PricePerSecond,
        PriceNote = spec.PriceNote,
        Parameters = [.. spec.Parameters.Where(parameter => parameter.IsParameter).Select(parameter => new KlingModelParameter
        {
            Name = parameter.Name,
            WireName = parameter.WireName,
            Required = parameter.Required,
            Default = parameter.DefaultText,
            Allowed = parameter.AllowedText,
        })],
    };
}

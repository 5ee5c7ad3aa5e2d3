using Kling.Binding;
using Kling.Files;
using Kling.Pipeline;
using Kling.Requests;
using Kling.Session;

namespace Kling.Cmdlets;

/// <summary>Shows what the known models allow and cost. Makes no call.</summary>
[Cmdlet(VerbsCommon.Get, "KlingModel")]
[OutputType(typeof(KlingModel))]
public sealed class GetKlingModelCommand : KlingCmdlet
{
    /// <summary>The model's id or name; wildcards are allowed.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(SpecCompleter))]
    [SupportsWildcards]
    public string Model { get; set; } = "*";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        ImportedModels.Files().Read((file, failure) => WriteWarning($"{file} is left out: {failure.Message}"));
        var pattern = new WildcardPattern(Model, WildcardOptions.IgnoreCase);
        ModelSpec[] found = [.. ModelSpec.All.Where(spec => new[] { spec.Id, spec.Name, spec.ShortName }.Any(pattern.IsMatch))];
        WriteObject(found.Select(Describe), enumerateCollection: true);
        if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(Model))
        {
            WriteFailure(new InputException(ErrorCatalog.ModelNotFound,
                $"Model: '{Model}' was given; allowed: {string.Join(", ", ModelSpec.All.Select(spec => spec.Id))}."), Model);
        }
    }

    /// <summary>A model as the pipeline gets it.</summary>
    internal static KlingModel Describe(ModelSpec spec) => new()
    {
        Id = spec.Id,
        Name = spec.Name,
        ShortName = spec.ShortName,
        Capabilities = string.Join(", ", spec.Capabilities),
        Status = spec.Status,
        ReplacedBy = spec.ReplacedBy,
        DeactivatesAt = spec.DeactivatesAt,
        IsImported = spec.IsImported,
        Modes = [.. spec.Modes],
        Sizes = [.. spec.Sizes.Select(size => size.ToString())],
        Durations = spec.Parameter("Duration")?.AllowedValues ?? [],
        PricePerSecond = spec.Rates.Count == 0 ? null : spec.Rates.Max(rate => rate.Amount),
        Prices = [.. spec.Rates.Select(rate => rate.Label is null ? NumberText.Minimal(rate.Amount) : $"{NumberText.Minimal(rate.Amount)} ({rate.Label})")],
        PriceNote = spec.PriceNote,
        Parameters = [.. spec.Parameters.Where(row => row.IsParameter || spec.OtherFields.Contains(row)).Select(row => new KlingModelParameter
        {
            Name = row.IsParameter ? row.Name : $"Setting '{row.WireName}'",
            WireName = row.WireName,
            Required = row.Required,
            Default = row.DefaultText,
            Allowed = row.AllowedText,
            Description = row.Description,
        })],
    };
}

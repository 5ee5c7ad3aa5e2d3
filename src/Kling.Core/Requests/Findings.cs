using System.Globalization;
using Kling.Support;

namespace Kling.Requests;

/// <summary>Violations and warnings as they are found.</summary>
internal sealed class Findings(ModelSpec spec)
{
    private readonly List<Violation> _violations = [];
    private readonly List<string> _warnings = [];

    internal ModelSpec Spec { get; } = spec;

    internal void Refuse(string parameter, string? given, string allowed) => _violations.Add(new Violation(parameter, given, allowed));

    internal void Warn(string warning) => _warnings.Add(warning);

    internal void Number(string parameter, decimal? value)
    {
        ParameterSpec row = Spec.Row(parameter);
        if (value is decimal number && !row.Allows(number))
        {
            Refuse(parameter, number.ToString(CultureInfo.InvariantCulture), row.AllowedText);
        }
    }

    internal void Choice(string parameter, string? value)
    {
        ParameterSpec row = Spec.Row(parameter);
        if (value is not null && row.AllowedValues.Count > 0 && row.Canonical(value.Trim()) is null)
        {
            Refuse(parameter, value, row.AllowedText);
        }
    }

    internal void Address(string parameter, string? value)
    {
        if (value is not null && !ImageRules.IsWebAddress(value))
        {
            Refuse(parameter, AddressText.Shown(value), Spec.Row(parameter).AllowedText);
        }
    }

    internal ValidationReport ToReport() => new(_violations, _warnings);
}

using System.Collections;
using System.Globalization;
using Kling.Schemas;

namespace Kling.Binding;

/// <summary>
/// Fields without a parameter: a dictionary, an object, or the JSON text that a task or a file has of them. Names are paths on the wire;
/// nested objects are read too.
/// </summary>
internal sealed class SettingCellAttribute() : CellAttribute("Setting")
{
    private protected override string Allowed => "fields of the model by their paths, such as @{ 'providerSettings.klingai.keepOriginalSound' = $true }, or the same as JSON";

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        base.Transform(engineIntrinsics, inputData is PSObject { BaseObject: PSCustomObject } ? Tree(inputData)! : inputData);

    private protected override object? Read(object value)
    {
        try
        {
            return value is string text ? OfJson(text) : value is IDictionary ? Tree(value) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static object? OfJson(string text)
    {
        try
        {
            using System.Text.Json.JsonDocument document = SchemaText.Read(text);
            return SchemaText.Value(document.RootElement) as Dictionary<string, object?>;
        }
        catch (SchemaException)
        {
            return null;
        }
    }

    /// <summary>A value of PowerShell as a value of JSON.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    internal static object? Tree(object? value) => Unwrapped(value) switch
    {
        null => null,
        string text => text,
        bool flag => flag,
        SwitchParameter flag => flag.IsPresent,
        Uri address => address.OriginalString,
        Guid id => id.ToString("D"),
        FileSystemInfo or DateTime => throw new FormatException(),
        IDictionary fields => fields.Cast<DictionaryEntry>().ToDictionary(field => Convert.ToString(field.Key, CultureInfo.InvariantCulture) ?? "", field => Tree(field.Value), StringComparer.Ordinal),
        IEnumerable items => items.Cast<object?>().Select(Tree).ToArray(),
        PSCustomObject => ((PSObject)value!).Properties.ToDictionary(field => field.Name, field => Tree(field.Value), StringComparer.Ordinal),
        var number => StrictNumber.Read(number) ?? throw new FormatException(),
    };
}

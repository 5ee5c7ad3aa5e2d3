using System.Collections;
using System.Globalization;
using System.Reflection;
using Kling.Formatting;

namespace Kling.Binding;

/// <summary>
/// Makes a task or a video of a copy that crossed a process (Receive-Job, Import-Clixml, remoting), which is only a list of properties.
/// Kling.Types.ps1xml names it, so PowerShell uses it where it reads a copy, and where one is bound to a parameter.
/// </summary>
public sealed class CopyConverter : PSTypeConverter
{
    /// <summary>The task that an object is, or is a copy of; null for anything else.</summary>
    internal static KlingTask? TaskOf(PSObject? source) => source?.BaseObject as KlingTask
        ?? (source is not null && IsCopy(source, typeof(KlingTask)) ? (KlingTask)Read(typeof(KlingTask), source) : null);

    /// <inheritdoc/>
    public override bool CanConvertFrom(PSObject sourceValue, Type destinationType) => IsCopy(sourceValue, destinationType);

    /// <inheritdoc/>
    public override object ConvertFrom(PSObject sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        Read(destinationType, sourceValue);

    /// <inheritdoc/>
    public override bool CanConvertFrom(object sourceValue, Type destinationType) => sourceValue is PSObject copy && IsCopy(copy, destinationType);

    /// <inheritdoc/>
    public override object ConvertFrom(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        Read(destinationType, (PSObject)sourceValue);

    /// <inheritdoc/>
    public override bool CanConvertTo(object sourceValue, Type destinationType) => false;

    /// <inheritdoc/>
    public override object ConvertTo(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        throw new PSNotSupportedException();

    private static bool IsCopy(PSObject source, Type type) => source.TypeNames.Contains("Deserialized." + type.FullName);

    /// <summary>Reads each property that the type has. What is missing, or of another kind, stays as it is in a new object.</summary>
    private static object Read(Type type, PSObject source)
    {
        object made = Activator.CreateInstance(type)!;
        var names = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).ToArray();
        foreach (PropertyInfo property in names)
        {
            if (source.Properties[property.Name]?.Value is object value && Value(property, value) is object read)
            {
                property.SetValue(made, read);
            }
        }

        // What was added to a task, such as the other columns of its row, comes along.
        var copy = PSObject.AsPSObject(made);
        foreach (PSPropertyInfo column in source.Properties.Where(column => column is PSNoteProperty && copy.Properties[column.Name] is null))
        {
            copy.Properties.Add(new PSNoteProperty(column.Name, column.Value));
        }

        return made;
    }

    private static object? Value(PropertyInfo property, object value)
    {
        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return type == typeof(string) ? Text(property.Name, CellAttribute.Unwrapped(value) as string)
            : type == typeof(DateTimeOffset) ? CopiedTime.Read(value)
            : type == typeof(IReadOnlyList<KlingVideo>) ? Items<KlingVideo>(value)
            : type == typeof(IReadOnlyList<KlingTaskError>) ? Items<KlingTaskError>(value)
            : LanguagePrimitives.TryConvertTo(value, type, CultureInfo.InvariantCulture, out object? read) ? read : null;
    }

    /// <summary>A state that this version does not know says nothing.</summary>
    private static string? Text(string property, string? text) => property switch
    {
        nameof(KlingTask.Status) => KlingTaskStatus.All.Contains(text) ? text : KlingTaskStatus.Unknown,
        nameof(KlingTask.BillingState) => BillingState.All.Contains(text) ? text : BillingState.Unknown,
        nameof(KlingTaskError.Category) => KlingErrorCategory.All.Contains(text) ? text : KlingErrorCategory.Unknown,
        _ => text,
    };

    // A copy that did not go deep enough has only the text of each.
    private static T[] Items<T>(object value) => CellAttribute.Unwrapped(value) is IEnumerable items and not string
        ? [.. items.Cast<object?>().Select(item => item switch
        {
            T same => same,
            PSObject { BaseObject: T same } => same,
            PSObject copy when IsCopy(copy, typeof(T)) => (T)Read(typeof(T), copy),
            _ => (object?)null,
        }).OfType<T>()]
        : [];
}

using System.Reflection;

namespace Kling.Module.Tests.Golden;

/// <summary>Writes the properties of every emitted type as lines of text: the contract of docs/objects.md.</summary>
internal static class PropertyTable
{
    internal static IEnumerable<string> Of(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => $"{type.Name}.{property.Name} <{TypeName(property.PropertyType)}>");

    internal static string TypeName(Type type) => Nullable.GetUnderlyingType(type) is { } inner ? TypeName(inner) + "?"
        : type.IsGenericType ? TypeName(type.GetGenericArguments()[0]) + "[]"
        : type.IsArray ? TypeName(type.GetElementType()!) + "[]"
        : type.Name;
}

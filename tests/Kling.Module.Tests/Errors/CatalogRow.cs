using System.Collections;
using System.Management.Automation;
using System.Reflection;
using Kling.Hosting;

namespace Kling.Module.Tests.Errors;

/// <summary>One error of the packaged module's own table.</summary>
internal sealed record CatalogRow(string Section, string Id, ErrorCategory Category, string Retry, string Billing, string Recommendation, string Meaning)
{
    private static readonly Lazy<IReadOnlyList<CatalogRow>> s_all = new(Load);

    /// <summary>The table, in its own order.</summary>
    internal static IReadOnlyList<CatalogRow> All => s_all.Value;

    /// <summary>The ids that the module's code names, beside the table.</summary>
    internal static IReadOnlyList<string> NamedInCode { get; } = new List<string>(Named());

    private static Assembly Module()
    {
        using var engine = new EngineHost(new EngineOptions { ModulePath = RepositoryPaths.ModuleManifest });
        return engine.Run("(Get-Command New-KlingVideo).ImplementingType.Assembly").Check().OutputOf<Assembly>().Single();
    }

    private static IReadOnlyList<CatalogRow> Load()
    {
        const BindingFlags hidden = BindingFlags.Static | BindingFlags.NonPublic;
        var rows = (IEnumerable)Module().GetType("Kling.Errors.ErrorTable", throwOnError: true)!.GetProperty("All", hidden)!.GetValue(null)!;
        return [.. rows.Cast<object>().Select(row => new CatalogRow(
            Text(row, "Section"), Text(row, "Id"), (ErrorCategory)Value(row, "Category"), Value(row, "Retry").ToString()!,
            Text(row, "Billing"), Text(row, "Recommendation"), Text(row, "Meaning")))];
    }

    private static IEnumerable<string> Named() => Module().GetType("Kling.Errors.ErrorCatalog", throwOnError: true)!
        .GetFields(BindingFlags.Static | BindingFlags.NonPublic).Where(field => field.IsLiteral && field.FieldType == typeof(string)).Select(field => (string)field.GetRawConstantValue()!);

    private static object Value(object row, string property) => row.GetType().GetProperty(property)!.GetValue(row)!;

    private static string Text(object row, string property) => (string)Value(row, property);
}

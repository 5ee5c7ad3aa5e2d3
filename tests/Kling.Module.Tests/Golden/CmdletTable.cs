using System.Management.Automation;
using System.Reflection;

namespace Kling.Module.Tests.Golden;

/// <summary>Writes the module's surface as lines of text.</summary>
internal static class CmdletTable
{
    /// <summary>Each cmdlet: what it asks before it acts, its default parameter set, and what it writes.</summary>
    internal static IEnumerable<string> Cmdlets(IReadOnlyList<CmdletInfo> cmdlets) => cmdlets.Select(cmdlet =>
    {
        CmdletAttribute facts = cmdlet.ImplementingType.GetCustomAttribute<CmdletAttribute>()!;
        string asks = facts.SupportsShouldProcess ? facts.ConfirmImpact.ToString() : "never";
        string outputs = string.Join(",", cmdlet.OutputType.Select(type => type.Name).Order(StringComparer.Ordinal));
        return $"{cmdlet.Name} | asks: {asks} | default set: {Known(cmdlet.DefaultParameterSet)} | writes: {Known(outputs)}";
    });

    /// <summary>Each parameter in each of its sets.</summary>
    internal static IEnumerable<string> Parameters(IReadOnlyList<CmdletInfo> cmdlets) =>
        from cmdlet in cmdlets
        from parameter in cmdlet.Parameters.Values.OrderBy(parameter => parameter.Name, StringComparer.Ordinal)
        where !Cmdlet.CommonParameters.Contains(parameter.Name)
        from set in parameter.ParameterSets.OrderBy(set => set.Key, StringComparer.Ordinal)
        select $"{cmdlet.Name} -{parameter.Name} <{TypeName(parameter.ParameterType)}> | {SetName(set.Key)} | {Facts(set.Value)} | aliases: {Known(string.Join(",", parameter.Aliases.Order(StringComparer.Ordinal)))}";

    private static string Facts(ParameterSetMetadata set)
    {
        string[] pipeline = [set.ValueFromPipeline ? "value" : "", set.ValueFromPipelineByPropertyName ? "name" : "", set.ValueFromRemainingArguments ? "rest" : ""];
        string position = set.Position == int.MinValue ? "named" : $"at {set.Position}";
        return $"{(set.IsMandatory ? "mandatory" : "optional")}, {position} | pipeline: {Known(string.Join(",", pipeline.Where(kind => kind.Length > 0)))}";
    }

    private static string TypeName(Type type) => Nullable.GetUnderlyingType(type) is { } inner ? TypeName(inner) + "?"
        : type.IsArray ? TypeName(type.GetElementType()!) + "[]"
        : type.FullName!;

    private static string SetName(string name) => name == ParameterAttribute.AllParameterSets ? "all sets" : name;

    private static string Known(string? text) => string.IsNullOrEmpty(text) || text == ParameterAttribute.AllParameterSets ? "-" : text;
}

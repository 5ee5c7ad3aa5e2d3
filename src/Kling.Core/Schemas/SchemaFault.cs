using System.Globalization;

namespace Kling.Schemas;

/// <summary>One reason why a value does not meet a schema.</summary>
/// <param name="Path">
/// The place in the value: names joined with dots, items as <c>[0]</c>; empty for the value itself. A member that is missing is named
/// by the place it would have.
/// </param>
/// <param name="Keyword">The keyword that is not met; <c>false</c> for the schema of this name.</param>
/// <param name="Node">The node that has the keyword.</param>
/// <param name="Value">What was found at the place; null for a member that is missing.</param>
public sealed record SchemaFault(string Path, string Keyword, SchemaNode Node, object? Value)
{
    /// <summary>Of <c>dependentRequired</c>: the member whose presence demands the missing one.</summary>
    public string? RequiredBy { get; init; }

    /// <summary>The condition under which the node counts; null where it always counts.</summary>
    public SchemaBranch? Branch { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Keyword} ({Node.Pointer})";
}

/// <summary>What <c>if</c> decided.</summary>
/// <param name="Owner">The node whose <c>if</c> chose between its <c>then</c> and its <c>else</c>.</param>
/// <param name="Held">Whether the condition held, so that <c>then</c> counts.</param>
/// <param name="Path">The place of the value that it was about.</param>
/// <param name="Value">That value.</param>
/// <param name="Outer">The condition around this one; null when there is none.</param>
public sealed record SchemaBranch(SchemaNode Owner, bool Held, string Path, object? Value, SchemaBranch? Outer)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Owner.Pointer}/{(Held ? "then" : "else")}";
}

/// <summary>The faults so far, and where the walk is.</summary>
/// <param name="faults">Where faults are collected; one list for the whole walk.</param>
internal sealed class SchemaTrace(List<SchemaFault> faults)
{
    internal List<SchemaFault> Faults { get; } = faults;

    internal string Path { get; private init; } = "";

    internal SchemaBranch? Branch { get; private init; }

    internal SchemaTrace At(string name) => new(Faults) { Path = Path.Length == 0 ? name : $"{Path}.{name}", Branch = Branch };

    internal SchemaTrace At(int index) => new(Faults) { Path = string.Create(CultureInfo.InvariantCulture, $"{Path}[{index}]"), Branch = Branch };

    internal SchemaTrace Under(SchemaBranch branch) => new(Faults) { Path = Path, Branch = branch };
}

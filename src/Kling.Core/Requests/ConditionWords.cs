using Kling.Schemas;

namespace Kling.Requests;

/// <summary>
/// Puts what a model's schema refuses into words: which parameters were given together, or are missing beside which others. What a
/// field allows by itself is the table's to say, and is not repeated here.
/// </summary>
/// <param name="spec">The model.</param>
/// <param name="request">The request.</param>
internal sealed class ConditionWords(ModelSpec spec, VideoRequest request)
{
    /// <summary>The violations of the request's conditions.</summary>
    internal IEnumerable<Violation> Violations()
    {
        IReadOnlyList<SchemaFault> faults = spec.Schema.Explain(RequestTree.Of(request, spec));

        // One condition may ask for several fields.
        foreach (IGrouping<(string, SchemaNode?), SchemaFault> missing in faults.Where(IsMissing).GroupBy(fault => (fault.RequiredBy ?? "", fault.Branch?.Owner)))
        {
            yield return Missing([.. missing]);
        }

        foreach (SchemaFault fault in faults.Where(fault => !IsMissing(fault) && fault.Node != spec.SizesNode))
        {
            foreach (Violation violation in fault.Keyword == "not" ? Together(fault) : [Other(fault)])
            {
                yield return violation;
            }
        }
    }

    private static bool IsMissing(SchemaFault fault) => fault.Keyword is "required" or "dependentRequired";

    private Violation Missing(SchemaFault[] faults)
    {
        string[] names = [.. faults.SelectMany(fault => Needed(fault.Node, fault.Path)).Distinct()];
        string reason = faults[0].RequiredBy is string other ? $" with {Name(other)}" : Reason(faults[0].Branch, " with ");
        string what = names.Length == 1 ? "it" : WordList.And(names);
        string hint = names.Contains("Width") && spec.Sizes.Count > 0 ? $"; AspectRatio gives both: {spec.AspectRatiosText}" : "";
        return Violation.Because(names[0], null, $"{spec.Id} needs {what}{reason}{hint}");
    }

    /// <summary>What a missing member stands for: an object is named by what it must hold.</summary>
    private IEnumerable<string> Needed(SchemaNode owner, string path)
    {
        SchemaNode? node = owner.Property(path[(path.LastIndexOf('.') + 1)..]);
        string[] inner = node is null ? [] : [.. Mentioned(node, path)];
        return inner.Length > 0 ? inner
            : spec.Parameters.Where(row => row.Required && row.WireName.StartsWith(path + ".", StringComparison.Ordinal) && !row.WireName.StartsWith(ModelReader.Frames + ".", StringComparison.Ordinal))
                .Select(row => row.Name).DefaultIfEmpty(Name(path));
    }

    /// <summary>A combination that is not allowed.</summary>
    private IEnumerable<Violation> Together(SchemaFault fault)
    {
        SchemaNode not = fault.Node.Not!;
        string[] given = [.. Given(not, fault.Value, fault.Path).Distinct()];
        string reason = Reason(fault.Branch, " together with ");

        // Without a condition in front, the parts are what excludes each other.
        string[] first = reason.Length == 0 && not.AllOf.Length > 1 ? [.. not.AllOf[..^1].SelectMany(part => Given(part, fault.Value, fault.Path)).Distinct()] : [];
        return given.Length == 0 ? [Other(fault)]
            : first.Length > 0 && given.Except(first).Any() ? given.Except(first).Select(name => Refused(name, $" together with {WordList.And(first)}"))
            : given.Select(name => Refused(name, reason));
    }

    private Violation Refused(string name, string reason) => Violation.Because(name, Shown(name), $"not allowed{reason} for {spec.Id}");

    /// <summary>What has no words of its own: the fields concerned, and the schema's title.</summary>
    private Violation Other(SchemaFault fault)
    {
        string[] tied = [.. Mentioned(fault.Node, fault.Path).Distinct()];
        string name = tied.FirstOrDefault() ?? Name(fault.Path);
        string title = fault.Node.Title is string text ? $": {text}" : "";
        string with = tied.Length > 1 ? $" with {WordList.And(tied[1..])}" : "";
        return Violation.Because(name, Shown(name), $"{spec.Id} does not take it{with}{Reason(fault.Branch, " beside ")} (its schema's condition '{fault.Keyword}'{title})");
    }

    /// <summary>Why a condition counts: what is given, or else what is not.</summary>
    private string Reason(SchemaBranch? branch, string with)
    {
        if (branch is null)
        {
            return "";
        }

        string[] given = branch.Held ? [.. Given(branch.Owner.If!, branch.Value, branch.Path).Distinct()] : [];
        return given.Length > 0 ? with + WordList.And(given) : $" without {WordList.Or([.. Mentioned(branch.Owner.If!, branch.Path).Distinct()])}";
    }

    /// <summary>The fields that a node names and the value has.</summary>
    private IEnumerable<string> Given(SchemaNode node, object? value, string path)
    {
        if (value is IReadOnlyList<object?> items && node.MinItems >= 2 && items.Count >= node.MinItems && path == ModelReader.Frames)
        {
            yield return nameof(VideoRequest.LastImage);
        }

        IReadOnlyDictionary<string, object?>? members = value as IReadOnlyDictionary<string, object?>;
        foreach (string name in node.Required.Where(name => node.Property(name) is null && members?.ContainsKey(name) == true))
        {
            yield return Name(Join(path, name));
        }

        IEnumerable<string> inner = node.Properties.Where(part => members?.ContainsKey(part.Key) == true).SelectMany(part => Given(part.Value, members![part.Key], Join(path, part.Key)))
            .Concat(Parts(node).SelectMany(part => Given(part, value, path)));
        foreach (string name in inner)
        {
            yield return name;
        }
    }

    /// <summary>The fields that a node names.</summary>
    private IEnumerable<string> Mentioned(SchemaNode node, string path)
    {
        if (node.MinItems >= 2 && path == ModelReader.Frames)
        {
            return [nameof(VideoRequest.LastImage)];
        }

        return node.Required.Where(name => node.Property(name) is null).Select(name => Name(Join(path, name)))
            .Concat(node.Properties.SelectMany(part => Mentioned(part.Value, Join(path, part.Key)).DefaultIfEmpty(Name(Join(path, part.Key)))))
            .Concat(Parts(node).Append(node.Not).OfType<SchemaNode>().SelectMany(part => Mentioned(part, path)));
    }

    private static IEnumerable<SchemaNode> Parts(SchemaNode node) => node.AllOf.Concat(node.AnyOf).Concat(node.OneOf);

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>The parameter's name, or the path where it is given with -Setting.</summary>
    private string Name(string path)
    {
        int item = path.IndexOf('[');
        string field = item < 0 ? path : path[..item];
        return spec.Parameters.FirstOrDefault(row => row.WireName == field)?.Name ?? field;
    }

    private string? Shown(string name) => name switch
    {
        nameof(VideoRequest.Image) => request.Image?.Shown,
        nameof(VideoRequest.LastImage) => request.LastImage?.Shown,
        _ => request.Given(spec, image => image.Shown).FirstOrDefault(field => field.Row.Name == name).Value is object value ? OtherSettings.Show(value) : null,
    };
}

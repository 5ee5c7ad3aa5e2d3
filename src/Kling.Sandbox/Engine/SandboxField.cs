namespace Kling.Sandbox.Engine;

/// <summary>One field of the request and its limits.</summary>
internal sealed class SandboxField(string path, string code, SandboxFieldType type)
{
    /// <summary>The path on the wire, parts joined by dots.</summary>
    internal string Path { get; } = path;

    /// <summary>The end of its error codes: <c>missing…</c>, <c>invalid…</c>, <c>unsupported…</c>.</summary>
    internal string Code { get; } = code;

    internal SandboxFieldType Type { get; } = type;

    internal bool Required { get; init; }

    internal string[] Texts { get; init; } = [];

    internal decimal[] Numbers { get; init; } = [];

    internal decimal? Min { get; init; }

    internal decimal? Max { get; init; }

    internal decimal? Step { get; init; }

    /// <summary>The type's name in error objects.</summary>
    internal string TypeName => Type switch
    {
        SandboxFieldType.Integer => "integer",
        SandboxFieldType.Number => "float",
        SandboxFieldType.Flag => "boolean",
        SandboxFieldType.Object => "object",
        SandboxFieldType.Array => "array",
        _ => "string",
    };
}

namespace Kling.Sandbox.Engine;

/// <summary>The JSON types the request schema knows.</summary>
internal enum SandboxFieldType
{
    Text,
    Uuid,
    Uri,
    Integer,
    Number,
    Flag,
    Object,
    Array,
}

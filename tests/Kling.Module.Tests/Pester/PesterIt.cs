using Xunit.Abstractions;

namespace Kling.Module.Tests.Pester;

/// <summary>One It of a Pester file, as xunit names and stores it.</summary>
public sealed class PesterIt : IXunitSerializable
{
    /// <summary>The file's name inside tests/Pester.</summary>
    public string File { get; set; } = "";

    /// <summary>Its place in the file, from 0; -1 for the file as a whole.</summary>
    public int Index { get; set; }

    /// <summary>Describe, Context and It, joined by points.</summary>
    public string Name { get; set; } = "";

    /// <summary>The row of a file as a whole: its discovery, and its blocks' BeforeAll and AfterAll.</summary>
    public static PesterIt WholeFile(string file) => new() { File = file, Index = -1, Name = "(discovery, BeforeAll, AfterAll)" };

    /// <inheritdoc/>
    public void Deserialize(IXunitSerializationInfo info)
    {
        File = info.GetValue<string>(nameof(File));
        Index = info.GetValue<int>(nameof(Index));
        Name = info.GetValue<string>(nameof(Name));
    }

    /// <inheritdoc/>
    public void Serialize(IXunitSerializationInfo info)
    {
        info.AddValue(nameof(File), File);
        info.AddValue(nameof(Index), Index);
        info.AddValue(nameof(Name), Name);
    }

    /// <summary>What reports show.</summary>
    public override string ToString() => $"{File} #{Index} {Name}";
}

namespace Kling.Core.Tests.Conventions;

/// <summary>A parameter as its source declares it.</summary>
internal sealed record ParameterSource(string Name, string Type, IReadOnlyList<string> Aliases, int? Position, bool ByValue, bool ByName, bool Hidden);

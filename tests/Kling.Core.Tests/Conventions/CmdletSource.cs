namespace Kling.Core.Tests.Conventions;

/// <summary>A cmdlet as its sources declare it.</summary>
/// <param name="Name">Verb-Noun.</param>
/// <param name="ClassName">The class that declares it.</param>
/// <param name="Parameters">Its parameters, inherited ones included, WhatIf and Confirm where it has them; hidden ones left out.</param>
internal sealed record CmdletSource(string Name, string ClassName, IReadOnlyList<ParameterSource> Parameters);

using System.Reflection;
using Kling.Hosting;
using Xunit.Sdk;

namespace Kling.Module.Tests.Pester;

/// <summary>The Its of all Pester files, and for each file one row more for what happens outside of them.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PesterItsAttribute : DataAttribute
{
    private static readonly Lazy<IReadOnlyList<PesterIt>> s_its = new(() =>
    [
        .. from file in PesterRun.Discover(RepositoryPaths.PesterFiles)
           orderby file.Key
           from it in file.Value.Its.Select((it, index) => new PesterIt { File = file.Key, Index = index, Name = it.Name }).Prepend(PesterIt.WholeFile(file.Key))
           select it,
    ]);

    /// <inheritdoc/>
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => s_its.Value.Select(it => new object[] { it });
}

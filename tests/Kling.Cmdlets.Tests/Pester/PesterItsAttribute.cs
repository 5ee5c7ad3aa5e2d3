using System.Reflection;
using Kling.Hosting;
using Xunit.Sdk;

namespace Kling.Cmdlets.Tests.Pester;

/// <summary>The Its of all Pester files: those to run, or with Skipped those marked -Skip (which xunit then reports as skipped).</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class PesterItsAttribute : DataAttribute
{
    private static readonly Lazy<IReadOnlyList<(PesterIt It, bool Skipped)>> s_its = new(Read);

    /// <summary>Which half.</summary>
    public bool Skipped { get; set; }

    /// <inheritdoc/>
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        s_its.Value.Where(entry => entry.Skipped == Skipped).Select(entry => new object[] { entry.It });

    private static List<(PesterIt It, bool Skipped)> Read()
    {
        var its = new List<(PesterIt, bool)>();
        foreach (string path in Directory.EnumerateFiles(RepositoryPaths.PesterFiles, "*.Tests.ps1", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string file = Path.GetRelativePath(RepositoryPaths.PesterFiles, path);
            PesterFile found = PesterRunner.Discover(path);
            if (found.Failure is not null)
            {
                // Running it will fail the same way, and say why.
                its.Add((new PesterIt { File = file, Index = -1, Name = "discovery" }, false));
            }

            its.AddRange(found.Cases.Select((it, index) => (new PesterIt { File = file, Index = index, Name = it.Name }, it.Result == "Skipped")));
        }

        return its;
    }
}

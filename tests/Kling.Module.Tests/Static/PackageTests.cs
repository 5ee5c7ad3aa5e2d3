using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Kling.Hosting;

namespace Kling.Module.Tests.Static;

/// <summary>What the tests run is the packaged module, and the package holds nothing that must not be in it.</summary>
[Collection(EngineCollection.Name)]
public sealed class PackageTests
{
    public PackageTests(ModuleUnderTest module) => Assert.NotNull(module);

    private static string Folder => Path.GetDirectoryName(RepositoryPaths.ModuleManifest)!;

    [Fact]
    public void Tested_module_is_the_packaged_one()
    {
        using var engine = new EngineHost(new EngineOptions { ModulePath = RepositoryPaths.ModuleManifest });
        EngineResult result = engine.Run("(Get-Command -Module Kling -CommandType Cmdlet | Select-Object -First 1).ImplementingType.Assembly").Check();
        System.Reflection.Assembly loaded = Assert.Single(result.OutputOf<System.Reflection.Assembly>());
        Assert.Equal(Path.Combine(Folder, "Kling.dll"), loaded.Location);
        Assert.Equal(Mvid(loaded.Location), loaded.ManifestModule.ModuleVersionId);
        Assert.False(File.Exists(Path.Combine(AppContext.BaseDirectory, "Kling.dll")), "A copy beside the tests would be loaded instead.");
    }

    [Fact]
    public void Package_holds_no_assembly_that_PowerShell_brings() =>
        Assert.All(Directory.EnumerateFiles(Folder, "*.dll", SearchOption.AllDirectories).Select(Path.GetFileName), file => Assert.StartsWith("Kling", file, StringComparison.Ordinal));

    [Fact]
    public void Manifest_is_valid()
    {
        using var engine = new EngineHost();
        Assert.Equal("Kling", engine.Run("(Test-ModuleManifest $args[0]).Name".Replace("$args[0]", $"'{RepositoryPaths.ModuleManifest}'", StringComparison.Ordinal)).Check().OutputOf<string>().Single());
    }

    private static Guid Mvid(string path)
    {
        using FileStream file = File.OpenRead(path);
        using var reader = new PEReader(file);
        MetadataReader metadata = reader.GetMetadataReader();
        return metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
    }
}

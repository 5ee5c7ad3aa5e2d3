using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Kling.Hosting;

namespace Kling.Module.Tests.Release;

/// <summary>The package is made of the module's files and the sources' facts only, whoever makes it and wherever.</summary>
public sealed class PackageFileTests : IDisposable
{
    private static readonly string[] s_container = ["Kling.nuspec", "[Content_Types].xml", "_rels/.rels", "package/services/metadata/core-properties/Kling.psmdcp"];
    private readonly PackageBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Package_holds_the_committed_files_and_what_the_gallery_shows()
    {
        string package = _bench.Pack(PackageBench.Module, "package");
        string[] committed = File.ReadAllLines(Path.Combine(RepositoryPaths.Root, "tests", "Kling.Module.Tests", "Golden", "package.txt"));
        Assert.Equal(committed.Concat(s_container).Order(StringComparer.Ordinal), PackageBench.Entries(package));

        string expanded = Path.Combine(_bench.Folder, "expanded", "Kling");
        ZipFile.ExtractToDirectory(package, expanded);
        SortedDictionary<string, string> files = PackageBench.Files(PackageBench.Module);
        Assert.True(files.Remove("Kling.psd1"));
        Assert.All(files, file => Assert.Equal(file.Value, PackageBench.Hash(Path.Combine(expanded, file.Key))));

        string nuspec = File.ReadAllText(Path.Combine(expanded, "Kling.nuspec"));
        Assert.All(new[] { "Windows", "Linux", "MacOS", "PSEdition_Core" }, tag => Assert.Matches($"<tags>.* {tag}\\b.*</tags>", nuspec));
        Assert.Contains("<releaseNotes>The first version", nuspec, StringComparison.Ordinal);

        // The clone's, the folder's and the package's manifest: nothing on the error stream.
        string manifests = string.Join(',', new[] { RepositoryPaths.SourceManifest, RepositoryPaths.ModuleManifest, Path.Combine(expanded, "Kling.psd1") }.Select(path => $"'{path}'"));
        string[] clean = _bench.Run($"Remove-Module Kling; {manifests} | ForEach-Object {{ \"$((Test-ModuleManifest $_ -WarningAction Stop).Version)\" }}").Check().Output.Trim().Split('\n');
        Assert.True(clean is [string first, string second, string third] && first == second && second == third, string.Join(' ', clean));
    }

    [Fact]
    public void Sources_in_another_folder_give_the_same_bytes_and_no_build_path()
    {
        string elsewhere = _bench.BuildElsewhere(Configuration());
        Assert.Equal(PackageBench.Files(PackageBench.Module), PackageBench.Files(elsewhere));
        Assert.Equal(PackageBench.Hash(_bench.Pack(PackageBench.Module, "one")), PackageBench.Hash(_bench.Pack(elsewhere, "two")));
    }

    [Fact]
    public void Symbols_are_inside_of_the_assemblies_and_name_no_build_path() =>
        Assert.All(Directory.GetFiles(PackageBench.Module, "*.dll"), assembly =>
        {
            using var reader = new PEReader(File.OpenRead(assembly));
            DebugDirectoryEntry symbols = Assert.Single(reader.ReadDebugDirectory(), entry => entry.Type == DebugDirectoryEntryType.EmbeddedPortablePdb);
            using MetadataReaderProvider provider = reader.ReadEmbeddedPortablePdbDebugDirectoryData(symbols);
            MetadataReader facts = provider.GetMetadataReader();
            string[] sources = [.. facts.Documents.Select(document => facts.GetString(facts.GetDocument(document).Name))];
            Assert.True(sources.Length > 20);

            // What a stack trace names. Generated sources have no folder, or that of their generator.
            Assert.All(sources, source => Assert.StartsWith("/_/src/Kling", source, StringComparison.Ordinal));
        });

    [Fact]
    public void Package_of_a_later_disk_has_the_same_bytes()
    {
        string copy = _bench.Copy("later");
        foreach (string file in Directory.EnumerateFiles(copy, "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, new DateTime(2031, 1, 2, 3, 4, 6, DateTimeKind.Utc));
        }

        Assert.Equal(PackageBench.Hash(_bench.Pack(PackageBench.Module, "one")), PackageBench.Hash(_bench.Pack(copy, "two")));
        File.AppendAllText(Path.Combine(copy, "LICENSE"), " ");
        Assert.NotEqual(PackageBench.Hash(_bench.Pack(PackageBench.Module, "one")), PackageBench.Hash(_bench.Pack(copy, "two")));
    }

    [Fact]
    public void Notes_and_addresses_are_in_the_packaged_manifest()
    {
        string changes = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "CHANGELOG.md")).ReplaceLineEndings("\n");
        int top = changes.IndexOf('\n', changes.IndexOf("\n## [", StringComparison.Ordinal) + 1);
        int next = changes.IndexOf("\n## [", top, StringComparison.Ordinal);
        string expanded = Path.Combine(_bench.Folder, "expanded");
        ZipFile.ExtractToDirectory(_bench.Pack(PackageBench.Module, "package"), expanded);
        string[] shown = _bench.Run($"$data = (Import-PowerShellDataFile '{expanded}/Kling.psd1').PrivateData.PSData; $data.LicenseUri; \"$($data['ProjectUri'])\"; $data.ReleaseNotes").Check().Output.Split('\n', 3);
        Assert.Equal(changes[top..(next < 0 ? changes.Length : next)].Trim(), shown[2].Trim());

        // The address is given when the package is made; without one there is no half of it.
        Assert.Equal(shown[1].Length == 0 ? "https://opensource.org/license/mit" : shown[1] + "/blob/HEAD/LICENSE", shown[0]);
        Assert.True(File.Exists(Path.Combine(RepositoryPaths.Root, "docs", "images", "icon.png")));
    }

    [Fact]
    public void Clone_that_is_imported_says_how_to_build()
    {
        string said = _bench.Run($"try {{ Import-Module '{RepositoryPaths.SourceManifest}' }} catch {{ \"$_\" }}").Check().Output;
        Assert.Contains("dotnet publish src/Kling -o out/Kling", said, StringComparison.Ordinal);
        Assert.Contains("Import-Module ./out/Kling", said, StringComparison.Ordinal);
    }

    /// <summary>Debug or Release, as the packaged module was built; read from the file, which is not loaded.</summary>
    private static string Configuration()
    {
        using var reader = new PEReader(File.OpenRead(Path.Combine(PackageBench.Module, "Kling.dll")));
        MetadataReader facts = reader.GetMetadataReader();
        CustomAttribute configuration = facts.GetAssemblyDefinition().GetCustomAttributes().Select(facts.GetCustomAttribute)
            .Single(attribute => facts.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent is { Kind: HandleKind.TypeReference } type
                && facts.GetString(facts.GetTypeReference((TypeReferenceHandle)type).Name) == "AssemblyConfigurationAttribute");
        BlobReader value = facts.GetBlobReader(configuration.Value);
        value.ReadUInt16();
        return value.ReadSerializedString()!;
    }
}

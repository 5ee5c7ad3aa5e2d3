using Kling.Core.Tests.Conventions;
using Kling.Core.Tests.Images;
using Kling.Core.Tests.Schemas;
using Kling.Files;
using Kling.Requests;
using Kling.Schemas;

namespace Kling.Core.Tests.Files;

/// <summary>The models that a user imported, as files.</summary>
public sealed class ModelFilesTests : TempFolder
{
    private static readonly string s_example = Path.Combine(RepositoryFiles.Root, "examples", "klingai-2-1-pro.schema.json");

    private ModelFiles Files => new(Path.Combine(Folder, "models"));

    [Fact]
    public void Add_KeepsACopyUntilRemoveTakesItAway()
    {
        Assert.Empty(Files.Read());
        ModelSpec added = Files.Add(s_example, force: false);
        Assert.True(added.IsImported);
        Assert.Equal(("klingai:5@2", "2.1 Pro", true), (added.Id, added.ShortName, added.TakesLastImage));
        Assert.Equal("klingai:5@2", Assert.Single(Files.Read()).Id);
        Files.Remove("klingai:5@2");
        Assert.Empty(Files.Read());
    }

    [Fact]
    public void Add_ReplacesOnlyWhenToldTo()
    {
        Files.Add(s_example, force: false);
        Assert.True(Assert.Throws<OutputFileException>(() => Files.Add(s_example, force: false)).Exists);
        Files.Add(s_example, force: true);
        Assert.Single(Files.Read());
    }

    /// <summary>Their defaults are in fingerprints: under others, what was bought would not be known again.</summary>
    [Theory]
    [InlineData("klingai-2-1-standard")]
    [InlineData("klingai-video-2-6-pro")]
    public void Add_AndRead_RefuseTheModulesOwnModels(string model)
    {
        string folder = Directory.CreateDirectory(Path.Combine(Folder, "models")).FullName;
        string file = Path.Combine(folder, "own.schema.json");
        File.WriteAllText(file, PublishedSchemas.TextOf(model));
        Assert.Contains("a model of the module itself", Assert.Throws<SchemaException>(() => Files.Add(file, force: true)).Message);
        List<string> failed = [];
        Assert.Empty(Files.Read((path, _) => failed.Add(path)));
        Assert.Equal([file], failed);
    }

    [Fact]
    public void Add_KeepsNothingThatCannotBeRead()
    {
        string file = Path.Combine(Folder, "a.json");
        File.WriteAllText(file, "{}");
        Assert.Throws<SchemaException>(() => Files.Add(file, force: false));
        Assert.False(Directory.Exists(Path.Combine(Folder, "models")));
    }

    [Fact]
    public void Read_LeavesOutADamagedFileAndNamesIt()
    {
        Files.Add(s_example, force: false);
        string damaged = Path.Combine(Folder, "models", "damaged.schema.json");
        File.WriteAllText(damaged, "{");
        List<string> failed = [];
        Assert.Single(Files.Read((file, _) => failed.Add(file)));
        Assert.Equal([damaged], failed);
    }

    [Fact]
    public void ReadFile_StopsAtTheLongestSchema()
    {
        string file = Path.Combine(Folder, "long.json");
        File.WriteAllText(file, new string(' ', SchemaText.MaxLength + 1));
        Assert.Contains("more than", Assert.Throws<SchemaException>(() => ModelFiles.ReadFile(file)).Message);
    }
}

using Kling.Core.Tests.Conventions;
using Kling.Requests;

namespace Kling.Core.Tests.Requests;

/// <summary>The published schema is the one that the table makes. KLING_WRITE_GOLDEN=1 writes it anew.</summary>
public class RequestSchemaTests
{
    private static string Published => Path.Combine(RepositoryFiles.Root, "docs", "request.schema.json");

    [Fact]
    public void PublishedSchema_IsTheTablesOwn()
    {
        string made = RequestSchema.For(ModelSpec.Kling21Standard);
        if (Environment.GetEnvironmentVariable("KLING_WRITE_GOLDEN") == "1")
        {
            File.WriteAllText(Published, made);
        }

        Assert.Equal(made, File.ReadAllText(Published));
    }
}

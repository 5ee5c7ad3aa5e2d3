using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using Kling.Hosting;
using Kling.Models;
using Kling.Module.Tests.Static;
using Kling.Requests;

namespace Kling.Module.Tests.Help;

/// <summary>Where the names of the request's parameters may stand: PowerShell binds by property name, and what binds is paid for.</summary>
[Collection(EngineCollection.Name)]
public sealed class RequestNameTests
{
    private static readonly string s_everyField = Path.Combine(RepositoryPaths.Root, "tests", "Kling.Core.Tests", "Fixtures", "every-field.schema.json");

    public RequestNameTests(ModuleUnderTest module) => Assert.NotNull(module);

    [Fact]
    public void Request_parameter_names_are_on_tasks_only()
    {
        string[] names = [.. RequestParameters().SelectMany(property => property.GetCustomAttributes<AliasAttribute>().SelectMany(alias => alias.AliasNames).Append(property.Name))];
        Assert.Contains("Prompt", names);

        // The one exception binds on purpose: an uploaded image is piped into New-KlingVideo by this name.
        Assert.Equal(["KlingImage.MediaUUID"], Emitted().Where(type => type.Name != "KlingTask")
            .SelectMany(type => type.GetProperties().Where(property => names.Contains(property.Name, StringComparer.OrdinalIgnoreCase)).Select(property => $"{type.Name}.{property.Name}")));
    }

    [Fact]
    public void Tasks_carry_the_request_under_the_parameters_names()
    {
        // Not kept: two spellings of the image, one of the size, what only concerns one delivery, and which part of the requests is taken.
        string[] notKept = ["LiteralPath", "AspectRatio", "WebhookUrl", "UploadEndpoint", "IncludeCost", "Shard"];
        Assert.Empty(RequestParameters().Where(property => !property.GetCustomAttributes<ParameterAttribute>().Any(facts => facts.DontShow)).Select(property => property.Name)
            .Except(Emitted().Single(type => type.Name == "KlingTask").GetProperties().Select(property => property.Name)).Except(notKept));
    }

    public static TheoryData<string> Settings() => [.. VideoSettings.All.Select(setting => setting.Name)];

    [Theory]
    [MemberData(nameof(Settings))]
    public void Setting_given_as_a_parameter_reaches_the_wire(string name)
    {
        ModelSpec model = ModelReader.Read(File.ReadAllText(s_everyField), isImported: true);
        ParameterSpec? row = model.Parameter(name);
        string value = row switch
        {
            null => "@{ 'providerSettings.klingai.keepOriginalSound' = $true }",
            { AllowedValues.Count: > 0 } => $"'{row.AllowedValues[^1]}'",
            { Type: ParameterType.Boolean } => "$true",
            { Type: not ParameterType.Text, Min: decimal least } => least.ToString(CultureInfo.InvariantCulture),
            { Type: ParameterType.Integer } => "720",
            _ => "'some words'",
        };
        string more = name == nameof(VideoSettings.Model) ? "" : $" -Model {model.Id}";
        using var bench = new ExampleBench(withSandbox: false);
        string report = bench.Engine.Run($"$null = Import-KlingModel '{s_everyField}'; $one = Test-KlingRequest -Image 'https://images.example/a.png' -{name} {value}{more}; \"$($one.IsValid) $($one.Violations) $($one.Json)\"")
            .Check().OutputOf<string>().Single();
        Assert.StartsWith("True ", report, StringComparison.Ordinal);
        Assert.Contains($"\"{row?.WireField ?? "keepOriginalSound"}\":", report, StringComparison.Ordinal);
    }

    /// <summary>What the cmdlets that make requests share.</summary>
    private static PropertyInfo[] RequestParameters()
    {
        Type? type = ModuleCommands.All["New-KlingVideo"].ImplementingType;
        while (type!.Name != "RequestCmdlet")
        {
            type = type.BaseType;
        }

        return [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(property => property.IsDefined(typeof(ParameterAttribute)))];
    }

    private static Type[] Emitted()
    {
        using var engine = new EngineHost(new EngineOptions { ModulePath = RepositoryPaths.ModuleManifest });
        Assembly models = engine.Run("[Kling.Models.KlingTask]").Check().OutputOf<Type>().Single().Assembly;
        Type[] emitted = [.. models.GetExportedTypes()
            .Where(type => type is { Namespace: "Kling.Models", IsClass: true } && type.Name.StartsWith("Kling", StringComparison.Ordinal) && !typeof(Exception).IsAssignableFrom(type))];
        Assert.True(emitted.Length >= 8);
        return emitted;
    }
}

using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kling.Core.Tests.Conventions;
using Kling.Core.Tests.Requests;
using Kling.Files;
using Kling.Journal;
using Kling.Models;
using Kling.Polling;
using Kling.Requests;
using Kling.Submit;
using Kling.Wire;

namespace Kling.Core.Tests.EndToEnd;

/// <summary>
/// The guard for the next parameter: every property of a request makes another purchase or is listed as delivery, and every
/// property of a task comes back from the wire's archive, the journal and the sidecar. Properties are found by reflection, so
/// that a new one fails here until each of these places knows it.
/// </summary>
[Collection(ImportedModel.Collection)]
public sealed class EveryPropertyTests : IDisposable
{
    private const string Endpoint = "https://service.example/v1";

    /// <summary>How a video is delivered, not what is bought: such a property does not count for <c>-Resume</c>.</summary>
    private static readonly string[] s_delivery =
        [nameof(VideoRequest.TaskId), nameof(VideoRequest.Ttl), nameof(VideoRequest.WebhookUrl), nameof(VideoRequest.UploadEndpoint), nameof(VideoRequest.IncludeCost)];

    /// <summary>What the archived request need not give back: this task is known by its id, and these concern one delivery.</summary>
    private static readonly string[] s_notOnTask =
        [nameof(VideoRequest.WebhookUrl), nameof(VideoRequest.UploadEndpoint), nameof(VideoRequest.IncludeCost)];

    /// <summary>What a sidecar leaves out: it tells of one video that was saved, and is read as the next request.</summary>
    private static readonly string[] s_notInSidecar = [nameof(KlingTask.Videos), nameof(KlingTask.Errors), nameof(KlingTask.Fingerprint)];

    /// <summary>What other records tell: the event that ended the task, and its cost.</summary>
    private static readonly string[] s_told = [nameof(KlingTask.WasTaken), nameof(KlingTaskError.Cost)];

    public static TheoryData<string> RequestProperties() => [.. Settable(typeof(VideoRequest)).Select(property => property.Name)];

    public static TheoryData<string> TaskProperties() => [.. Settable(typeof(KlingTask)).Select(property => property.Name).Except(s_told)];

    public static TheoryData<string> VideoProperties() => [.. Settable(typeof(KlingVideo)).Select(property => property.Name)];

    public static TheoryData<string> ErrorProperties() => [.. Settable(typeof(KlingTaskError)).Select(property => property.Name).Except(s_told)];

    private const string EveryField = "klingai:every-field@1";

    // No published model has every field.
    private readonly ImportedModel _every = new(ModelReader.Read(
        File.ReadAllText(Path.Combine(RepositoryFiles.Root, "tests", "Kling.Core.Tests", "Fixtures", "every-field.schema.json")), isImported: true));

    public void Dispose() => _every.Dispose();

    [Theory]
    [MemberData(nameof(RequestProperties))]
    public void Request_PropertyChangesTheFingerprint_OrIsDelivery(string name)
    {
        VideoRequest plain = new() { Image = new RequestImage(ImageKind.Url, "https://images.example/a.png") };
        VideoRequest full = Filled<VideoRequest>();
        PropertyInfo property = typeof(VideoRequest).GetProperty(name)!;
        Assert.All(new[] { plain, full }, request =>
        {
            VideoRequest changed = request with { };
            property.SetValue(changed, Other(property, property.GetValue(request)));
            Assert.Equal(s_delivery.Contains(name), RequestFingerprint.Of(request) == RequestFingerprint.Of(changed));
        });
    }

    [Theory]
    [MemberData(nameof(RequestProperties))]
    public void Request_PropertyIsOnItsTask(string name)
    {
        if (s_notOnTask.Contains(name))
        {
            Assert.Null(typeof(KlingTask).GetProperty(name));
            return;
        }

        VideoRequest request = Filled<VideoRequest>();
        KlingTask task = KlingTaskBuilder.From(request, 0.185m, new Uri(Endpoint));
        Assert.Equal(Shown(typeof(VideoRequest).GetProperty(name)!.GetValue(request)), Shown(typeof(KlingTask).GetProperty(name)!.GetValue(task)));
    }

    [Theory]
    [MemberData(nameof(RequestProperties))]
    public void Request_PropertyComesBackFromTheArchive(string name)
    {
        if (s_notOnTask.Contains(name))
        {
            return;
        }

        VideoRequest request = Filled<VideoRequest>();
        KlingTask sent = KlingTaskBuilder.From(request, 0.185m, new Uri(Endpoint));
        var found = new KlingTask { TaskId = request.TaskId };
        TaskState.Apply(found, Archived(RequestJson.Write(request), request.TaskId), DateTimeOffset.UnixEpoch);
        PropertyInfo property = typeof(KlingTask).GetProperty(name)!;
        Assert.Equal(property.GetValue(sent), property.GetValue(found));
    }

    [Theory]
    [MemberData(nameof(TaskProperties))]
    public void Task_PropertyComesBackFromTheJournal(string name)
    {
        KlingTask task = Filled<KlingTask>();
        PropertyInfo property = typeof(KlingTask).GetProperty(name, Any)!;
        Assert.Equal(Json(property.GetValue(task)), Json(property.GetValue(FromJournal(task))));
    }

    [Theory]
    [MemberData(nameof(VideoProperties))]
    public void Video_PropertyComesBackFromTheJournal(string name)
    {
        KlingTask task = Filled<KlingTask>();
        PropertyInfo property = typeof(KlingVideo).GetProperty(name)!;
        Assert.NotNull(property.GetValue(task.Videos[0]));
        Assert.Equal(property.GetValue(task.Videos[0]), property.GetValue(FromJournal(task).Videos[0]));
    }

    [Theory]
    [MemberData(nameof(ErrorProperties))]
    public void Error_PropertyComesBackFromTheJournal(string name)
    {
        KlingTask task = Filled<KlingTask>();
        PropertyInfo property = typeof(KlingTaskError).GetProperty(name)!;
        Assert.NotNull(property.GetValue(task.Errors[0]));
        Assert.Equal(property.GetValue(task.Errors[0]), property.GetValue(FromJournal(task).Errors[0]));
    }

    [Theory]
    [MemberData(nameof(TaskProperties))]
    public void Task_PropertyIsInTheSidecar(string name)
    {
        KlingTask task = Filled<KlingTask>();
        JsonObject sidecar = JsonNode.Parse(Sidecar.ToJson(task, task.Videos[0], "1.0.0"))!.AsObject();
        Assert.Equal(s_notInSidecar.Contains(name), !sidecar.ContainsKey(name));
        if (sidecar[name] is JsonNode value)
        {
            PropertyInfo property = typeof(KlingTask).GetProperty(name, Any)!;
            Assert.Equal(JsonNode.Parse(Json(property.GetValue(task)))!.ToJsonString(), value.ToJsonString());
        }
    }

    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    // The settings as a whole are those of the parameters, one by one.
    private static IEnumerable<PropertyInfo> Settable(Type type) =>
        type.GetProperties(Any).Where(property => property.CanWrite && property.PropertyType != typeof(VideoSettings));

    private static KlingTask FromJournal(KlingTask task)
    {
        byte[] intent = JournalWriter.Write(JournalEvent.Intent, task, Endpoint, DateTimeOffset.UnixEpoch);
        byte[] ended = JournalWriter.Write(JournalEvent.Ended, task, Endpoint, DateTimeOffset.UnixEpoch);
        return TaskFold.Fold(task.TaskId, Endpoint, [JournalReader.ReadRecord(intent)!, JournalReader.ReadRecord(ended)!])!;
    }

    private static ApiReply Archived(byte[] request, Guid id)
    {
        string reply = $$"""{"data":[{"taskType":"getTaskDetails","taskUUID":"{{id}}","request":{{Encoding.UTF8.GetString(request)}},"response":{} }]}""";
        return new ApiReply { HttpStatus = 200, Stored = EnvelopeReader.Read(Encoding.UTF8.GetBytes(reply), 200)!.Stored };
    }

    /// <summary>An object whose every property has a value that is not its default.</summary>
    private static T Filled<T>()
        where T : new() => (T)Filled(typeof(T));

    private static object Filled(Type type)
    {
        object filled = Activator.CreateInstance(type)!;
        foreach (PropertyInfo property in Settable(type))
        {
            property.SetValue(filled, Value(property, 0));
        }

        return filled;
    }

    /// <summary>A value of the property other than this one.</summary>
    private static object? Other(PropertyInfo property, object? than) => new[] { 0, 1 }.Select(number => Value(property, number)).First(value => Shown(value) != Shown(than));

    // A property of a kind that is not here throws, so that nobody forgets to say how its values look.
    private static object Value(PropertyInfo property, int number)
    {
        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return type.Name switch
        {
            nameof(Guid) => new Guid($"4923cad8-a610-4604-9846-08e843a33e{number:x2}"),
            nameof(String) when property.Name == nameof(KlingTask.Status) => KlingTaskStatus.PartiallySucceeded,
            nameof(String) when property.Name == nameof(KlingTask.BillingState) => BillingState.Billed,
            nameof(String) when property.Name == nameof(KlingTaskError.Category) => KlingErrorCategory.Safety,
            nameof(String) when property.Name == nameof(KlingTask.Endpoint) => Endpoint,
            nameof(String) when property.Name == nameof(KlingVideo.File) => Path.GetFullPath($"clips/{number}.mp4"),
            nameof(String) when property.Name is nameof(KlingTask.Image) or nameof(KlingTask.LastImage) => $"8b5f0c3e-2f1d-4c58-9f0a-0d3c1f6f7a{number:x2}",
            nameof(String) when property.Name == nameof(VideoSettings.Model) => number == 0 ? EveryField : ModelSpec.DefaultModelId,
            nameof(String) when property.Name == nameof(VideoSettings.Setting) => $$"""{"providerSettings.klingai.characterOrientation":"{{number}}"}""",
            nameof(String) => $"{property.Name} {number}",
            nameof(Decimal) => 7.25m + number,
            nameof(Int32) => 61 + number,
            nameof(Int64) => 9_223_372_036_854_775_800 + number,
            nameof(Double) => 2.5 + number,
            nameof(Boolean) => number == 0,
            nameof(DateTimeOffset) => DateTimeOffset.UnixEpoch.AddSeconds(100 + number),
            nameof(RequestImage) => new RequestImage(ImageKind.Uuid, $"8b5f0c3e-2f1d-4c58-9f0a-0d3c1f6f7a{number:x2}"),
            _ when property.PropertyType == typeof(IReadOnlyList<KlingVideo>) => new[] { Filled<KlingVideo>() },
            _ when property.PropertyType == typeof(IReadOnlyList<KlingTaskError>) => new[] { Filled<KlingTaskError>() },
            _ => throw new NotSupportedException($"{property.DeclaringType!.Name}.{property.Name} is a {type.Name}: say which values it may have."),
        };
    }

    private static string? Shown(object? value) => value is RequestImage image ? image.Value : value?.ToString();

    private static string Json(object? value) => JsonSerializer.Serialize(value is DateTimeOffset time ? time.UtcDateTime : value, s_names);

    private static readonly JsonSerializerOptions s_names = new() { Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() } };
}

using System.Text.Json;

namespace Kling.Requests;

/// <summary>Placeholder; replaced by the requests room.</summary>
public static class RequestJson
{
    /// <summary>One getResponse task per id.</summary>
    public static byte[] WriteGetResponse(IReadOnlyList<Guid> taskIds) => Write("getResponse", taskIds);

    /// <summary>The stored request and response of one task.</summary>
    public static byte[] WriteGetTaskDetails(Guid taskId) => Write("getTaskDetails", [taskId]);

    private static byte[] Write(string type, IReadOnlyList<Guid> taskIds)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartArray();
            foreach (Guid id in taskIds)
            {
                writer.WriteStartObject();
                writer.WriteString("taskType", type);
                writer.WriteString("taskUUID", id);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return stream.ToArray();
    }
}

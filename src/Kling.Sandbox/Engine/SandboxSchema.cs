namespace Kling.Sandbox.Engine;

/// <summary>The tasks of the service by their names on the wire. What a video task may hold is in the schema of its model.</summary>
internal static class SandboxSchema
{
    internal const string Submit = "videoInference";
    internal const string Poll = "getResponse";
    internal const string Details = "getTaskDetails";
    internal const string Authentication = "authentication";
    internal const string Ping = "ping";
    internal const string ImageUpload = "imageUpload";
    internal const string MediaStorage = "mediaStorage";
    internal const string Account = "accountManagement";

    /// <summary>The fields of the other tasks, beside <c>taskType</c> and <c>taskUUID</c> (protocol note, polling, images, account).</summary>
    internal static IReadOnlyDictionary<string, string[]> Utilities { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        [Poll] = [],
        [Details] = [],
        [Authentication] = ["apiKey", "connectionSessionUUID"],
        [Ping] = ["ping"],
        [ImageUpload] = ["image"],
        [MediaStorage] = ["operation", "media"],
        [Account] = ["operation"],
    };
}

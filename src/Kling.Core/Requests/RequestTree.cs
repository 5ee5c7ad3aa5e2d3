namespace Kling.Requests;

/// <summary>
/// A request as the model's schema sees it: the fields of the wire in dictionaries and lists. Texts that have rules of their own (ids,
/// addresses, images) are replaced by one that every schema takes.
/// </summary>
internal static class RequestTree
{
    private const string AnyId = "3f2b1c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d";
    private const string AnyAddress = "https://example.com/";

    // Stands for every image: only whether it is there, and where, is a condition.
    private static readonly Dictionary<string, object?> s_only = new(StringComparer.Ordinal) { ["image"] = AnyId, ["frame"] = "first" };
    private static readonly Dictionary<string, object?> s_oneOfTwo = new(StringComparer.Ordinal) { ["image"] = AnyId };

    /// <summary>Whether the model takes the request, as far as its schema says.</summary>
    internal static bool IsValid(VideoRequest request, ModelSpec spec) => spec.Schema.IsValid(Of(request, spec));

    /// <summary>The request as a tree.</summary>
    internal static Dictionary<string, object?> Of(VideoRequest request, ModelSpec spec)
    {
        Dictionary<string, object?> root = new(16, StringComparer.Ordinal) { ["taskType"] = "videoInference", ["taskUUID"] = AnyId };
        foreach ((ParameterSpec row, object value) in request.Given(spec, _ => AnyId))
        {
            Dictionary<string, object?> owner = root;
            foreach (string name in row.WireParents)
            {
                if (!owner.TryGetValue(name, out object? inner))
                {
                    owner[name] = inner = new Dictionary<string, object?>(StringComparer.Ordinal);
                }

                owner = (Dictionary<string, object?>)inner!;
            }

            owner[row.WireField] = row.Name switch
            {
                "Image" => ((string[])value).Length == 1 ? new object?[] { s_only } : [s_oneOfTwo, s_oneOfTwo],
                "WebhookUrl" or "UploadEndpoint" => AnyAddress,
                _ => value,
            };
        }

        return root;
    }

    /// <summary>A request with a first frame and nothing else of note; null where the model takes none.</summary>
    internal static VideoRequest? Sample(ModelSpec spec) => spec.Parameter("Image") is null ? null : new VideoRequest
    {
        Model = spec.Id,
        Prompt = "a prompt",
        Image = new RequestImage(ImageKind.Uuid, AnyId),
    };
}

namespace Kling.Requests;

/// <summary>Brings a request to the spelling of the wire, so that <c>mp4</c> and <c>MP4</c> are one request.</summary>
public static class RequestNormalizer
{
    /// <summary>The request with canonical enum spellings and numbers without idle zeros; what the table does not know stays as it is.</summary>
    /// <param name="request">The request.</param>
    public static VideoRequest Normalize(VideoRequest request)
    {
        ModelSpec spec = ModelSpec.FindOrDefault(request.Model);
        return request with
        {
            OutputFormat = Canonical(spec, "OutputFormat", request.OutputFormat),
            SafetyMode = Canonical(spec, "SafetyMode", request.SafetyMode),
            Duration = request.Duration is decimal seconds ? NumberText.Trimmed(seconds) : null,
            CfgScale = request.CfgScale is decimal scale ? NumberText.Trimmed(scale) : null,
        };
    }

    private static string? Canonical(ModelSpec spec, string parameter, string? value) =>
        value is null ? null : spec.Row(parameter).Canonical(value.Trim()) ?? value;
}

namespace Kling.Requests;

/// <summary>Placeholder so that the rooms compile; replaced by the requests room.</summary>
public sealed class ModelSpec
{
    /// <summary>The model used when none is named.</summary>
    public const string DefaultModelId = "klingai:5@1";
}

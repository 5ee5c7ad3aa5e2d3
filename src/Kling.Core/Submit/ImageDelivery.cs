namespace Kling.Submit;

/// <summary>How the bytes of a local image come to the service.</summary>
public enum ImageDelivery
{
    /// <summary>Inside the request.</summary>
    Inline,

    /// <summary>Apart, once; inside the request where that fails and the image is small enough.</summary>
    UploadOrInline,

    /// <summary>Apart, once; where that fails, nothing is asked for.</summary>
    Upload,
}

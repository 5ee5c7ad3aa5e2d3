namespace Kling.Requests;

/// <summary>The service's two ways to take an image (protocol note, images).</summary>
public enum UploadKind
{
    /// <summary><c>mediaStorage</c>, the current one.</summary>
    MediaStorage,

    /// <summary><c>imageUpload</c>, the older one.</summary>
    ImageUpload,
}

namespace Kling.Batch;

/// <summary>What the user wants of the uploads of local images.</summary>
internal enum UploadMode
{
    /// <summary>Where it saves sending bytes, or the image is large.</summary>
    Auto,

    /// <summary>For every local image.</summary>
    Always,

    /// <summary>For none; each request carries its image.</summary>
    Never,
}

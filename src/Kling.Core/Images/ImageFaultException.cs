namespace Kling.Images;

/// <summary>Bytes that are no whole image. The message goes on from "the file …": what they are, or what is wrong with them.</summary>
internal sealed class ImageFaultException(string what) : Exception(what)
{
    /// <summary>The image ends before it is complete.</summary>
    internal static ImageFaultException CutOff(string format, long length) =>
        new(FormattableString.Invariant($"is a {format} image that is cut off: it ends after {length} bytes, before it is complete"));

    /// <summary>The image says something that cannot be.</summary>
    internal static ImageFaultException Damaged(string format, string what) => new($"is a damaged {format} image: {what}");
}
